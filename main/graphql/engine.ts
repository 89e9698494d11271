import type { FleetSource, Timeline } from '../fleet/index.ts'
import type { Logger } from '../state/index.ts'
import { diffGraph, type Graph, type GraphChange } from '../traffic/index.ts'
import { eachOf, latest } from './latest.ts'
import { askMap, drawMap, requestKey, type MapAnswers, type MapRequest } from './map.ts'
import { createTelemetry } from './telemetry.ts'
import { buildFleetView, diffFleetViews, type FleetChangeView, type FleetView } from './view.ts'

/** A map's change for a subscriber; `reset` when `diff` starts from nothing. */
export interface MapChange {
  readonly reset: boolean
  readonly graph: Graph
  readonly diff: GraphChange
}

/** Turns a source into views and maps, and keeps those fresh that somebody looks at. */
export interface Engine {
  fleet(): FleetView
  timeline(): Timeline
  seek(positionMs: number): Promise<Timeline>
  /** The map that ends at `atMs`, or the newest when null. */
  map(request: MapRequest, atMs: number | null): Promise<Graph>
  fleetChanges(): AsyncIterableIterator<FleetChangeView>
  mapChanges(request: MapRequest): AsyncIterableIterator<MapChange>
  /** Ends all refreshing. The source stays open. */
  close(): void
}

/** A map somebody looks at. */
interface Channel {
  readonly request: MapRequest
  readonly readers: Set<(graph: Graph) => void>
  answers: MapAnswers | null
  graph: Graph | null
  refreshing: Promise<void> | null
  /** What is being asked is out of date already: ask again after it. */
  outdated: boolean
}

/** Live telemetry is asked this often: a third of Prometheus' usual scrape interval. */
const liveRefreshMs = 5000
/** Objects that change redraw a map at most this often, and never take more than a fifth of the time. */
const redrawGapMs = 250

/**
 * One model per refresh, shared by everybody who looks. Telemetry is asked at
 * an interval while a map has readers (live), or when the player has moved (a
 * recording); objects that change in between redraw the maps from the last
 * answers. With no readers nothing runs.
 */
export function createEngine(
  source: FleetSource,
  options: { readonly logger: Logger; readonly refreshMs?: number },
): Engine {
  const refreshMs = options.refreshMs ?? liveRefreshMs
  const telemetry = createTelemetry(source, guarded(redrawLate))
  const soon = { ask: telemetry.askSoon }
  const channels = new Map<string, Channel>()
  const asked = new Map<string, Promise<Graph>>()
  let view: FleetView | null = null
  let timer: NodeJS.Timeout | undefined
  let redrawTimer: NodeJS.Timeout | undefined
  let drawMs = 0
  let unsubscribe: (() => void) | undefined
  let seen = ''

  /** For what nobody waits for: one moment that fails is logged, and must not end the process. */
  function guarded<T extends readonly unknown[]>(work: (...args: T) => void) {
    return (...args: T) => {
      try {
        work(...args)
      } catch (error) {
        options.logger.error({ err: error }, 'a moment of the fleet was not shown')
      }
    }
  }

  function fleet(): FleetView {
    const snapshot = source.snapshot()
    if (view?.snapshot !== snapshot) view = buildFleetView(snapshot)
    return view
  }

  function nowMs(): number {
    const timeline = source.timeline()
    // Whole seconds, so that who asks at about the same time shares one answer.
    return timeline.mode === 'live' ? Math.floor(Date.now() / 1000) * 1000 : timeline.positionMs
  }

  function draw(channel: Channel, answers: MapAnswers) {
    const start = performance.now()
    channel.answers = answers
    channel.graph = drawMap(fleet(), channel.request, answers)
    drawMs = performance.now() - start
    for (const put of channel.readers) put(channel.graph)
  }

  function refresh(channel: Channel): Promise<void> {
    const ask = async () => askMap(soon, fleet(), channel.request, nowMs())
    channel.refreshing ??= ask()
      .then((answers) => draw(channel, answers))
      .catch((error: unknown) => options.logger.error({ err: error }, 'a map was not refreshed'))
      .then(() => {
        channel.refreshing = null
        const again = channel.outdated && channel.readers.size > 0
        channel.outdated = false
        return again ? refresh(channel) : undefined
      })
    return channel.refreshing
  }

  async function refreshAll() {
    clearTimeout(timer)
    timer = undefined
    const started = performance.now()
    await Promise.all([...channels.values()].map(refresh))
    if (source.timeline().mode !== 'live' || channels.size === 0 || timer !== undefined) return
    const restMs = Math.max(0, refreshMs - (performance.now() - started))
    timer = setTimeout(() => void refreshAll(), restMs)
    timer.unref()
  }

  function redrawAll() {
    redrawTimer = undefined
    const now = outline()
    // A cluster that just became reachable, or a player at its next step, has new answers to give.
    if (now !== seen) {
      seen = now
      telemetry.renew()
      for (const channel of channels.values()) channel.outdated = channel.refreshing !== null
      void refreshAll()
      return
    }
    for (const channel of channels.values()) {
      if (channel.answers !== null && channel.refreshing === null) draw(channel, channel.answers)
    }
  }

  /** Somebody answered after the map of that time was drawn without. */
  function redrawLate(atMs: number) {
    for (const channel of channels.values()) {
      if (channel.answers?.atMs !== atMs) continue
      askMap(soon, fleet(), channel.request, atMs)
        .then((answers) => {
          if (channel.answers?.atMs === atMs) draw(channel, answers)
        })
        .catch((error: unknown) => options.logger.error({ err: error }, 'a map was not redrawn'))
    }
  }

  /** What makes the last answers stale before their time. */
  function outline(): string {
    const timeline = source.timeline()
    if (timeline.mode === 'recording') return String(timeline.positionMs)
    return JSON.stringify(
      source
        .snapshot()
        .clusters.map(({ status }) => [status.name, status.state, status.telemetry.state]),
    )
  }

  function open(request: MapRequest): { readonly key: string; readonly channel: Channel } {
    const key = requestKey(request)
    let channel = channels.get(key)
    if (channel === undefined) {
      channel = {
        request,
        readers: new Set(),
        answers: null,
        graph: null,
        refreshing: null,
        outdated: false,
      }
      channels.set(key, channel)
    }
    unsubscribe ??= source.subscribe(() => {
      redrawTimer ??= setTimeout(guarded(redrawAll), Math.max(redrawGapMs, drawMs * 5))
      redrawTimer.unref()
    })
    return { key, channel }
  }

  function rest() {
    clearTimeout(timer)
    clearTimeout(redrawTimer)
    timer = redrawTimer = undefined
    unsubscribe?.()
    unsubscribe = undefined
  }

  function isFresh({ answers, graph }: Channel): boolean {
    if (answers === null || graph === null) return false
    const ageMs = nowMs() - answers.atMs
    // A player that went back makes what is known newer than now.
    return ageMs >= 0 && ageMs < refreshMs
  }

  return {
    fleet,
    timeline: () => source.timeline(),

    async seek(positionMs) {
      await source.seek(positionMs)
      return source.timeline()
    },

    async map(request, atMs) {
      if (atMs !== null) {
        const asOf = fleet()
        // Details of a map on screen share its answers. Other moments must not displace them.
        const onScreen = [...channels.values()].some(({ answers }) => answers?.atMs === atMs)
        const answers = await askMap(onScreen ? soon : source, asOf, request, atMs)
        return drawMap(asOf, request, answers)
      }
      const key = requestKey(request)
      const channel = channels.get(key)
      if (channel?.graph && isFresh(channel)) return channel.graph
      let answer = asked.get(key)
      if (answer === undefined) {
        answer = askMap(telemetry, fleet(), request, nowMs())
          .then((answers) => drawMap(fleet(), request, answers))
          .finally(() => asked.delete(key))
        asked.set(key, answer)
      }
      return answer
    },

    fleetChanges() {
      let told: FleetView | null = null
      const views = latest<FleetView>((put) => {
        put(fleet())
        return source.subscribe(guarded(() => put(fleet())))
      })
      return eachOf(views, (next) => {
        const change = diffFleetViews(told, next)
        told = next
        return change
      })
    },

    mapChanges(request) {
      let told: Graph | null = null
      const graphs = latest<Graph>((put) => {
        const { key, channel } = open(request)
        channel.readers.add(put)
        if (channel.graph !== null && isFresh(channel)) put(channel.graph)
        else if (timer === undefined) void refreshAll()
        else void refresh(channel)
        return () => {
          channel.readers.delete(put)
          if (channel.readers.size === 0) channels.delete(key)
          if (channels.size === 0) rest()
        }
      })
      return eachOf(graphs, (graph) => {
        const change = { reset: told === null, graph, diff: diffGraph(told, graph) }
        told = graph
        return change
      })
    },

    close() {
      channels.clear()
      rest()
    },
  }
}
