import { graphql } from '../generated/index.ts'

const fleetDocument = graphql(`
  query Fleet {
    fleet {
      at
      clusters {
        id
        name
        contexts
        state
        since
        reason
        remedy
        kubernetesVersion
        provider
        distribution
        region
        controlPlanes {
          name
          revision
          version
        }
        meshId
        network
        trustDomain
        counts {
          nodes
          namespaces
          workloads
          services
          gateways
        }
      }
    }
  }
`)
