import { Agent } from 'undici'
import { forwardToPod, type ContextEntry, type KubeObject, type PodForward } from '../kube/index.ts'
import type { PromTransport } from '../prom/index.ts'
import { httpAnswer } from './http-answer.ts'
import type { ClusterSnapshot } from './source.ts'

/** A way to a Service's pod that needs the right to port-forward instead of services/proxy. */
export interface ForwardTransport {
  readonly fetch: PromTransport
  close(): Promise<void>
}

/**
 * Reaches a Service by a port-forward to one of its ready pods, opened when
 * first used and again when it broke. Rejects when no pod is ready or the
 * forward is refused.
 */
export function forwardTransport(options: {
  readonly entry: ContextEntry
  readonly allowExec: boolean
  readonly service: { readonly namespace: string; readonly name: string; readonly port: number }
  readonly objects: () => ClusterSnapshot['objects']
}): ForwardTransport {
  const { entry, allowExec, service } = options
  const agent = new Agent({ allowH2: false })
  let opening: Promise<PodForward> | null = null
  let refusal: string | null = null

  async function open(): Promise<PodForward> {
    const pod = podBehind(options.objects(), service)
    if (!pod) throw new Error(`Service ${service.namespace}/${service.name} has no ready pod`)
    refusal = null
    return await forwardToPod(entry, pod, {
      allowExec,
      onError: (reason) => {
        refusal = reason
      },
    })
  }

  async function shut(): Promise<void> {
    const open = opening
    opening = null
    await (await open?.catch(() => null))?.close()
  }

  return {
    async fetch(path, request) {
      opening ??= open()
      try {
        const { localPort } = await opening
        return await httpAnswer(`http://127.0.0.1:${localPort}${path}`, agent, request)
      } catch (error) {
        await shut()
        throw refusal === null ? error : new Error(refusal, { cause: error })
      }
    },
    async close() {
      await shut()
      await agent.destroy()
    },
  }
}

/** A ready pod that a Service selects, and the port of it that the Service's port leads to. */
export function podBehind(
  objects: ClusterSnapshot['objects'],
  { namespace, name, port }: { namespace: string; name: string; port: number },
): { readonly namespace: string; readonly name: string; readonly port: number } | null {
  const isIn = (object: KubeObject): boolean => object.metadata.namespace === namespace
  const service = objects.Service?.find((one) => isIn(one) && one.metadata.name === name)
  const spec = service?.['spec'] as
    | {
        selector?: Record<string, string>
        ports?: { port: number; targetPort?: number | string }[]
      }
    | undefined
  const selector = Object.entries(spec?.selector ?? {})
  const target = spec?.ports?.find((one) => one.port === port)?.targetPort ?? port
  if (selector.length === 0) return null
  for (const pod of objects.Pod ?? []) {
    if (!isIn(pod) || !isReady(pod)) continue
    if (!selector.every(([label, value]) => pod.metadata.labels?.[label] === value)) continue
    const podPort = typeof target === 'number' ? target : containerPort(pod, target)
    if (podPort !== null) return { namespace, name: pod.metadata.name, port: podPort }
  }
  return null
}

interface PodFields {
  readonly spec?: {
    readonly containers?: readonly {
      readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[]
    }[]
  }
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[]
  }
}

function isReady(pod: KubeObject & PodFields): boolean {
  const { conditions = [] } = pod.status ?? {}
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
}

function containerPort(pod: KubeObject & PodFields, name: string): number | null {
  for (const { ports = [] } of pod.spec?.containers ?? []) {
    const found = ports.find((one) => one.name === name)
    if (found) return found.containerPort
  }
  return null
}
