/** Something with a size to be placed among its siblings. */
export interface Item {
  readonly id: string
  readonly width: number
  readonly height: number
  /** Weight of what comes to it from outside its box, less what leaves from it. */
  readonly inflow: number
}

/** Traffic between two siblings, for who stands left of whom. */
export interface SiblingLink {
  readonly source: string
  readonly target: string
  /** How much this link counts where not all can lead to the right. */
  readonly weight: number
}

/** How far an arrangement may stretch before it is folded. */
export interface Caps {
  readonly maxWidth: number
  readonly maxHeight: number
  /** True where a column may hold several steps of the flow, which packs large boxes tighter. */
  readonly mergeSteps: boolean
}

/** Room kept free between siblings. */
export interface Gap {
  readonly x: number
  readonly y: number
}

/** Where each item stands, relative to the content's top left corner, and how large the whole is. */
export interface Arrangement {
  readonly places: ReadonlyMap<string, { readonly x: number; readonly y: number }>
  readonly width: number
  readonly height: number
}

/**
 * Places siblings from nothing: callers left of callees, in columns, each column
 * ordered so that its members stand near those they talk to. Deterministic: the
 * same items and links give the same places, whatever their order.
 */
export function arrange(
  items: readonly Item[],
  links: readonly SiblingLink[],
  caps: Caps,
  gap: Gap,
): Arrangement {
  const byId = new Map(items.map((item) => [item.id, item] as const))
  const flow = flowOf(
    [...byId.values()].sort((a, b) => compare(a.id, b.id)),
    links,
  )
  const steps = orderSteps(flow)
  const columns = foldColumns(steps, byId, caps, gap)
  const loose = flow.loose
    .map((id) => byId.get(id))
    .filter((item) => item !== undefined)
    .sort((a, b) => b.height - a.height || compare(a.id, b.id))
  const tallest = Math.max(0, ...columns.map((column) => heightOf(column, gap)))
  const looseHeight = Math.max(Math.min(tallest, caps.maxHeight), squareHeight(loose, gap))
  // Where traffic enters stands left of the others' flow, even if it goes on to none of them.
  const flows = columns.length > 0
  const entered = (item: Item) => flows && item.inflow > 0
  columns.unshift(...fillColumns(loose.filter(entered), looseHeight, gap))
  columns.push(
    ...fillColumns(
      loose.filter((item) => !entered(item)),
      looseHeight,
      gap,
    ),
  )
  return stand(columns, caps.maxWidth, gap)
}

/**
 * Places what stands on the map itself: the boxes in the middle, callers from
 * outside left of them, and what is called outside on the right.
 */
export function arrangeMap(
  boxes: readonly Item[],
  outsiders: readonly Item[],
  links: readonly SiblingLink[],
  caps: Caps,
  gap: Gap,
): Arrangement {
  const called = new Set(links.map(({ target }) => target))
  const calling = new Set(links.map(({ source }) => source))
  const sorted = [...outsiders].sort((a, b) => compare(a.id, b.id))
  const isCaller = ({ id }: Item) => calling.has(id) && !called.has(id)
  const middle = arrange(boxes, links, caps, gap)
  const tallest = Math.max(middle.height, squareHeight(sorted, gap))
  const parts = [
    stand(fillColumns(sorted.filter(isCaller), tallest, gap), Number.POSITIVE_INFINITY, gap),
    middle,
    stand(
      fillColumns(
        sorted.filter((item) => !isCaller(item)),
        tallest,
        gap,
      ),
      Number.POSITIVE_INFINITY,
      gap,
    ),
  ].filter(({ places }) => places.size > 0)
  const height = Math.max(0, ...parts.map((part) => part.height))
  const places = new Map<string, { x: number; y: number }>()
  let left = 0
  for (const part of parts) {
    const top = Math.round((height - part.height) / 2)
    for (const [id, { x, y }] of part.places) places.set(id, { x: left + x, y: top + y })
    left += part.width + gap.x
  }
  return { places, width: Math.max(0, left - gap.x), height }
}

interface Flow {
  readonly order: readonly string[]
  readonly callees: ReadonlyMap<string, readonly string[]>
  readonly callers: ReadonlyMap<string, readonly string[]>
  readonly step: ReadonlyMap<string, number>
  /** Those that talk to no sibling. */
  readonly loose: readonly string[]
}

/** Who calls whom without cycles, and how many calls each is from the first caller. */
function flowOf(items: readonly Item[], links: readonly SiblingLink[]): Flow {
  const ids = items.map(({ id }) => id)
  const weights = new Map<string, Map<string, number>>(ids.map((id) => [id, new Map()]))
  for (const { source, target, weight } of links) {
    const out = weights.get(source)
    if (source === target || out === undefined || !weights.has(target)) continue
    out.set(target, (out.get(target) ?? 0) + weight)
  }
  const order = orderByFlow(items, weights)
  const rank = new Map(order.map((id, i) => [id, i] as const))
  const callees = new Map<string, string[]>(ids.map((id) => [id, []]))
  const callers = new Map<string, string[]>(ids.map((id) => [id, []]))
  const linked = new Set<string>()
  for (const id of order) {
    for (const next of weights.get(id)?.keys() ?? []) {
      linked.add(id).add(next)
      if ((rank.get(next) ?? 0) < (rank.get(id) ?? 0)) continue
      callees.get(id)?.push(next)
      callers.get(next)?.push(id)
    }
  }
  const step = new Map<string, number>()
  for (const id of order) {
    step.set(id, Math.max(-1, ...(callers.get(id) ?? []).map((from) => step.get(from) ?? 0)) + 1)
  }
  // A first caller stands right before the nearest it calls, not at the far left.
  for (const id of [...order].reverse()) {
    const next = callees.get(id) ?? []
    if ((callers.get(id) ?? []).length === 0 && next.length > 0) {
      step.set(id, Math.min(...next.map((to) => step.get(to) ?? 0)) - 1)
    }
  }
  return { order, callees, callers, step, loose: ids.filter((id) => !linked.has(id)) }
}

/**
 * Orders siblings so that little traffic leads backwards: who only receives goes
 * last, who only sends first, and of the rest always the one that sends most more
 * than it receives (the greedy heuristic of Eades, Lin and Smyth).
 */
function orderByFlow(
  items: readonly Item[],
  weights: ReadonlyMap<string, ReadonlyMap<string, number>>,
): readonly string[] {
  const sends = new Map<string, number>(items.map(({ id }) => [id, 0]))
  const receives = new Map<string, number>(items.map(({ id }) => [id, 0]))
  const senders = new Map<string, string[]>(items.map(({ id }) => [id, []]))
  for (const [id, out] of weights) {
    for (const [to, weight] of out) {
      sends.set(id, (sends.get(id) ?? 0) + weight)
      receives.set(to, (receives.get(to) ?? 0) + weight)
      senders.get(to)?.push(id)
    }
  }
  const left = new Map(items.map((item) => [item.id, item] as const))
  const head: string[] = []
  const tail: string[] = []
  const take = (id: string, list: string[]) => {
    list.push(id)
    left.delete(id)
    for (const [to, weight] of weights.get(id) ?? []) {
      receives.set(to, (receives.get(to) ?? 0) - weight)
    }
    for (const from of senders.get(id) ?? []) {
      sends.set(from, (sends.get(from) ?? 0) - (weights.get(from)?.get(id) ?? 0))
    }
  }
  while (left.size > 0) {
    const rest = [...left.values()]
    const sink = rest.find(({ id }) => sends.get(id) === 0)
    if (sink !== undefined) {
      take(sink.id, tail)
      continue
    }
    const source = rest.find(({ id }) => receives.get(id) === 0)
    const surplus = ({ id, inflow }: Item) =>
      (sends.get(id) ?? 0) - (receives.get(id) ?? 0) + inflow
    const next = source ?? rest.reduce((a, b) => (surplus(b) > surplus(a) ? b : a))
    take(next.id, head)
  }
  return [...head, ...tail.reverse()]
}

/** The flow's steps from left to right, each ordered by where its neighbours stand. */
function orderSteps(flow: Flow): string[][] {
  const loose = new Set(flow.loose)
  const steps: string[][] = []
  for (const id of flow.order) {
    if (loose.has(id)) continue
    const step = flow.step.get(id) ?? 0
    while (steps.length <= step) steps.push([])
    steps[step]?.push(id)
  }
  for (const step of steps) step.sort(compare)
  const sweep = (from: ReadonlyMap<string, readonly string[]>, order: readonly string[][]) => {
    const at = new Map<string, number>()
    for (const step of steps) step.forEach((id, i) => at.set(id, (i + 0.5) / step.length))
    for (const step of order) {
      const weight = new Map<string, number>()
      for (const id of step) {
        const near = from.get(id) ?? []
        const sum = near.reduce((total, other) => total + (at.get(other) ?? 0.5), 0)
        weight.set(id, near.length === 0 ? (at.get(id) ?? 0.5) : sum / near.length)
      }
      step.sort((a, b) => (weight.get(a) ?? 0) - (weight.get(b) ?? 0) || compare(a, b))
      step.forEach((id, i) => at.set(id, (i + 0.5) / step.length))
    }
  }
  for (let round = 0; round < 4; round += 1) {
    sweep(flow.callers, steps)
    sweep(flow.callees, [...steps].reverse())
  }
  return steps.filter((step) => step.length > 0)
}

function foldColumns(
  steps: readonly string[][],
  byId: ReadonlyMap<string, Item>,
  caps: Caps,
  gap: Gap,
): Item[][] {
  const items = (ids: readonly string[]) =>
    ids.map((id) => byId.get(id)).filter((item) => item !== undefined)
  if (caps.mergeSteps) return fillColumns(items(steps.flat()), caps.maxHeight, gap)
  return steps.flatMap((step) => {
    const members = items(step)
    const height = heightOf(members, gap)
    const parts = Math.max(1, Math.ceil(height / caps.maxHeight))
    return fillColumns(members, height / parts + gap.y, gap)
  })
}

function fillColumns(items: readonly Item[], maxHeight: number, gap: Gap): Item[][] {
  const columns: Item[][] = []
  let height = Number.POSITIVE_INFINITY
  for (const item of items) {
    if (height + gap.y + item.height > maxHeight) {
      columns.push([item])
      height = item.height
    } else {
      columns[columns.length - 1]?.push(item)
      height += gap.y + item.height
    }
  }
  return columns
}

/** The column height at which these items make about a square. */
function squareHeight(items: readonly Item[], gap: Gap): number {
  const area = items.reduce((sum, { width, height }) => sum + (width + gap.x) * (height + gap.y), 0)
  return Math.max(Math.sqrt(area), ...items.map(({ height }) => height))
}

/** Gives coordinates: columns side by side, in bands no wider than allowed, each centred in its band. */
function stand(columns: readonly Item[][], maxWidth: number, gap: Gap): Arrangement {
  const places = new Map<string, { x: number; y: number }>()
  let left = 0
  let top = 0
  let width = 0
  let band: Item[][] = []
  const close = () => {
    const height = Math.max(0, ...band.map((column) => heightOf(column, gap)))
    let x = 0
    for (const column of band) {
      const columnWidth = widthOf(column)
      let y = top + Math.round((height - heightOf(column, gap)) / 2)
      for (const item of column) {
        places.set(item.id, { x: x + Math.round((columnWidth - item.width) / 2), y })
        y += item.height + gap.y
      }
      x += columnWidth + gap.x
    }
    width = Math.max(width, x - gap.x)
    top += height + gap.y
    band = []
    left = 0
  }
  for (const column of columns) {
    if (left > 0 && left + widthOf(column) > maxWidth) close()
    band.push(column)
    left += widthOf(column) + gap.x
  }
  if (band.length > 0) close()
  return { places, width: Math.max(0, width), height: Math.max(0, top - gap.y) }
}

function heightOf(column: readonly Item[], gap: Gap): number {
  return column.reduce((sum, { height }) => sum + height + gap.y, -gap.y)
}

function widthOf(column: readonly Item[]): number {
  return Math.max(0, ...column.map(({ width }) => width))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
