/**
 * The only ways in which process pods differ from what a manifest says, all
 * because Envoy here is the upstream one, without Istio's own extensions. They
 * are the rig's; no manifest and nothing in the product knows of them.
 */
import { logFormat } from '../istio-metrics/record.ts'
import { ApiError, type Api } from './api.ts'
import { parseImage } from './images.ts'

/** Environment added to the processes of an image. */
const addedEnv: Readonly<Record<string, Readonly<Record<string, string>>>> = {
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

/** Objects the rig keeps beside istiod, as the tail of their path and their spec. */
const objects: readonly {
  readonly group: string
  readonly kind: string
  readonly plural: string
  readonly spec: unknown
}[] = [
  {
    // Istio's own metrics would configure the extension that is missing.
    group: 'telemetry.istio.io/v1',
    kind: 'Telemetry',
    plural: 'telemetries',
    spec: {
      metrics: [
        {
          providers: [{ name: 'prometheus' }],
          overrides: [
            { match: { metric: 'ALL_METRICS', mode: 'CLIENT_AND_SERVER' }, disabled: true },
          ],
        },
      ],
    },
  },
  {
    // From these access logs the stand-in for Istio's metrics makes the standard series.
    group: 'networking.istio.io/v1alpha3',
    kind: 'EnvoyFilter',
    plural: 'envoyfilters',
    spec: {
      configPatches: (['SIDECAR_INBOUND', 'SIDECAR_OUTBOUND', 'GATEWAY'] as const).flatMap(
        (context) => [accessLog(context, 'http'), accessLog(context, 'tcp')],
      ),
    },
  },
]

function accessLog(
  context: 'SIDECAR_INBOUND' | 'SIDECAR_OUTBOUND' | 'GATEWAY',
  protocol: 'http' | 'tcp',
): unknown {
  const [filter, type] =
    protocol === 'http'
      ? ['http_connection_manager', 'http_connection_manager.v3.HttpConnectionManager']
      : ['tcp_proxy', 'tcp_proxy.v3.TcpProxy']
  const file = {
    '@type': 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog',
    path: '/dev/stdout',
    log_format: {
      json_format: {
        rig: 'istio-metrics',
        direction: context === 'SIDECAR_INBOUND' ? 'inbound' : 'outbound',
        protocol,
        ...logFormat,
      },
    },
  }
  return {
    applyTo: 'NETWORK_FILTER',
    match: {
      context,
      listener: { filterChain: { filter: { name: `envoy.filters.network.${filter}` } } },
    },
    patch: {
      operation: 'MERGE',
      value: {
        typed_config: {
          '@type': `type.googleapis.com/envoy.extensions.filters.network.${type}`,
          access_log: [{ name: 'envoy.access_loggers.file', typed_config: file }],
          ...(protocol === 'tcp'
            ? { access_log_options: { access_log_flush_interval: '1s' } }
            : {}),
        },
      },
    },
  }
}

function pathOf(object: (typeof objects)[number], namespace: string): string {
  return `/apis/${object.group}/namespaces/${namespace}/${object.plural}/${name}`
}

/**
 * Puts the rig's objects beside the istiod that runs in `namespace`. False
 * while their CRDs are not served yet.
 */
export async function applyDeviations(api: Api, namespace: string): Promise<boolean> {
  try {
    for (const object of objects)
      await api.apply(pathOf(object, namespace), {
        apiVersion: object.group,
        kind: object.kind,
        metadata: { name, namespace },
        spec: object.spec,
      })
    return true
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return false
    throw error
  }
}

/** Removes what {@link applyDeviations} made: to be called before tests of uninstall and undo. */
export async function removeDeviations(api: Api, namespace: string): Promise<void> {
  for (const object of objects)
    try {
      await api.remove(pathOf(object, namespace))
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error
    }
}
