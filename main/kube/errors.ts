/** Why an API server could not be asked, in the states a person is shown. */
type FailureState = 'unreachable' | 'unauthorized'

/** A failure in words: what happened and what to do next. */
export interface Failure {
  readonly state: FailureState
  readonly reason: string
  readonly remedy: string
}

/** An answer of the API server that is no success. */
export class KubeStatusError extends Error {
  readonly status: number
  readonly path: string
  constructor(status: number, path: string, message: string) {
    super(message)
    this.name = 'KubeStatusError'
    this.status = status
    this.path = path
  }
}

const networkReasons: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
  ECONNREFUSED: ['refuses connections', 'Is the API server running, and is the address right?'],
  ENOTFOUND: ['its name cannot be resolved', 'Check the address, DNS and VPN.'],
  EAI_AGAIN: ['its name cannot be resolved just now', 'Check DNS and VPN.'],
  EHOSTUNREACH: ['there is no route to it', 'Check the network and VPN.'],
  ENETUNREACH: ['there is no route to it', 'Check the network and VPN.'],
  ETIMEDOUT: ['does not answer in time', 'Check the network, VPN and firewall.'],
  ECONNRESET: ['closed the connection', 'It may be starting or overloaded; it is tried again.'],
  EPIPE: ['closed the connection', 'It may be starting or overloaded; it is tried again.'],
  UND_ERR_SOCKET: ['closed the connection', 'It may be starting or overloaded; it is tried again.'],
  UND_ERR_CONNECT_TIMEOUT: ['does not answer in time', 'Check the network, VPN and firewall.'],
  UND_ERR_HEADERS_TIMEOUT: ['does not answer in time', 'It may be overloaded; it is tried again.'],
  UND_ERR_BODY_TIMEOUT: ['stopped answering', 'It may be overloaded; it is tried again.'],
  CERT_HAS_EXPIRED: ['its certificate has expired', 'Renew the API server certificate.'],
  CERT_NOT_YET_VALID: ['its certificate is not yet valid', 'Check the clocks of both machines.'],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'its certificate is for another name',
    'Use the name the certificate has, or set tls-server-name in the kubeconfig.',
  ],
}

const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
])

/**
 * Explains any error of a request to the API server at `server`. The words
 * never hold credentials: they are ours, or an error code.
 */
export function explainFailure(error: unknown, server: string): Failure {
  if (error instanceof KubeStatusError) return explainStatus(error, server)
  const code = errorCode(error)
  if (untrusted.has(code)) {
    return {
      state: 'unreachable',
      reason: `${server}: its certificate is not signed by the certificate authority of this context (${code})`,
      remedy: 'Set certificate-authority of the cluster in the kubeconfig to the right file.',
    }
  }
  const known = networkReasons[code]
  if (known) {
    return { state: 'unreachable', reason: `${server}: ${known[0]} (${code})`, remedy: known[1] }
  }
  if (error instanceof CredentialError) {
    return { state: 'unauthorized', reason: error.message, remedy: error.remedy }
  }
  if (error instanceof Error && error.name === 'TimeoutError') {
    return {
      state: 'unreachable',
      reason: `${server}: does not answer in time`,
      remedy: 'Check the network, VPN and firewall.',
    }
  }
  const message = error instanceof Error ? error.message : String(error)
  return {
    state: 'unreachable',
    reason: `${server}: ${message}${code === '' ? '' : ` (${code})`}`,
    remedy: 'Check the address, the network and the certificate authority in the kubeconfig.',
  }
}

/** Credentials of a context could not be had: a missing file, an exec plugin that failed. */
export class CredentialError extends Error {
  readonly remedy: string
  constructor(message: string, remedy: string) {
    super(message)
    this.name = 'CredentialError'
    this.remedy = remedy
  }
}

function explainStatus(error: KubeStatusError, server: string): Failure {
  if (error.status === 401) {
    return {
      state: 'unauthorized',
      reason: `${server}: does not accept the credentials of this context (401)`,
      remedy: 'Log in again, or renew the token or client certificate in the kubeconfig.',
    }
  }
  if (error.status === 403) {
    return {
      state: 'unauthorized',
      reason: `${server}: ${error.message} (403)`,
      remedy: 'Ask an administrator of the cluster for the right to read (ClusterRole view).',
    }
  }
  return {
    state: 'unreachable',
    reason: `${server}: ${error.message} (${error.status})`,
    remedy:
      error.status >= 500
        ? 'It is tried again; look at the logs of the API server if it stays.'
        : 'Is this the address of a Kubernetes API server?',
  }
}

function errorCode(error: unknown): string {
  for (
    let at: unknown = error, depth = 0;
    at instanceof Error && depth < 4;
    at = at.cause, depth++
  ) {
    if ('code' in at && typeof at.code === 'string') return at.code
  }
  return ''
}
