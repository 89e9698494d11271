/** The GraphQL schema, made from schema/*.graphql. */
export const sdl = `type Query {
  """
  Every cluster of every chosen context, as it is known now. A cluster that cannot be reached is in the list with its reason.
  """
  fleet: Fleet!

  """
  The map of all traffic: one node per thing, one edge per pair and protocol, merged over all clusters.
  Ratios run from 0 to 1, rates are per second, and what is not known is null, never 0.
  """
  graph(
    """Rates are over this many seconds before \`at\`. 10 to 86400."""
    windowSeconds: Int! = 60

    """End of the window; now (or a recording's position) when left out."""
    at: DateTime
    by: GraphBy! = workload

    """
    Only nodes of these namespaces and what they talk to; all when left out or null.
    """
    namespaces: [String!]
    include: GraphInclude
  ): Graph!

  """
  The thing with this id, or null when the fleet holds no such thing now.
  """
  node(id: ID!): Node

  """
  The time the data speaks of: the present, or a recorded span that a player walks through.
  """
  timeline: Timeline!
}

type Subscription {
  """
  The fleet's state first, then every change of it. At most about four a second.
  """
  fleetChanged: FleetChange!

  """
  The map first as a whole, then what changed, at each refresh (every few seconds live; as a recording's player moves).
  Applying each event to what was known gives exactly the map of that refresh.
  """
  graphChanged(windowSeconds: Int! = 60, by: GraphBy! = workload, namespaces: [String!], include: GraphInclude): GraphChange!
}

"""The clusters the user chose and the meshes they form, at one moment."""
type Fleet {
  at: DateTime!

  """Grows by one with every change."""
  revision: Int!

  """In the order of the user's contexts."""
  clusters: [Cluster!]!
  meshes: [Mesh!]!

  """What else could not be read."""
  problems: [FleetProblem!]!
}

"""
A kubeconfig file, or an entry of it, or a Prometheus of no context, that could not be read. The others work.
"""
type FleetProblem {
  """The file, or the address of the Prometheus."""
  file: String!
  reason: String!
}

"""What changed in the fleet."""
type FleetChange {
  """
  True for a whole state: forget what was known before. False for what changed since the last event.
  """
  reset: Boolean!
  at: DateTime!
  revision: Int!

  """New or changed clusters, whole."""
  upsertedClusters: [Cluster!]!
  removedClusterIds: [ID!]!

  """All meshes, always: they are few."""
  meshes: [Mesh!]!

  """All problems, always."""
  problems: [FleetProblem!]!
}

"""One Kubernetes cluster and its place in its mesh."""
type Cluster implements Node {
  id: ID!

  """Name of the primary context: this cluster's name everywhere."""
  name: String!

  """
  Every chosen context that leads to this cluster, the primary one first.
  """
  contexts: [String!]!

  """UID of namespace kube-system; null until known."""
  uid: String

  """
  True where the UID could not be read, and identity rests on certificate authority and address.
  """
  identityAssumed: Boolean!
  state: ConnectionState!

  """Since when it is in this state."""
  since: DateTime!

  """Why it is in this state; null when ready."""
  reason: String

  """What to do about it; null when there is nothing to do."""
  remedy: String
  kubernetesVersion: String

  """Who runs the machines, such as \`EKS\`; \`unknown\` rather than a guess."""
  provider: String!

  """
  Which Kubernetes it is, such as \`OpenShift\` or \`k3s\`; \`unknown\` rather than a guess.
  """
  distribution: String!
  region: String

  """Every istiod revision in this cluster."""
  controlPlanes: [ControlPlane!]!

  """
  The name istiod gives this cluster in telemetry; null without a control plane.
  """
  istioClusterId: String

  """The mesh it belongs to; null without one."""
  mesh: Mesh

  """
  The mesh ID as configured. Clusters with one mesh ID and different roots are different meshes.
  """
  meshId: String
  network: String
  trustDomain: String

  """SHA-256 of the root certificate (DER, hex); null where not known."""
  rootFingerprint: String
  counts: ClusterCounts!
  telemetry: Telemetry!

  """
  Kinds that could not be read, with the reason. What depends on them is not known, not absent.
  """
  unreadable: [UnreadableKind!]!
}

"""How well a cluster can be reached."""
enum ConnectionState {
  connecting
  ready

  """It answers, but not everything could be read or is fresh."""
  degraded
  unauthorized
  unreachable

  """Not dialled, by the user's choice."""
  paused
}

"""How many of what a cluster has; null where not known."""
type ClusterCounts {
  nodes: Int
  namespaces: Int
  workloads: Int
  services: Int
  gateways: Int
}

"""A kind that may not or cannot be read in a cluster."""
type UnreadableKind {
  kind: String!
  reason: String!
}

"""One istiod revision in one cluster."""
type ControlPlane {
  """Name of its Deployment."""
  name: String!
  namespace: String!
  revision: String!
  version: String
  ready: Boolean!
}

"""Where a cluster's Prometheus was found, and how it answers."""
type Telemetry {
  state: TelemetryState!

  """
  Such as \`Service istio-system/prometheus\`, or a URL without credentials.
  """
  endpoint: String
  reason: String
  remedy: String

  """When it last answered; null when never."""
  answeredAt: DateTime
}

enum TelemetryState {
  """Not looked for or not asked yet."""
  unknown
  ready

  """None was found."""
  missing

  """Found, but it does not answer."""
  failing
}

"""Clusters that share a mesh ID and a root of trust."""
type Mesh implements Node {
  id: ID!
  name: String!
  clusters: [Cluster!]!
}

"""What one node of the map stands for."""
enum GraphBy {
  workload

  """All versions of an app together."""
  app

  """Each version of an app by itself."""
  version
  service
}

"""What costs extra to ask. Both are off when left out."""
input GraphInclude {
  """Percentiles."""
  latency: Boolean! = false

  """Bytes of HTTP and gRPC bodies; those of TCP are always there."""
  bytes: Boolean! = false
}

"""The map at one moment."""
type Graph {
  """End of the window."""
  at: DateTime!
  windowSeconds: Int!
  clusters: [GraphCluster!]!
  nodes: [GraphNode!]!
  edges: [GraphEdge!]!
}

"""What changed on the map since the last event, or all of it."""
type GraphChange {
  """True for a whole map: forget what was known before."""
  reset: Boolean!
  at: DateTime!
  windowSeconds: Int!

  """All clusters, always: they are few, and their ages change."""
  clusters: [GraphCluster!]!

  """New or changed nodes, whole."""
  upsertedNodes: [GraphNode!]!
  removedNodeIds: [ID!]!

  """New or changed edges, whole."""
  upsertedEdges: [GraphEdge!]!
  removedEdgeIds: [ID!]!
}

"""How much of the map one cluster contributed."""
type GraphCluster {
  name: String!
  state: ConnectionState!

  """Age of its telemetry in seconds; null when it gave none."""
  ageSeconds: Float
}

"""
A workload, service, app, gateway or something outside the fleet, as one map shows it.
Its health belongs to that map's time and window, so a client keeps it with the map, not under its id.
"""
type GraphNode {
  """Stable. \`node(id)\` gives the workload or service it stands for."""
  id: ID!
  kind: NodeKind!

  """Name of its cluster; empty for what is outside the fleet."""
  cluster: String!
  namespace: String!
  name: String!
  app: String
  version: String

  """Such as \`Deployment\`; null where no object tells."""
  kubernetesKind: String
  health: Health!
}

enum NodeKind {
  workload
  service
  app
  gateway

  """Outside the fleet, or something the mesh knows nothing of."""
  external
}

"""A verdict and why."""
type Health {
  """The worst of its indicators."""
  status: HealthStatus!
  reasons: [HealthReason!]!
}

enum HealthStatus {
  healthy
  degraded
  failing

  """Nothing to do: no requests, or scaled to zero."""
  idle

  """Too little is known to judge."""
  unknown
}

"""
What one indicator says. \`value\` and \`threshold\` are in the indicator's unit: a ratio from 0 to 1, or a count.
"""
type HealthReason {
  indicator: String!
  status: HealthStatus!
  message: String!
  value: Float
  threshold: Float

  """Requests or replicas the verdict rests on."""
  samples: Float
}

"""Traffic from one node to another, by protocol."""
type GraphEdge {
  """Stable: made of source, target and protocol."""
  id: ID!

  """Id of the node the traffic comes from."""
  source: ID!

  """Id of the node the traffic goes to."""
  target: ID!
  protocol: Protocol!

  """Requests per second; null for TCP."""
  requestRate: Float

  """
  Share of requests that failed: HTTP 5xx, gRPC status other than 0, or no response. 4xx are not in it.
  """
  errorRatio: Float
  bytesPerSecond: BytesPerSecond!
  latencyMs: LatencyMs!
  mtls: MutualTls!
  responses: [GraphResponse!]!
}

enum Protocol {
  http
  grpc
  tcp
}

"""Bytes per second; null where not asked or not known."""
type BytesPerSecond {
  """From source to target."""
  sent: Float

  """From target to source."""
  received: Float
}

"""Percentiles in milliseconds; null where not asked or not known."""
type LatencyMs {
  p50: Float
  p90: Float
  p95: Float
  p99: Float
}

"""How the traffic is secured."""
type MutualTls {
  """Share of the traffic that is mTLS; null where not known."""
  ratio: Float
  sourcePrincipals: [String!]!
  destinationPrincipals: [String!]!
}

"""How requests ended."""
type GraphResponse {
  """HTTP status or gRPC status; \`-\` for no response."""
  code: String!

  """Envoy's response flags; \`-\` for none."""
  flags: String!

  """Requests per second that ended so."""
  rate: Float!

  """The hosts they were sent to."""
  hosts: [String!]!
}

"""
A Deployment, StatefulSet, DaemonSet or bare pod that takes part in a mesh or could.
"""
type Workload implements Node {
  id: ID!

  """Name of its cluster."""
  cluster: String!
  namespace: String!
  name: String!

  """Such as \`Deployment\`."""
  kubernetesKind: String!

  """Istio's canonical service."""
  app: String!

  """Istio's canonical revision."""
  version: String!
  role: WorkloadRole!
  dataPlane: DataPlane!
  replicas: Replicas!
}

enum WorkloadRole {
  workload
  gateway
  waypoint
  ztunnel
  controlPlane
}

"""How a workload's traffic enters the mesh."""
enum DataPlane {
  sidecar
  ambient
  gateway

  """It has no proxy and is not captured by one."""
  none
}

"""How many pods a workload should have and has; null where not known."""
type Replicas {
  desired: Int
  current: Int
  available: Int
}

"""A Kubernetes Service or a ServiceEntry host."""
type Service implements Node {
  id: ID!

  """Name of its cluster."""
  cluster: String!
  namespace: String!
  name: String!
  kind: ServiceKind!
  hosts: [String!]!
  ports: [ServicePort!]!
}

enum ServiceKind {
  Service
  ServiceEntry
}

type ServicePort {
  port: Int!
  name: String
  protocol: String!
}

"""
A thing with an id that is the same live, replayed and exported, and unique over all types that have this interface.
"""
interface Node {
  """
  Stable global id, such as \`workload:east/shop/cart-v1\` or \`cluster:east\`. Each part is percent-encoded.
  """
  id: ID!
}

"""
A moment in UTC as ISO 8601 with milliseconds, such as \`2026-01-31T09:30:00.000Z\`. As input any ISO 8601 time with an offset.
"""
scalar DateTime

"""
A moment as Unix milliseconds in UTC. Used where a page calculates with time, such as a player's position.
"""
scalar UnixMilliseconds

type Mutation {
  """
  Moves a recording's player to a moment of its span, and gives the new timeline. An error when live.
  """
  seek(positionMs: UnixMilliseconds!): Timeline!
}

"""The present, or a recorded span. All but \`mode\` is null when live."""
type Timeline {
  mode: TimelineMode!
  title: String
  fromMs: UnixMilliseconds
  toMs: UnixMilliseconds

  """Seconds between two recorded steps."""
  stepSeconds: Float

  """True where the player starts again after the end, as the sample does."""
  loop: Boolean

  """Where the player is now, in recorded time."""
  positionMs: UnixMilliseconds
}

enum TimelineMode {
  live
  recording
}
`
