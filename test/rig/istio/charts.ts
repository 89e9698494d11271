/** Istio's own charts, rendered unmodified by the real helm. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseAllDocuments, stringify } from 'yaml'
import type { Manifest } from '../cluster/index.ts'
import { ensureTools, toolFile } from '../tools/index.ts'
import { run } from '../pods/shell.ts'

/** A release line of Istio the rig has. */
export type IstioVersion = '1.31.0' | '1.30.0'

/** Charts of the module, by the folder they lie in. */
export type Chart = 'base' | 'istio-control/istio-discovery' | 'gateway'

/** What helm is told. */
export interface Release {
  readonly version: IstioVersion
  readonly chart: Chart
  /** Name of the release. */
  readonly name: string
  readonly namespace: string
  readonly values: Readonly<Record<string, unknown>>
}

/** The objects of a release, with their namespace filled in as `helm install` does. */
export async function renderChart(release: Release): Promise<readonly Manifest[]> {
  const pilot = release.version === '1.31.0' ? 'pilot-discovery' : 'pilot-discovery-1.30'
  const tools = await ensureTools(['helm', pilot])
  const home = mkdtempSync(join(tmpdir(), 'smm-helm-'))
  try {
    const values = join(home, 'values.yaml')
    writeFileSync(values, stringify(release.values))
    const text = await run(
      tools.helm,
      [
        'template',
        release.name,
        toolFile(tools[pilot], 'charts', release.chart),
        `--namespace=${release.namespace}`,
        `--values=${values}`,
        '--include-crds',
      ],
      { env: { PATH: process.env['PATH'], HOME: home } },
    )
    return parseManifests(text, release.namespace)
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/** What `istioctl manifest generate` writes for the profile `minimal` with these values of the charts. */
export async function renderByIstioctl(
  namespace: string,
  values: Readonly<Record<string, unknown>>,
): Promise<readonly Manifest[]> {
  const { istioctl } = await ensureTools(['istioctl'])
  const home = mkdtempSync(join(tmpdir(), 'smm-istioctl-'))
  try {
    const file = join(home, 'operator.yaml')
    const operator = {
      apiVersion: 'install.istio.io/v1alpha1',
      kind: 'IstioOperator',
      spec: { profile: 'minimal', namespace, values },
    }
    writeFileSync(file, stringify(operator))
    const text = await run(istioctl, ['manifest', 'generate', '--filename', file], {
      env: { PATH: process.env['PATH'], HOME: home },
    })
    return parseManifests(text, namespace)
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

const clusterWide =
  /^(CustomResourceDefinition|Namespace|ClusterRole|ClusterRoleBinding|\w+WebhookConfiguration|GatewayClass|ValidatingAdmissionPolicy|ValidatingAdmissionPolicyBinding)$/

/** The objects of a YAML stream; those without a namespace go to `namespace` where their kind has one. */
export function parseManifests(text: string, namespace: string): readonly Manifest[] {
  return parseAllDocuments(text).flatMap((document) => {
    const object = document.toJS() as Manifest | null
    if (object === null) return []
    return clusterWide.test(object.kind) || object.metadata.namespace !== undefined
      ? [object]
      : [{ ...object, metadata: { ...object.metadata, namespace } }]
  })
}
