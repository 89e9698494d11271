import type { Flows } from './accounts.ts'
import { endKind, serviceNamed } from './ends.ts'
import { Tuples } from './intern.ts'
import { unknown, type Codebook } from './rows.ts'

/**
 * The service each workload is mostly asked through, as an end: what stands
 * for the workload where a graph shows services. A workload nobody asks by a
 * service stands for itself.
 */
export function frontsOf(parts: readonly Flows[], book: Codebook): (end: number) => number {
  const pairs = new Tuples()
  const weights: number[] = []
  for (const { rows, ends, pairOf } of parts) {
    for (let row = 0; row < rows.count; row++) {
      const to = ends.target[row] ?? unknown
      if (pairOf[row] === unknown || ends.all.at(to, 0) !== endKind.workload) continue
      const { namespace, name } = serviceNamed(rows, row, book)
      if (name === '') continue
      const service = book.services.intern(book.names.code(namespace), book.names.code(name))
      const front = ends.all.intern(endKind.service, ends.all.at(to, 1), service)
      const weight = rows.values.reduce((sum, column) => sum + (column[row] ?? 0), 0)
      const pair = pairs.intern(to, front)
      weights[pair] = (weights[pair] ?? 0) + weight
    }
  }
  const best = new Map<number, number>()
  for (let pair = 0; pair < pairs.size; pair++) {
    const before = best.get(pairs.at(pair, 0))
    const isMore = before === undefined || (weights[pair] ?? 0) > (weights[before] ?? 0)
    if (isMore) best.set(pairs.at(pair, 0), pair)
  }
  return (end) => {
    const pair = best.get(end)
    return pair === undefined ? end : pairs.at(pair, 1)
  }
}
