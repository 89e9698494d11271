const meanings: Readonly<Record<string, string>> = {
  DC: 'the caller closed the connection',
  DF: 'DNS resolution failed',
  DI: 'delayed by fault injection',
  DPE: 'the caller spoke invalid HTTP',
  FI: 'aborted by fault injection',
  IH: 'an invalid header value',
  LH: 'the local service failed its health check',
  LR: 'reset locally',
  NC: 'the upstream cluster was not found',
  NR: 'no route matched',
  OM: 'the overload manager refused it',
  RL: 'rate limited',
  SI: 'the stream was idle for too long',
  UAEX: 'denied by external authorization',
  UC: 'the upstream closed the connection',
  UF: 'the upstream connection failed',
  UH: 'no healthy upstream host',
  UMSDR: 'the upstream request hit its maximum duration',
  UO: 'the circuit breaker was open',
  UPE: 'the upstream spoke invalid HTTP',
  UR: 'the upstream reset the connection',
  URX: 'the retries were used up',
  UT: 'the upstream did not answer in time',
}

/** What Envoy's response flags mean, for a person; null where there are none. Unknown ones stay as they are. */
export function explainFlags(flags: string): string | null {
  if (flags === '-' || flags === '') return null
  return flags
    .split(',')
    .map((flag) => {
      const meaning = meanings[flag.trim()]
      return meaning === undefined ? flag.trim() : `${flag.trim()}: ${meaning}`
    })
    .join('; ')
}
