/**
 * The images the rig can run: for each the real program, laid out as in the
 * image. To run another image, add a row.
 */
import { join } from 'node:path'
import { ensureTools, toolFile, type ToolName } from '../tools/index.ts'

/** What an image is to the runner. */
export interface Image {
  /** What runs when a container names no command. */
  readonly entrypoint: readonly string[]
  /** The image's own user, when it is not root. */
  readonly user?: number
  /** Files of the image: path in the container to path here. */
  readonly files: Readonly<Record<string, string>>
  /** Environment of the image. */
  readonly env?: Readonly<Record<string, string>>
}

interface ImageRow {
  /** Last part of the image's repository. */
  readonly name: string
  /** Tags this row stands for. */
  readonly tag: RegExp
  readonly tools: readonly ToolName[]
  readonly image: (path: (tool: ToolName) => string) => Image
}

function pilot(tag: RegExp, tool: 'pilot-discovery' | 'pilot-discovery-1.30'): ImageRow {
  return {
    name: 'pilot',
    tag,
    tools: [tool],
    image: (path) => ({
      entrypoint: ['/usr/local/bin/pilot-discovery'],
      user: 1337,
      files: { '/usr/local/bin/pilot-discovery': path(tool) },
    }),
  }
}

function proxy(tag: RegExp, tool: 'pilot-agent' | 'pilot-agent-1.30'): ImageRow {
  return {
    name: 'proxyv2',
    tag,
    tools: [tool, 'envoy'],
    image: (path) => ({
      entrypoint: ['/usr/local/bin/pilot-agent'],
      files: {
        '/usr/local/bin/pilot-agent': path(tool),
        '/usr/local/bin/envoy': path('envoy'),
        '/var/lib/istio/envoy/envoy_bootstrap_tmpl.json': toolFile(
          path(tool),
          'envoy_bootstrap_tmpl.json',
        ),
      },
    }),
  }
}

/** A TypeScript program of the rig in a folder of its own, run by the Node that runs this. */
function ourProgram(name: string, folder: string, main: string): ImageRow {
  return {
    name,
    tag: /^/,
    tools: [],
    image: () => ({
      entrypoint: ['/usr/local/bin/node', `/app/${main}`],
      files: {
        '/usr/local/bin/node': process.execPath,
        '/app': join(import.meta.dirname, '..', folder),
      },
    }),
  }
}

const rows: readonly ImageRow[] = [
  pilot(/^1\.31(\.|$)/, 'pilot-discovery'),
  pilot(/^1\.30(\.|$)/, 'pilot-discovery-1.30'),
  proxy(/^1\.31(\.|$)/, 'pilot-agent'),
  proxy(/^1\.30(\.|$)/, 'pilot-agent-1.30'),
  {
    name: 'prometheus',
    tag: /^v3\./,
    tools: ['prometheus'],
    image: (path) => ({
      entrypoint: ['/usr/local/bin/prometheus'],
      user: 65534,
      files: { '/usr/local/bin/prometheus': path('prometheus') },
    }),
  },
  {
    name: 'coredns',
    tag: /^/,
    tools: ['cluster-dns'],
    image: (path) => ({
      entrypoint: ['/usr/local/bin/coredns'],
      files: { '/usr/local/bin/coredns': path('cluster-dns') },
    }),
  },
  ourProgram('demo', 'demo', 'demo.main.ts'),
  ourProgram('istio-metrics-stand-in', 'istio-metrics', 'stand-in.main.ts'),
]

/** Programs that only process pods need: tier 1 does without building them. */
export const meshTools: ReadonlySet<ToolName> = new Set<ToolName>([
  ...rows.flatMap(({ name, tools }) => (name === 'prometheus' ? [] : tools)),
  'kube-proxy',
  'kubelet-server',
  'helm',
  'istioctl',
])

/** Splits `registry:5000/a/pilot:1.31.0@sha256:…` into `pilot` and `1.31.0`. */
export function parseImage(reference: string): { readonly name: string; readonly tag: string } {
  const last = reference.split('@')[0]?.split('/').at(-1) ?? ''
  const [name = '', tag = 'latest'] = last.split(':')
  return { name, tag }
}

/** `elsewhere` when the rig has no program of that name at all: such containers are left to kwok's way. */
export type ImageKind = 'here' | 'elsewhere' | 'no such tag'

/** Whether the rig can run an image. */
export function imageKind(reference: string): ImageKind {
  const { name, tag } = parseImage(reference)
  const named = rows.filter((row) => row.name === name)
  if (named.length === 0) return 'elsewhere'
  return named.some((row) => row.tag.test(tag)) ? 'here' : 'no such tag'
}

const pulled = new Map<ImageRow, Promise<Image>>()

/** The image as the runner needs it; "pulls" (builds or finds) its programs, once. */
export async function pullImage(reference: string): Promise<Image> {
  const { name, tag } = parseImage(reference)
  const row = rows.find((row) => row.name === name && row.tag.test(tag))
  if (row === undefined) throw new Error(`${reference}: not found`)
  const before = pulled.get(row)
  if (before !== undefined) return before
  const image = ensureTools(row.tools).then((paths) => row.image((tool) => paths[tool]))
  pulled.set(row, image)
  image.catch(() => pulled.delete(row))
  return image
}
