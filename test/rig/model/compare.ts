import type { GraphEdge, GraphResponse } from '../../../main/traffic/index.ts'
import { edgeKey } from './truth.ts'
import type { TruthGraph } from './truth.ts'

/** What is compared beyond rates, errors and mTLS. */
export interface CompareOptions {
  /** Largest relative difference of a rate. */
  readonly tolerance: number
  /** Also percentiles and bytes; only where the series have them. */
  readonly latency: boolean
}

/**
 * Every way in which a graph differs from the truth, in words: edges that are
 * missing, doubled or made up, rates, responses, error ratios and mTLS.
 */
export function differences(
  truth: Pick<TruthGraph, 'edges'>,
  edges: readonly GraphEdge[],
  options: CompareOptions,
): string[] {
  const found = new Map<string, GraphEdge>()
  const problems: string[] = []
  for (const edge of edges) {
    if (found.has(edgeKey(edge))) problems.push(`doubled: ${edgeKey(edge)}`)
    found.set(edgeKey(edge), edge)
  }
  const expected = new Map(truth.edges.map((edge) => [edgeKey(edge), edge]))
  for (const key of found.keys()) if (!expected.has(key)) problems.push(`made up: ${key}`)
  for (const [key, edge] of expected) {
    const shown = found.get(key)
    if (shown)
      problems.push(...edgeDifferences(edge, shown, options).map((text) => `${key}: ${text}`))
    else problems.push(`missing: ${key}`)
  }
  return problems
}

function edgeDifferences(truth: GraphEdge, shown: GraphEdge, options: CompareOptions): string[] {
  const near = (what: string, right: number | null, seen: number | null): string[] =>
    isNear(right, seen, options.tolerance) ? [] : [`${what} is ${right}, shown ${seen}`]
  const same = (what: string, right: unknown, seen: unknown): string[] =>
    JSON.stringify(right) === JSON.stringify(seen)
      ? []
      : [`${what} is ${JSON.stringify(right)}, shown ${JSON.stringify(seen)}`]
  const isTcp = truth.protocol === 'tcp'
  return [
    ...near('request rate', truth.requestRate, shown.requestRate),
    ...near('error ratio', truth.errorRatio, shown.errorRatio),
    ...mtlsRatio(truth, shown),
    ...same('source principals', truth.mtls.sourcePrincipals, shown.mtls.sourcePrincipals),
    ...same(
      'destination principals',
      truth.mtls.destinationPrincipals,
      shown.mtls.destinationPrincipals,
    ),
    ...responseDifferences(truth.responses, shown.responses, options.tolerance),
    ...(isTcp || options.latency
      ? [
          ...near('bytes sent', truth.bytesPerSecond.sent, shown.bytesPerSecond.sent),
          ...near('bytes received', truth.bytesPerSecond.received, shown.bytesPerSecond.received),
        ]
      : []),
    ...(options.latency
      ? (['p50', 'p90', 'p95', 'p99'] as const).flatMap((quantile) =>
          near(quantile, truth.latencyMs[quantile], shown.latencyMs[quantile]),
        )
      : []),
  ]
}

/** All or nothing must be exactly that; a share is a quotient of rates. */
function mtlsRatio(truth: GraphEdge, shown: GraphEdge): string[] {
  const right = truth.mtls.ratio
  const seen = shown.mtls.ratio
  const isShare = right !== null && right > 0 && right < 1
  const fits = isShare ? isNear(right, seen, 1e-6) : right === seen
  return fits ? [] : [`mTLS ratio is ${right}, shown ${seen}`]
}

function responseDifferences(
  truth: readonly GraphResponse[],
  shown: readonly GraphResponse[],
  tolerance: number,
): string[] {
  const keyOf = ({ code, flags }: GraphResponse): string => `${code} ${flags}`
  const found = new Map(shown.map((response) => [keyOf(response), response]))
  const extra = shown.length - truth.length
  return [
    ...(extra > 0 ? [`${extra} responses too many: ${[...found.keys()].join(', ')}`] : []),
    ...truth.flatMap((response) => {
      const seen = found.get(keyOf(response))
      if (!seen) return [`no response ${keyOf(response)}`]
      const hosts = [...seen.hosts].sort().join() === response.hosts.join()
      return [
        ...(isNear(response.rate, seen.rate, tolerance)
          ? []
          : [`response ${keyOf(response)} has rate ${response.rate}, shown ${seen.rate}`]),
        ...(hosts
          ? []
          : [
              `response ${keyOf(response)} went to ${response.hosts.join(', ')}, shown ${seen.hosts.join(', ')}`,
            ]),
      ]
    }),
  ]
}

function isNear(right: number | null, seen: number | null, tolerance: number): boolean {
  if (right === null || seen === null) return right === seen
  return Math.abs(right - seen) <= Math.max(Math.abs(right) * tolerance, 1e-9)
}
