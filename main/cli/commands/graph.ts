import { graphql } from '../generated/index.ts'

const graphDocument = graphql(`
  query Graph(
    $windowSeconds: Int!
    $at: DateTime
    $by: GraphBy!
    $namespaces: [String!]
    $include: GraphInclude!
  ) {
    graph(
      windowSeconds: $windowSeconds
      at: $at
      by: $by
      namespaces: $namespaces
      include: $include
    ) {
      at
      windowSeconds
      clusters {
        name
        state
        ageSeconds
      }
      nodes {
        id
        kind
        cluster
        namespace
        name
        app
        version
        kubernetesKind
        health {
          status
          reasons {
            indicator
            status
            message
            value
            threshold
            samples
          }
        }
      }
      edges {
        source
        target
        protocol
        requestRate
        errorRatio
        bytesPerSecond {
          sent
          received
        }
        latencyMs {
          p50
          p90
          p95
          p99
        }
        mtls {
          ratio
          sourcePrincipals
          destinationPrincipals
        }
        responses {
          code
          flags
          rate
          hosts
        }
      }
    }
  }
`)
