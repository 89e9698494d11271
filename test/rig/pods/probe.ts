/** Probes, run from the node as a kubelet runs them. */
import { connect } from 'node:net'
import type { V1Container, V1HTTPGetAction, V1Probe } from '@kubernetes/client-node'
import { Agent, request } from 'undici'

// A kubelet does not check the certificate of an HTTPS probe, and opens a connection for each.
const agent = new Agent({ connect: { rejectUnauthorized: false }, pipelining: 0 })

/** What a probe needs of its container. */
export interface ProbeTarget {
  readonly podIp: string
  readonly container: V1Container
  readonly exec: (command: readonly string[], timeoutMs: number) => Promise<void>
}

/** Runs a probe once; resolves with null when it succeeded, else with why not. */
export async function probeOnce(probe: V1Probe, target: ProbeTarget): Promise<string | null> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000
  try {
    if (probe.httpGet !== undefined) return await httpGet(probe.httpGet, target, timeoutMs)
    if (probe.tcpSocket !== undefined)
      await dial(
        probe.tcpSocket.host ?? target.podIp,
        portNumber(probe.tcpSocket.port, target.container),
        timeoutMs,
      )
    else if (probe.exec !== undefined) await target.exec(probe.exec.command ?? [], timeoutMs)
    else return 'the rig runs no probe of this kind'
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function httpGet(
  { host, path, port, scheme, httpHeaders }: V1HTTPGetAction,
  { podIp, container }: ProbeTarget,
  timeoutMs: number,
): Promise<string | null> {
  const origin = `${(scheme ?? 'HTTP').toLowerCase()}://${host ?? podIp}:${portNumber(port, container)}`
  const answer = await request(origin + (path ?? '/'), {
    dispatcher: agent,
    headers: {
      'user-agent': 'kube-probe/1.37',
      connection: 'close',
      ...Object.fromEntries((httpHeaders ?? []).map(({ name, value }) => [name, value])),
    },
    signal: AbortSignal.timeout(timeoutMs),
  })
  await answer.body.dump()
  const { statusCode } = answer
  return statusCode >= 200 && statusCode < 400
    ? null
    : `HTTP probe failed with statuscode: ${statusCode}`
}

function portNumber(port: number | string, container: V1Container): number {
  const named = container.ports?.find(({ name }) => name === port)
  const number = named?.containerPort ?? Number(port)
  if (!Number.isInteger(number)) throw new Error(`no port named ${port}`)
  return number
}

function dial(host: string, port: number, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: timeoutMs }, () => {
      socket.destroy()
      resolve()
    })
    socket.on('timeout', () => socket.destroy(new Error(`dial ${host}:${port}: timed out`)))
    socket.on('error', reject)
  })
}

/** Runs `probe` over and over; tells each change of its verdict, and each failure past the threshold. */
export function startProbe(
  probe: V1Probe,
  target: ProbeTarget,
  told: (verdict: { readonly ok: boolean; readonly reason: string | null }) => void,
): () => void {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let good = 0
  let bad = 0
  const again = async (): Promise<void> => {
    const reason = await probeOnce(probe, target)
    if (stopped) return
    if (reason === null) {
      bad = 0
      if (++good === (probe.successThreshold ?? 1)) told({ ok: true, reason: null })
    } else {
      good = 0
      if (++bad % (probe.failureThreshold ?? 3) === 0) told({ ok: false, reason })
    }
    timer = setTimeout(() => void again(), (probe.periodSeconds ?? 10) * 1000)
  }
  timer = setTimeout(() => void again(), (probe.initialDelaySeconds ?? 0) * 1000)
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}
