/**
 * The only ways in which process pods differ from what a manifest says, all
 * because Envoy here is the upstream one, without Istio's own extensions. They
 * are the rig's; no manifest and nothing in the product knows of them.
 */
import type { Api } from './api.ts'
import { ApiError } from './api.ts'
import { parseImage } from './images.ts'

/** Environment added to the processes of an image. */
export const addedEnv: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  pilot: {
    // Both would put extensions into every proxy's configuration that upstream Envoy rejects.
    PILOT_ENABLE_METADATA_EXCHANGE: 'false',
    PILOT_ENABLE_ALPN_FILTER: 'false',
  },
}

/** Environment the rig adds to a container of this image. */
export function envForImage(image: string): Readonly<Record<string, string>> {
  return addedEnv[parseImage(image).name] ?? {}
}

const name = 'rig-upstream-envoy'

function telemetryPath(namespace: string): string {
  return `/apis/telemetry.istio.io/v1/namespaces/${namespace}/telemetries/${name}`
}

/**
 * Switches off Istio's own metrics, whose Envoy extension is missing here, for
 * the mesh whose istiod runs in `namespace`. False when the CRD is not there yet.
 */
export async function applyDeviations(api: Api, namespace: string): Promise<boolean> {
  const disabled = [{ match: { metric: 'ALL_METRICS', mode: 'CLIENT_AND_SERVER' }, disabled: true }]
  try {
    await api.apply(telemetryPath(namespace), {
      apiVersion: 'telemetry.istio.io/v1',
      kind: 'Telemetry',
      metadata: { name, namespace },
      spec: { metrics: [{ providers: [{ name: 'prometheus' }], overrides: disabled }] },
    })
    return true
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return false
    throw error
  }
}

/** Removes what {@link applyDeviations} made: to be called before tests of uninstall and undo. */
export async function removeDeviations(api: Api, namespace: string): Promise<void> {
  try {
    await api.remove(telemetryPath(namespace))
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error
  }
}
