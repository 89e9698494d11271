import { setTimeout as sleep } from 'node:timers/promises'
import PQueue from 'p-queue'
import { Agent, request as send } from 'undici'

/** A Kubernetes object as the rig applies it. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly [field: string]: unknown
}

/** What an API server answered. */
interface Answer {
  readonly status: number
  readonly text: string
  /** The body as JSON; throws with the answer's text when the status says failure. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller names the shape it expects
  json<T>(): T
}

/** The rig's own access to one API server, as an administrator. */
export interface KubeClient {
  /** One request; a body that is no string is sent as JSON. Any status is an answer, not an error. */
  readonly request: (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Answer>
  /**
   * Server-side apply: CustomResourceDefinitions first, then Namespaces, then the
   * rest, many at a time. Waits for kinds that are only just being served.
   * A `status` is applied too, to the status subresource. Throws at the first refusal.
   */
  readonly apply: (objects: readonly Manifest[]) => Promise<void>
  close(): Promise<void>
}

/** A client for the API server at `url`, whose certificate must be of `ca` (PEM). */
export function createClient(options: {
  readonly name: string
  readonly url: string
  readonly ca: string
  readonly token: string
}): KubeClient {
  const agent = new Agent({ connect: { ca: options.ca }, connections: 32 })

  const request: KubeClient['request'] = async (method, path, body, headers) => {
    const answer = await send(new URL(path, options.url), {
      dispatcher: agent,
      method,
      headers: {
        authorization: `Bearer ${options.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await answer.body.text()
    return {
      status: answer.statusCode,
      text,
      // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as above
      json<T>() {
        if (answer.statusCode >= 400)
          throw new Error(
            `${method} ${path} in ${options.name}: ${answer.statusCode} ${text.slice(0, 500)}`,
          )
        return JSON.parse(text) as T
      },
    }
  }

  const served = new Map<string, Resource>()

  async function resourceOf({ apiVersion, kind }: Manifest): Promise<Resource> {
    const key = `${apiVersion} ${kind}`
    const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
    const deadline = Date.now() + 15_000
    for (;;) {
      const known = served.get(key)
      if (known !== undefined) return known
      const answer = await request('GET', base)
      if (answer.status === 200)
        for (const one of answer.json<{ resources: Discovered[] }>().resources)
          if (!one.name.includes('/'))
            served.set(`${apiVersion} ${one.kind}`, {
              path: `${base}/`,
              plural: one.name,
              namespaced: one.namespaced,
            })
      if (served.has(key)) continue
      if (Date.now() > deadline) throw new Error(`${options.name} does not serve ${key}`)
      await sleep(100)
    }
  }

  async function applyOne(object: Manifest): Promise<void> {
    const { path, plural, namespaced } = await resourceOf(object)
    const { name, namespace = 'default' } = object.metadata
    const target = `${path}${namespaced ? `namespaces/${namespace}/` : ''}${plural}/${name}`
    for (const subresource of object['status'] === undefined ? [''] : ['', '/status']) {
      const query = '?fieldManager=rig&force=true'
      const type = { 'content-type': 'application/apply-patch+yaml' }
      const deadline = Date.now() + 15_000
      for (;;) {
        const answer = await request('PATCH', `${target}${subresource}${query}`, object, type)
        // A kind that is in discovery may take a moment until it is served.
        if (
          answer.status !== 404 ||
          served.get(`${object.apiVersion} ${object.kind}`)?.path.startsWith('/api/') ||
          Date.now() > deadline
        ) {
          answer.json()
          break
        }
        await sleep(100)
      }
    }
  }

  return {
    request,
    async apply(objects) {
      const queue = new PQueue({ concurrency: 16 })
      const first = ['CustomResourceDefinition', 'Namespace']
      const phases = first.map((kind) => objects.filter((object) => object.kind === kind))
      phases.push(objects.filter((object) => !first.includes(object.kind)))
      for (const phase of phases) await queue.addAll(phase.map((object) => () => applyOne(object)))
    },
    close: () => agent.close(),
  }
}

interface Resource {
  readonly path: string
  readonly plural: string
  readonly namespaced: boolean
}

interface Discovered {
  readonly name: string
  readonly kind: string
  readonly namespaced: boolean
}
