import {
  Agent,
  EnvHttpProxyAgent,
  ProxyAgent,
  Socks5ProxyAgent,
  type buildConnector,
  type Dispatcher,
} from 'undici'

/** Certificates and names of a TLS connection. */
export type TlsOptions = buildConnector.BuildOptions

const connectTimeoutMs = 10_000

/**
 * Connections to a server: by the proxy given, else by the proxy that the
 * environment names (`HTTPS_PROXY`, `NO_PROXY`, …), else direct. As kubectl
 * does, this machine itself is never reached by a proxy of the environment.
 */
export function createDispatcher(
  server: URL,
  {
    tls = {},
    proxyUrl,
  }: { readonly tls?: TlsOptions; readonly proxyUrl?: string | undefined } = {},
): Dispatcher {
  const connect = {
    ...tls,
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
    timeout: connectTimeoutMs,
  }
  if (proxyUrl?.startsWith('socks')) {
    return new Socks5ProxyAgent(proxyUrl, { requestTls: { ...tls, timeout: connectTimeoutMs } })
  }
  if (proxyUrl) return new ProxyAgent({ uri: proxyUrl, requestTls: tls, connect, allowH2: false })
  return environmentHasProxy() && !isLoopback(server.hostname)
    ? new EnvHttpProxyAgent({ requestTls: tls, connect, allowH2: false })
    : new Agent({ connect, allowH2: false })
}

function environmentHasProxy(): boolean {
  return ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].some(
    (name) => process.env[name],
  )
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
}
