import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { NodeParent, FleetView, FleetChangeView, ClusterParent, MeshParent } from '../view.ts';
import type { Workload as WorkloadModel, Service as ServiceModel } from '../../mesh/index.ts';
import type { Graph as GraphModel, GraphCluster as GraphClusterModel, GraphEdge as GraphEdgeModel } from '../../traffic/index.ts';
import type { MapChange } from '../engine.ts';
import type { Context } from '../context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A moment in UTC as ISO 8601 with milliseconds, such as `2026-01-31T09:30:00.000Z`. As input any ISO 8601 time with an offset. */
  DateTime: { input: number; output: string; }
  /** A moment as Unix milliseconds in UTC. Used where a page calculates with time, such as a player's position. */
  UnixMilliseconds: { input: number; output: number; }
};

export type Query = {
  readonly __typename?: 'Query';
  /** Every cluster of every chosen context, as it is known now. A cluster that cannot be reached is in the list with its reason. */
  readonly fleet: Fleet;
  /**
   * The map of all traffic: one node per thing, one edge per pair and protocol, merged over all clusters.
   * Ratios run from 0 to 1, rates are per second, and what is not known is null, never 0.
   */
  readonly graph: Graph;
  /** The thing with this id, or null when the fleet holds no such thing now. */
  readonly node?: Maybe<Node>;
  /** The time the data speaks of: the present, or a recorded span that a player walks through. */
  readonly timeline: Timeline;
};


export type QueryGraphArgs = {
  windowSeconds?: Scalars['Int']['input'];
  at?: InputMaybe<Scalars['DateTime']['input']>;
  by?: GraphBy;
  namespaces?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  include?: InputMaybe<GraphInclude>;
};


export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};

export type Subscription = {
  readonly __typename?: 'Subscription';
  /** The fleet's state first, then every change of it. At most about four a second. */
  readonly fleetChanged: FleetChange;
  /**
   * The map first as a whole, then what changed, at each refresh (every few seconds live; as a recording's player moves).
   * Applying each event to what was known gives exactly the map of that refresh.
   */
  readonly graphChanged: GraphChange;
};


export type SubscriptionGraphChangedArgs = {
  windowSeconds?: Scalars['Int']['input'];
  by?: GraphBy;
  namespaces?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  include?: InputMaybe<GraphInclude>;
};

/** The clusters the user chose and the meshes they form, at one moment. */
export type Fleet = {
  readonly __typename?: 'Fleet';
  readonly at: Scalars['DateTime']['output'];
  /** Grows by one with every change. */
  readonly revision: Scalars['Int']['output'];
  /** In the order of the user's contexts. */
  readonly clusters: ReadonlyArray<Cluster>;
  readonly meshes: ReadonlyArray<Mesh>;
  /** What else could not be read. */
  readonly problems: ReadonlyArray<FleetProblem>;
};

/** A kubeconfig file, or an entry of it, or a Prometheus of no context, that could not be read. The others work. */
export type FleetProblem = {
  readonly __typename?: 'FleetProblem';
  /** The file, or the address of the Prometheus. */
  readonly file: Scalars['String']['output'];
  readonly reason: Scalars['String']['output'];
};

/** What changed in the fleet. */
export type FleetChange = {
  readonly __typename?: 'FleetChange';
  /** True for a whole state: forget what was known before. False for what changed since the last event. */
  readonly reset: Scalars['Boolean']['output'];
  readonly at: Scalars['DateTime']['output'];
  readonly revision: Scalars['Int']['output'];
  /** New or changed clusters, whole. */
  readonly upsertedClusters: ReadonlyArray<Cluster>;
  readonly removedClusterIds: ReadonlyArray<Scalars['ID']['output']>;
  /** All meshes, always: they are few. */
  readonly meshes: ReadonlyArray<Mesh>;
  /** All problems, always. */
  readonly problems: ReadonlyArray<FleetProblem>;
};

/** One Kubernetes cluster and its place in its mesh. */
export type Cluster = Node & {
  readonly __typename?: 'Cluster';
  readonly id: Scalars['ID']['output'];
  /** Name of the primary context: this cluster's name everywhere. */
  readonly name: Scalars['String']['output'];
  /** Every chosen context that leads to this cluster, the primary one first. */
  readonly contexts: ReadonlyArray<Scalars['String']['output']>;
  /** UID of namespace kube-system; null until known. */
  readonly uid?: Maybe<Scalars['String']['output']>;
  /** True where the UID could not be read, and identity rests on certificate authority and address. */
  readonly identityAssumed: Scalars['Boolean']['output'];
  readonly state: ConnectionState;
  /** Since when it is in this state. */
  readonly since: Scalars['DateTime']['output'];
  /** Why it is in this state; null when ready. */
  readonly reason?: Maybe<Scalars['String']['output']>;
  /** What to do about it; null when there is nothing to do. */
  readonly remedy?: Maybe<Scalars['String']['output']>;
  readonly kubernetesVersion?: Maybe<Scalars['String']['output']>;
  /** Who runs the machines, such as `EKS`; `unknown` rather than a guess. */
  readonly provider: Scalars['String']['output'];
  /** Which Kubernetes it is, such as `OpenShift` or `k3s`; `unknown` rather than a guess. */
  readonly distribution: Scalars['String']['output'];
  readonly region?: Maybe<Scalars['String']['output']>;
  /** Every istiod revision in this cluster. */
  readonly controlPlanes: ReadonlyArray<ControlPlane>;
  /** The name istiod gives this cluster in telemetry; null without a control plane. */
  readonly istioClusterId?: Maybe<Scalars['String']['output']>;
  /** The mesh it belongs to; null without one. */
  readonly mesh?: Maybe<Mesh>;
  /** The mesh ID as configured. Clusters with one mesh ID and different roots are different meshes. */
  readonly meshId?: Maybe<Scalars['String']['output']>;
  readonly network?: Maybe<Scalars['String']['output']>;
  readonly trustDomain?: Maybe<Scalars['String']['output']>;
  /** SHA-256 of the root certificate (DER, hex); null where not known. */
  readonly rootFingerprint?: Maybe<Scalars['String']['output']>;
  readonly counts: ClusterCounts;
  readonly telemetry: Telemetry;
  /** Kinds that could not be read, with the reason. What depends on them is not known, not absent. */
  readonly unreadable: ReadonlyArray<UnreadableKind>;
};

/** How well a cluster can be reached. */
export type ConnectionState =
  | 'connecting'
  | 'ready'
  /** It answers, but not everything could be read or is fresh. */
  | 'degraded'
  | 'unauthorized'
  | 'unreachable'
  /** Not dialled, by the user's choice. */
  | 'paused';

/** How many of what a cluster has; null where not known. */
export type ClusterCounts = {
  readonly __typename?: 'ClusterCounts';
  readonly nodes?: Maybe<Scalars['Int']['output']>;
  readonly namespaces?: Maybe<Scalars['Int']['output']>;
  readonly workloads?: Maybe<Scalars['Int']['output']>;
  readonly services?: Maybe<Scalars['Int']['output']>;
  readonly gateways?: Maybe<Scalars['Int']['output']>;
};

/** A kind that may not or cannot be read in a cluster. */
export type UnreadableKind = {
  readonly __typename?: 'UnreadableKind';
  readonly kind: Scalars['String']['output'];
  readonly reason: Scalars['String']['output'];
};

/** One istiod revision in one cluster. */
export type ControlPlane = {
  readonly __typename?: 'ControlPlane';
  /** Name of its Deployment. */
  readonly name: Scalars['String']['output'];
  readonly namespace: Scalars['String']['output'];
  readonly revision: Scalars['String']['output'];
  readonly version?: Maybe<Scalars['String']['output']>;
  readonly ready: Scalars['Boolean']['output'];
};

/** Where a cluster's Prometheus was found, and how it answers. */
export type Telemetry = {
  readonly __typename?: 'Telemetry';
  readonly state: TelemetryState;
  /** Such as `Service istio-system/prometheus`, or a URL without credentials. */
  readonly endpoint?: Maybe<Scalars['String']['output']>;
  readonly reason?: Maybe<Scalars['String']['output']>;
  readonly remedy?: Maybe<Scalars['String']['output']>;
  /** When it last answered; null when never. */
  readonly answeredAt?: Maybe<Scalars['DateTime']['output']>;
};

export type TelemetryState =
  /** Not looked for or not asked yet. */
  | 'unknown'
  | 'ready'
  /** None was found. */
  | 'missing'
  /** Found, but it does not answer. */
  | 'failing';

/** Clusters that share a mesh ID and a root of trust. */
export type Mesh = Node & {
  readonly __typename?: 'Mesh';
  readonly id: Scalars['ID']['output'];
  readonly name: Scalars['String']['output'];
  readonly clusters: ReadonlyArray<Cluster>;
};

/** What one node of the map stands for. */
export type GraphBy =
  | 'workload'
  /** All versions of an app together. */
  | 'app'
  /** Each version of an app by itself. */
  | 'version'
  | 'service';

/** What costs extra to ask. Both are off when left out. */
export type GraphInclude = {
  /** Percentiles. */
  readonly latency?: Scalars['Boolean']['input'];
  /** Bytes of HTTP and gRPC bodies; those of TCP are always there. */
  readonly bytes?: Scalars['Boolean']['input'];
};

/** The map at one moment. */
export type Graph = {
  readonly __typename?: 'Graph';
  /** End of the window. */
  readonly at: Scalars['DateTime']['output'];
  readonly windowSeconds: Scalars['Int']['output'];
  readonly clusters: ReadonlyArray<GraphCluster>;
  readonly nodes: ReadonlyArray<GraphNode>;
  readonly edges: ReadonlyArray<GraphEdge>;
};

/** What changed on the map since the last event, or all of it. */
export type GraphChange = {
  readonly __typename?: 'GraphChange';
  /** True for a whole map: forget what was known before. */
  readonly reset: Scalars['Boolean']['output'];
  readonly at: Scalars['DateTime']['output'];
  readonly windowSeconds: Scalars['Int']['output'];
  /** All clusters, always: they are few, and their ages change. */
  readonly clusters: ReadonlyArray<GraphCluster>;
  /** New or changed nodes, whole. */
  readonly upsertedNodes: ReadonlyArray<GraphNode>;
  readonly removedNodeIds: ReadonlyArray<Scalars['ID']['output']>;
  /** New or changed edges, whole. */
  readonly upsertedEdges: ReadonlyArray<GraphEdge>;
  readonly removedEdgeIds: ReadonlyArray<Scalars['ID']['output']>;
};

/** How much of the map one cluster contributed. */
export type GraphCluster = {
  readonly __typename?: 'GraphCluster';
  readonly name: Scalars['String']['output'];
  readonly state: ConnectionState;
  /** Age of its telemetry in seconds; null when it gave none. */
  readonly ageSeconds?: Maybe<Scalars['Float']['output']>;
};

/**
 * A workload, service, app, gateway or something outside the fleet, as one map shows it.
 * Its health belongs to that map's time and window, so a client keeps it with the map, not under its id.
 */
export type GraphNode = {
  readonly __typename?: 'GraphNode';
  /** Stable. `node(id)` gives the workload or service it stands for. */
  readonly id: Scalars['ID']['output'];
  readonly kind: NodeKind;
  /** Name of its cluster; empty for what is outside the fleet. */
  readonly cluster: Scalars['String']['output'];
  readonly namespace: Scalars['String']['output'];
  readonly name: Scalars['String']['output'];
  readonly app?: Maybe<Scalars['String']['output']>;
  readonly version?: Maybe<Scalars['String']['output']>;
  /** Such as `Deployment`; null where no object tells. */
  readonly kubernetesKind?: Maybe<Scalars['String']['output']>;
  readonly health: Health;
};

export type NodeKind =
  | 'workload'
  | 'service'
  | 'app'
  | 'gateway'
  /** Outside the fleet, or something the mesh knows nothing of. */
  | 'external';

/** A verdict and why. */
export type Health = {
  readonly __typename?: 'Health';
  /** The worst of its indicators. */
  readonly status: HealthStatus;
  readonly reasons: ReadonlyArray<HealthReason>;
};

export type HealthStatus =
  | 'healthy'
  | 'degraded'
  | 'failing'
  /** Nothing to do: no requests, or scaled to zero. */
  | 'idle'
  /** Too little is known to judge. */
  | 'unknown';

/** What one indicator says. `value` and `threshold` are in the indicator's unit: a ratio from 0 to 1, or a count. */
export type HealthReason = {
  readonly __typename?: 'HealthReason';
  readonly indicator: Scalars['String']['output'];
  readonly status: HealthStatus;
  readonly message: Scalars['String']['output'];
  readonly value?: Maybe<Scalars['Float']['output']>;
  readonly threshold?: Maybe<Scalars['Float']['output']>;
  /** Requests or replicas the verdict rests on. */
  readonly samples?: Maybe<Scalars['Float']['output']>;
};

/** Traffic from one node to another, by protocol. */
export type GraphEdge = {
  readonly __typename?: 'GraphEdge';
  /** Stable: made of source, target and protocol. */
  readonly id: Scalars['ID']['output'];
  /** Id of the node the traffic comes from. */
  readonly source: Scalars['ID']['output'];
  /** Id of the node the traffic goes to. */
  readonly target: Scalars['ID']['output'];
  readonly protocol: Protocol;
  /** Requests per second; null for TCP. */
  readonly requestRate?: Maybe<Scalars['Float']['output']>;
  /** Share of requests that failed: HTTP 5xx, gRPC status other than 0, or no response. 4xx are not in it. */
  readonly errorRatio?: Maybe<Scalars['Float']['output']>;
  readonly bytesPerSecond: BytesPerSecond;
  readonly latencyMs: LatencyMs;
  readonly mtls: MutualTls;
  readonly responses: ReadonlyArray<GraphResponse>;
};

export type Protocol =
  | 'http'
  | 'grpc'
  | 'tcp';

/** Bytes per second; null where not asked or not known. */
export type BytesPerSecond = {
  readonly __typename?: 'BytesPerSecond';
  /** From source to target. */
  readonly sent?: Maybe<Scalars['Float']['output']>;
  /** From target to source. */
  readonly received?: Maybe<Scalars['Float']['output']>;
};

/** Percentiles in milliseconds; null where not asked or not known. */
export type LatencyMs = {
  readonly __typename?: 'LatencyMs';
  readonly p50?: Maybe<Scalars['Float']['output']>;
  readonly p90?: Maybe<Scalars['Float']['output']>;
  readonly p95?: Maybe<Scalars['Float']['output']>;
  readonly p99?: Maybe<Scalars['Float']['output']>;
};

/** How the traffic is secured. */
export type MutualTls = {
  readonly __typename?: 'MutualTls';
  /** Share of the traffic that is mTLS; null where not known. */
  readonly ratio?: Maybe<Scalars['Float']['output']>;
  readonly sourcePrincipals: ReadonlyArray<Scalars['String']['output']>;
  readonly destinationPrincipals: ReadonlyArray<Scalars['String']['output']>;
};

/** How requests ended. */
export type GraphResponse = {
  readonly __typename?: 'GraphResponse';
  /** HTTP status or gRPC status; `-` for no response. */
  readonly code: Scalars['String']['output'];
  /** Envoy's response flags; `-` for none. */
  readonly flags: Scalars['String']['output'];
  /** Requests per second that ended so. */
  readonly rate: Scalars['Float']['output'];
  /** The hosts they were sent to. */
  readonly hosts: ReadonlyArray<Scalars['String']['output']>;
};

/** A Deployment, StatefulSet, DaemonSet or bare pod that takes part in a mesh or could. */
export type Workload = Node & {
  readonly __typename?: 'Workload';
  readonly id: Scalars['ID']['output'];
  /** Name of its cluster. */
  readonly cluster: Scalars['String']['output'];
  readonly namespace: Scalars['String']['output'];
  readonly name: Scalars['String']['output'];
  /** Such as `Deployment`. */
  readonly kubernetesKind: Scalars['String']['output'];
  /** Istio's canonical service. */
  readonly app: Scalars['String']['output'];
  /** Istio's canonical revision. */
  readonly version: Scalars['String']['output'];
  readonly role: WorkloadRole;
  readonly dataPlane: DataPlane;
  readonly replicas: Replicas;
};

export type WorkloadRole =
  | 'workload'
  | 'gateway'
  | 'waypoint'
  | 'ztunnel'
  | 'controlPlane';

/** How a workload's traffic enters the mesh. */
export type DataPlane =
  | 'sidecar'
  | 'ambient'
  | 'gateway'
  /** It has no proxy and is not captured by one. */
  | 'none';

/** How many pods a workload should have and has; null where not known. */
export type Replicas = {
  readonly __typename?: 'Replicas';
  readonly desired?: Maybe<Scalars['Int']['output']>;
  readonly current?: Maybe<Scalars['Int']['output']>;
  readonly available?: Maybe<Scalars['Int']['output']>;
};

/** A Kubernetes Service or a ServiceEntry host. */
export type Service = Node & {
  readonly __typename?: 'Service';
  readonly id: Scalars['ID']['output'];
  /** Name of its cluster. */
  readonly cluster: Scalars['String']['output'];
  readonly namespace: Scalars['String']['output'];
  readonly name: Scalars['String']['output'];
  readonly kind: ServiceKind;
  readonly hosts: ReadonlyArray<Scalars['String']['output']>;
  readonly ports: ReadonlyArray<ServicePort>;
};

export type ServiceKind =
  | 'Service'
  | 'ServiceEntry';

export type ServicePort = {
  readonly __typename?: 'ServicePort';
  readonly port: Scalars['Int']['output'];
  readonly name?: Maybe<Scalars['String']['output']>;
  readonly protocol: Scalars['String']['output'];
};

/** A thing with an id that is the same live, replayed and exported, and unique over all types that have this interface. */
export type Node = {
  /** Stable global id, such as `workload:east/shop/cart-v1` or `cluster:east`. Each part is percent-encoded. */
  readonly id: Scalars['ID']['output'];
};

export type Mutation = {
  readonly __typename?: 'Mutation';
  /** Moves a recording's player to a moment of its span, and gives the new timeline. An error when live. */
  readonly seek: Timeline;
};


export type MutationSeekArgs = {
  positionMs: Scalars['UnixMilliseconds']['input'];
};

/** The present, or a recorded span. All but `mode` is null when live. */
export type Timeline = {
  readonly __typename?: 'Timeline';
  readonly mode: TimelineMode;
  readonly title?: Maybe<Scalars['String']['output']>;
  readonly fromMs?: Maybe<Scalars['UnixMilliseconds']['output']>;
  readonly toMs?: Maybe<Scalars['UnixMilliseconds']['output']>;
  /** Seconds between two recorded steps. */
  readonly stepSeconds?: Maybe<Scalars['Float']['output']>;
  /** True where the player starts again after the end, as the sample does. */
  readonly loop?: Maybe<Scalars['Boolean']['output']>;
  /** Where the player is now, in recorded time. */
  readonly positionMs?: Maybe<Scalars['UnixMilliseconds']['output']>;
};

export type TimelineMode =
  | 'live'
  | 'recording';



export type ResolverTypeWrapper<T> = Promise<T> | T;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;





/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Fleet: ResolverTypeWrapper<FleetView>;
  FleetProblem: ResolverTypeWrapper<FleetProblem>;
  FleetChange: ResolverTypeWrapper<FleetChangeView>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Cluster: ResolverTypeWrapper<ClusterParent>;
  ConnectionState: ConnectionState;
  ClusterCounts: ResolverTypeWrapper<ClusterCounts>;
  UnreadableKind: ResolverTypeWrapper<UnreadableKind>;
  ControlPlane: ResolverTypeWrapper<ControlPlane>;
  Telemetry: ResolverTypeWrapper<Telemetry>;
  TelemetryState: TelemetryState;
  Mesh: ResolverTypeWrapper<MeshParent>;
  GraphBy: GraphBy;
  GraphInclude: GraphInclude;
  Graph: ResolverTypeWrapper<GraphModel>;
  GraphChange: ResolverTypeWrapper<MapChange>;
  GraphCluster: ResolverTypeWrapper<GraphClusterModel>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  GraphNode: ResolverTypeWrapper<GraphNode>;
  NodeKind: NodeKind;
  Health: ResolverTypeWrapper<Health>;
  HealthStatus: HealthStatus;
  HealthReason: ResolverTypeWrapper<HealthReason>;
  GraphEdge: ResolverTypeWrapper<GraphEdgeModel>;
  Protocol: Protocol;
  BytesPerSecond: ResolverTypeWrapper<BytesPerSecond>;
  LatencyMs: ResolverTypeWrapper<LatencyMs>;
  MutualTls: ResolverTypeWrapper<MutualTls>;
  GraphResponse: ResolverTypeWrapper<GraphResponse>;
  Workload: ResolverTypeWrapper<WorkloadModel>;
  WorkloadRole: WorkloadRole;
  DataPlane: DataPlane;
  Replicas: ResolverTypeWrapper<Replicas>;
  Service: ResolverTypeWrapper<ServiceModel>;
  ServiceKind: ServiceKind;
  ServicePort: ResolverTypeWrapper<ServicePort>;
  Node: ResolverTypeWrapper<NodeParent>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  UnixMilliseconds: ResolverTypeWrapper<Scalars['UnixMilliseconds']['output']>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Timeline: ResolverTypeWrapper<Timeline>;
  TimelineMode: TimelineMode;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Query: Record<PropertyKey, never>;
  Int: Scalars['Int']['output'];
  String: Scalars['String']['output'];
  ID: Scalars['ID']['output'];
  Subscription: Record<PropertyKey, never>;
  Fleet: FleetView;
  FleetProblem: FleetProblem;
  FleetChange: FleetChangeView;
  Boolean: Scalars['Boolean']['output'];
  Cluster: ClusterParent;
  ClusterCounts: ClusterCounts;
  UnreadableKind: UnreadableKind;
  ControlPlane: ControlPlane;
  Telemetry: Telemetry;
  Mesh: MeshParent;
  GraphInclude: GraphInclude;
  Graph: GraphModel;
  GraphChange: MapChange;
  GraphCluster: GraphClusterModel;
  Float: Scalars['Float']['output'];
  GraphNode: GraphNode;
  Health: Health;
  HealthReason: HealthReason;
  GraphEdge: GraphEdgeModel;
  BytesPerSecond: BytesPerSecond;
  LatencyMs: LatencyMs;
  MutualTls: MutualTls;
  GraphResponse: GraphResponse;
  Workload: WorkloadModel;
  Replicas: Replicas;
  Service: ServiceModel;
  ServicePort: ServicePort;
  Node: NodeParent;
  DateTime: Scalars['DateTime']['output'];
  UnixMilliseconds: Scalars['UnixMilliseconds']['output'];
  Mutation: Record<PropertyKey, never>;
  Timeline: Timeline;
};

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  fleet?: Resolver<ResolversTypes['Fleet'], ParentType, ContextType>;
  graph?: Resolver<ResolversTypes['Graph'], ParentType, ContextType, RequireFields<QueryGraphArgs, 'windowSeconds' | 'by'>>;
  node?: Resolver<Maybe<ResolversTypes['Node']>, ParentType, ContextType, RequireFields<QueryNodeArgs, 'id'>>;
  timeline?: Resolver<ResolversTypes['Timeline'], ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  fleetChanged?: SubscriptionResolver<ResolversTypes['FleetChange'], "fleetChanged", ParentType, ContextType>;
  graphChanged?: SubscriptionResolver<ResolversTypes['GraphChange'], "graphChanged", ParentType, ContextType, RequireFields<SubscriptionGraphChangedArgs, 'windowSeconds' | 'by'>>;
};

export type FleetResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Fleet'] = ResolversParentTypes['Fleet']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  revision?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  clusters?: Resolver<ReadonlyArray<ResolversTypes['Cluster']>, ParentType, ContextType>;
  meshes?: Resolver<ReadonlyArray<ResolversTypes['Mesh']>, ParentType, ContextType>;
  problems?: Resolver<ReadonlyArray<ResolversTypes['FleetProblem']>, ParentType, ContextType>;
};

export type FleetProblemResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FleetProblem'] = ResolversParentTypes['FleetProblem']> = {
  file?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type FleetChangeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FleetChange'] = ResolversParentTypes['FleetChange']> = {
  reset?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  revision?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  upsertedClusters?: Resolver<ReadonlyArray<ResolversTypes['Cluster']>, ParentType, ContextType>;
  removedClusterIds?: Resolver<ReadonlyArray<ResolversTypes['ID']>, ParentType, ContextType>;
  meshes?: Resolver<ReadonlyArray<ResolversTypes['Mesh']>, ParentType, ContextType>;
  problems?: Resolver<ReadonlyArray<ResolversTypes['FleetProblem']>, ParentType, ContextType>;
};

export type ClusterResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Cluster'] = ResolversParentTypes['Cluster']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  contexts?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  uid?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  identityAssumed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['ConnectionState'], ParentType, ContextType>;
  since?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  remedy?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  kubernetesVersion?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  provider?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  distribution?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  region?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  controlPlanes?: Resolver<ReadonlyArray<ResolversTypes['ControlPlane']>, ParentType, ContextType>;
  istioClusterId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  mesh?: Resolver<Maybe<ResolversTypes['Mesh']>, ParentType, ContextType>;
  meshId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  network?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  trustDomain?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  rootFingerprint?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  counts?: Resolver<ResolversTypes['ClusterCounts'], ParentType, ContextType>;
  telemetry?: Resolver<ResolversTypes['Telemetry'], ParentType, ContextType>;
  unreadable?: Resolver<ReadonlyArray<ResolversTypes['UnreadableKind']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ClusterCountsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ClusterCounts'] = ResolversParentTypes['ClusterCounts']> = {
  nodes?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  namespaces?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  workloads?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  services?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  gateways?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type UnreadableKindResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UnreadableKind'] = ResolversParentTypes['UnreadableKind']> = {
  kind?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ControlPlaneResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ControlPlane'] = ResolversParentTypes['ControlPlane']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  namespace?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  revision?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  version?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  ready?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type TelemetryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Telemetry'] = ResolversParentTypes['Telemetry']> = {
  state?: Resolver<ResolversTypes['TelemetryState'], ParentType, ContextType>;
  endpoint?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  remedy?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  answeredAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export type MeshResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mesh'] = ResolversParentTypes['Mesh']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  clusters?: Resolver<ReadonlyArray<ResolversTypes['Cluster']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type GraphResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Graph'] = ResolversParentTypes['Graph']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  windowSeconds?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  clusters?: Resolver<ReadonlyArray<ResolversTypes['GraphCluster']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['GraphNode']>, ParentType, ContextType>;
  edges?: Resolver<ReadonlyArray<ResolversTypes['GraphEdge']>, ParentType, ContextType>;
};

export type GraphChangeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['GraphChange'] = ResolversParentTypes['GraphChange']> = {
  reset?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  windowSeconds?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  clusters?: Resolver<ReadonlyArray<ResolversTypes['GraphCluster']>, ParentType, ContextType>;
  upsertedNodes?: Resolver<ReadonlyArray<ResolversTypes['GraphNode']>, ParentType, ContextType>;
  removedNodeIds?: Resolver<ReadonlyArray<ResolversTypes['ID']>, ParentType, ContextType>;
  upsertedEdges?: Resolver<ReadonlyArray<ResolversTypes['GraphEdge']>, ParentType, ContextType>;
  removedEdgeIds?: Resolver<ReadonlyArray<ResolversTypes['ID']>, ParentType, ContextType>;
};

export type GraphClusterResolvers<ContextType = Context, ParentType extends ResolversParentTypes['GraphCluster'] = ResolversParentTypes['GraphCluster']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['ConnectionState'], ParentType, ContextType>;
  ageSeconds?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
};

export type GraphNodeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['GraphNode'] = ResolversParentTypes['GraphNode']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['NodeKind'], ParentType, ContextType>;
  cluster?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  namespace?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  app?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  version?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  kubernetesKind?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  health?: Resolver<ResolversTypes['Health'], ParentType, ContextType>;
};

export type HealthResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Health'] = ResolversParentTypes['Health']> = {
  status?: Resolver<ResolversTypes['HealthStatus'], ParentType, ContextType>;
  reasons?: Resolver<ReadonlyArray<ResolversTypes['HealthReason']>, ParentType, ContextType>;
};

export type HealthReasonResolvers<ContextType = Context, ParentType extends ResolversParentTypes['HealthReason'] = ResolversParentTypes['HealthReason']> = {
  indicator?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['HealthStatus'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  threshold?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  samples?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
};

export type GraphEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['GraphEdge'] = ResolversParentTypes['GraphEdge']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  target?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  protocol?: Resolver<ResolversTypes['Protocol'], ParentType, ContextType>;
  requestRate?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  errorRatio?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  bytesPerSecond?: Resolver<ResolversTypes['BytesPerSecond'], ParentType, ContextType>;
  latencyMs?: Resolver<ResolversTypes['LatencyMs'], ParentType, ContextType>;
  mtls?: Resolver<ResolversTypes['MutualTls'], ParentType, ContextType>;
  responses?: Resolver<ReadonlyArray<ResolversTypes['GraphResponse']>, ParentType, ContextType>;
};

export type BytesPerSecondResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BytesPerSecond'] = ResolversParentTypes['BytesPerSecond']> = {
  sent?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  received?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
};

export type LatencyMsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LatencyMs'] = ResolversParentTypes['LatencyMs']> = {
  p50?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  p90?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  p95?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  p99?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
};

export type MutualTlsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MutualTls'] = ResolversParentTypes['MutualTls']> = {
  ratio?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  sourcePrincipals?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  destinationPrincipals?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
};

export type GraphResponseResolvers<ContextType = Context, ParentType extends ResolversParentTypes['GraphResponse'] = ResolversParentTypes['GraphResponse']> = {
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  flags?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  rate?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  hosts?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
};

export type WorkloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Workload'] = ResolversParentTypes['Workload']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  cluster?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  namespace?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kubernetesKind?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  app?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  role?: Resolver<ResolversTypes['WorkloadRole'], ParentType, ContextType>;
  dataPlane?: Resolver<ResolversTypes['DataPlane'], ParentType, ContextType>;
  replicas?: Resolver<ResolversTypes['Replicas'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ReplicasResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Replicas'] = ResolversParentTypes['Replicas']> = {
  desired?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  current?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  available?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type ServiceResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Service'] = ResolversParentTypes['Service']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  cluster?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  namespace?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['ServiceKind'], ParentType, ContextType>;
  hosts?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  ports?: Resolver<ReadonlyArray<ResolversTypes['ServicePort']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ServicePortResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ServicePort'] = ResolversParentTypes['ServicePort']> = {
  port?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  protocol?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type NodeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'Cluster' | 'Mesh' | 'Workload' | 'Service', ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export interface UnixMillisecondsScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['UnixMilliseconds'], any> {
  name: 'UnixMilliseconds';
}

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  seek?: Resolver<ResolversTypes['Timeline'], ParentType, ContextType, RequireFields<MutationSeekArgs, 'positionMs'>>;
};

export type TimelineResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Timeline'] = ResolversParentTypes['Timeline']> = {
  mode?: Resolver<ResolversTypes['TimelineMode'], ParentType, ContextType>;
  title?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  fromMs?: Resolver<Maybe<ResolversTypes['UnixMilliseconds']>, ParentType, ContextType>;
  toMs?: Resolver<Maybe<ResolversTypes['UnixMilliseconds']>, ParentType, ContextType>;
  stepSeconds?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  loop?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  positionMs?: Resolver<Maybe<ResolversTypes['UnixMilliseconds']>, ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  Query?: QueryResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  Fleet?: FleetResolvers<ContextType>;
  FleetProblem?: FleetProblemResolvers<ContextType>;
  FleetChange?: FleetChangeResolvers<ContextType>;
  Cluster?: ClusterResolvers<ContextType>;
  ClusterCounts?: ClusterCountsResolvers<ContextType>;
  UnreadableKind?: UnreadableKindResolvers<ContextType>;
  ControlPlane?: ControlPlaneResolvers<ContextType>;
  Telemetry?: TelemetryResolvers<ContextType>;
  Mesh?: MeshResolvers<ContextType>;
  Graph?: GraphResolvers<ContextType>;
  GraphChange?: GraphChangeResolvers<ContextType>;
  GraphCluster?: GraphClusterResolvers<ContextType>;
  GraphNode?: GraphNodeResolvers<ContextType>;
  Health?: HealthResolvers<ContextType>;
  HealthReason?: HealthReasonResolvers<ContextType>;
  GraphEdge?: GraphEdgeResolvers<ContextType>;
  BytesPerSecond?: BytesPerSecondResolvers<ContextType>;
  LatencyMs?: LatencyMsResolvers<ContextType>;
  MutualTls?: MutualTlsResolvers<ContextType>;
  GraphResponse?: GraphResponseResolvers<ContextType>;
  Workload?: WorkloadResolvers<ContextType>;
  Replicas?: ReplicasResolvers<ContextType>;
  Service?: ServiceResolvers<ContextType>;
  ServicePort?: ServicePortResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  UnixMilliseconds?: GraphQLScalarType;
  Mutation?: MutationResolvers<ContextType>;
  Timeline?: TimelineResolvers<ContextType>;
};

