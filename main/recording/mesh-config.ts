import { parse, stringify } from 'yaml'
import { keep, type Keep } from './keep.ts'

/** Fields of Istio's MeshConfig that rooms read; never providers, headers, certificates or proxyMetadata. */
const meshConfig: Keep = {
  fields: {
    rootNamespace: 'scalar',
    trustDomain: 'scalar',
    trustDomainAliases: 'scalar',
    enableAutoMtls: 'scalar',
    ingressService: 'scalar',
    ingressSelector: 'scalar',
    meshMTLS: { fields: { minProtocolVersion: 'scalar' } },
    outboundTrafficPolicy: { fields: { mode: 'scalar' } },
    defaultServiceExportTo: 'scalar',
    defaultVirtualServiceExportTo: 'scalar',
    defaultDestinationRuleExportTo: 'scalar',
    defaultConfig: {
      fields: { meshId: 'scalar', discoveryAddress: 'scalar' },
    },
  },
}

const meshNetworks: Keep = {
  fields: {
    networks: {
      each: {
        fields: {
          endpoints: { fields: { fromRegistry: 'scalar', fromCidr: 'scalar' } },
          gateways: {
            fields: { address: 'scalar', port: 'scalar', registryServiceName: 'scalar' },
          },
        },
      },
    },
  },
}

/** What is kept of a ConfigMap's data: mesh config and mesh networks, themselves redacted; all else is dropped. */
export const meshConfigData: Keep = {
  fields: { mesh: yamlText(meshConfig), meshNetworks: yamlText(meshNetworks) },
}

/** A rule for YAML inside a string: YAML of what `rule` keeps, nothing when it cannot be parsed. */
function yamlText(rule: Keep): Keep {
  return (value) => {
    if (typeof value !== 'string') return undefined
    try {
      const kept = keep(parse(value, { maxAliasCount: 0 }), rule)
      return kept === undefined ? undefined : stringify(kept)
    } catch {
      return undefined
    }
  }
}
