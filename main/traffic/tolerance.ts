/** How many responses of a kind are tolerated before a node is called degraded or failing. */
export interface Tolerance {
  /** Codes it is about: a pattern for the whole code, in which X is any digit. */
  readonly code: string
  readonly protocols: readonly ('http' | 'grpc')[]
  readonly directions: readonly ('inbound' | 'outbound')[]
  /** Ratio (0 to 1) from which on it is degraded; 0 means any at all. */
  readonly degradedRatio: number
  /** Ratio from which on it is failing. */
  readonly failingRatio: number
}

const both = ['inbound', 'outbound'] as const

/**
 * The thresholds users know from Kiali: any 5xx, gRPC error or missing
 * response degrades, a tenth fails; 4xx has more patience. Unlike there, a 5xx
 * that a proxy gives to a gRPC call counts too: it is an error of that edge.
 */
export const defaultTolerances: readonly Tolerance[] = [
  tolerance('5XX', ['http', 'grpc'], 0, 0.1),
  tolerance('4XX', ['http'], 0.1, 0.2),
  tolerance('[1-9]|1[0-6]', ['grpc'], 0, 0.1),
  tolerance('-', ['http', 'grpc'], 0, 0.1),
]

function tolerance(
  code: string,
  protocols: Tolerance['protocols'],
  degradedRatio: number,
  failingRatio: number,
): Tolerance {
  return { code, protocols, directions: both, degradedRatio, failingRatio }
}

/** Whether a code is one a tolerance is about. */
export function codeMatcher(tolerance: Tolerance): (code: string) => boolean {
  const pattern = new RegExp(`^(?:${tolerance.code.replace(/[xX]/g, '\\d')})$`)
  return (code) => pattern.test(code)
}

/** An error: HTTP 5xx, a gRPC status other than 0, or no response; 4xx is not. */
export function isError(protocol: 'http' | 'grpc', code: string): boolean {
  if (code === '-') return true
  // A gRPC call that ended below gRPC has an HTTP code, which has three digits.
  if (protocol === 'http' || code.length >= 3) return /^5\d\d$/.test(code)
  return code !== '0'
}
