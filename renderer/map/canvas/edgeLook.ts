import { formatBytesRate, formatRate, formatRatio } from '../../words/index.ts'
import type { SceneEdge } from '../scene/index.ts'
import type { Palette } from './palette.ts'

/** From this share of errors on an edge is failing; below it any error is degraded. */
const failingFrom = 0.1

/** How the traffic of an edge does. */
export type EdgeState = 'fine' | 'degraded' | 'failing' | 'quiet'

/** An edge's state, from its errors and whether anything flows. */
export function edgeState(edge: SceneEdge): EdgeState {
  if (edge.errorRatio !== null && edge.errorRatio >= failingFrom) return 'failing'
  if (edge.errorRatio !== null && edge.errorRatio > 0) return 'degraded'
  return (edge.requestRate ?? 0) === 0 && (edge.bytesPerSecond ?? 0) === 0 ? 'quiet' : 'fine'
}

/** Line width in pixels: grows with the order of magnitude of the traffic. */
export function edgeWidth(edge: SceneEdge): number {
  const byRequests = Math.log10(1 + (edge.requestRate ?? 0)) * 1.5
  const byBytes = Math.log10(1 + (edge.bytesPerSecond ?? 0) / 1_000) * 1.1
  return Math.min(7, 1.1 + Math.max(byRequests, byBytes))
}

/** The line's colour. */
export function edgeColor(edge: SceneEdge, palette: Palette): string {
  const state = edgeState(edge)
  if (state === 'failing') return palette.tones.danger
  return state === 'degraded' ? palette.tones.warning : palette.edge
}

/** The line's dashes: the second cue beside the colour; false for a whole line. */
export function edgeDashes(edge: SceneEdge): number[] | false {
  const dashes = { fine: false, degraded: [12, 5], failing: [5, 4], quiet: [2, 6] } as const
  const chosen = dashes[edgeState(edge)]
  return chosen === false ? false : [...chosen]
}

/** The few words on a line, the fullest first: what flows, and what of it fails. */
export function edgeTexts(edge: SceneEdge): readonly string[] {
  const protocols = edge.protocols.filter((protocol) => protocol !== 'http')
  const names = protocols.map((protocol) => (protocol === 'grpc' ? 'gRPC' : 'TCP'))
  const amount =
    edge.requestRate === null ? formatBytesRate(edge.bytesPerSecond) : formatRate(edge.requestRate)
  const flow = [...names, amount].join(' ')
  if (edge.errorRatio === null || edge.errorRatio === 0) return [flow]
  const errors = `${formatRatio(edge.errorRatio)} errors`
  return [`${flow} · ${errors}`, errors]
}
