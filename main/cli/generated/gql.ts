/* eslint-disable */
import * as types from './graphql.ts';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  query Fleet {\n    fleet {\n      at\n      clusters {\n        id\n        name\n        contexts\n        state\n        since\n        reason\n        remedy\n        kubernetesVersion\n        provider\n        distribution\n        region\n        controlPlanes {\n          name\n          revision\n          version\n        }\n        meshId\n        network\n        trustDomain\n        counts {\n          nodes\n          namespaces\n          workloads\n          services\n          gateways\n        }\n      }\n      problems {\n        file\n        reason\n      }\n    }\n  }\n": typeof types.FleetDocument,
    "\n  query Graph(\n    $windowSeconds: Int!\n    $at: DateTime\n    $by: GraphBy!\n    $namespaces: [String!]\n    $include: GraphInclude!\n  ) {\n    graph(\n      windowSeconds: $windowSeconds\n      at: $at\n      by: $by\n      namespaces: $namespaces\n      include: $include\n    ) {\n      at\n      windowSeconds\n      clusters {\n        name\n        state\n        ageSeconds\n      }\n      nodes {\n        id\n        kind\n        cluster\n        namespace\n        name\n        app\n        version\n        kubernetesKind\n        health {\n          status\n          reasons {\n            indicator\n            status\n            message\n            value\n            threshold\n            samples\n          }\n        }\n      }\n      edges {\n        source\n        target\n        protocol\n        requestRate\n        errorRatio\n        bytesPerSecond {\n          sent\n          received\n        }\n        latencyMs {\n          p50\n          p90\n          p95\n          p99\n        }\n        mtls {\n          ratio\n          sourcePrincipals\n          destinationPrincipals\n        }\n        responses {\n          code\n          flags\n          rate\n          hosts\n        }\n      }\n    }\n  }\n": typeof types.GraphDocument,
    "\n  query GraphTelemetry {\n    fleet {\n      problems {\n        file\n        reason\n      }\n      clusters {\n        name\n        state\n        reason\n        remedy\n        telemetry {\n          state\n          reason\n          remedy\n        }\n      }\n    }\n  }\n": typeof types.GraphTelemetryDocument,
    "\n  query SessionTimeline {\n    timeline {\n      mode\n      title\n      fromMs\n      toMs\n      loop\n    }\n  }\n": typeof types.SessionTimelineDocument,
    "\n  mutation SessionSeek($positionMs: UnixMilliseconds!) {\n    seek(positionMs: $positionMs) {\n      positionMs\n    }\n  }\n": typeof types.SessionSeekDocument,
    "\n  subscription Wait {\n    fleetChanged {\n      upsertedClusters {\n        id\n        name\n        state\n        telemetry {\n          state\n        }\n      }\n      removedClusterIds\n    }\n  }\n": typeof types.WaitDocument,
};
const documents: Documents = {
    "\n  query Fleet {\n    fleet {\n      at\n      clusters {\n        id\n        name\n        contexts\n        state\n        since\n        reason\n        remedy\n        kubernetesVersion\n        provider\n        distribution\n        region\n        controlPlanes {\n          name\n          revision\n          version\n        }\n        meshId\n        network\n        trustDomain\n        counts {\n          nodes\n          namespaces\n          workloads\n          services\n          gateways\n        }\n      }\n      problems {\n        file\n        reason\n      }\n    }\n  }\n": types.FleetDocument,
    "\n  query Graph(\n    $windowSeconds: Int!\n    $at: DateTime\n    $by: GraphBy!\n    $namespaces: [String!]\n    $include: GraphInclude!\n  ) {\n    graph(\n      windowSeconds: $windowSeconds\n      at: $at\n      by: $by\n      namespaces: $namespaces\n      include: $include\n    ) {\n      at\n      windowSeconds\n      clusters {\n        name\n        state\n        ageSeconds\n      }\n      nodes {\n        id\n        kind\n        cluster\n        namespace\n        name\n        app\n        version\n        kubernetesKind\n        health {\n          status\n          reasons {\n            indicator\n            status\n            message\n            value\n            threshold\n            samples\n          }\n        }\n      }\n      edges {\n        source\n        target\n        protocol\n        requestRate\n        errorRatio\n        bytesPerSecond {\n          sent\n          received\n        }\n        latencyMs {\n          p50\n          p90\n          p95\n          p99\n        }\n        mtls {\n          ratio\n          sourcePrincipals\n          destinationPrincipals\n        }\n        responses {\n          code\n          flags\n          rate\n          hosts\n        }\n      }\n    }\n  }\n": types.GraphDocument,
    "\n  query GraphTelemetry {\n    fleet {\n      problems {\n        file\n        reason\n      }\n      clusters {\n        name\n        state\n        reason\n        remedy\n        telemetry {\n          state\n          reason\n          remedy\n        }\n      }\n    }\n  }\n": types.GraphTelemetryDocument,
    "\n  query SessionTimeline {\n    timeline {\n      mode\n      title\n      fromMs\n      toMs\n      loop\n    }\n  }\n": types.SessionTimelineDocument,
    "\n  mutation SessionSeek($positionMs: UnixMilliseconds!) {\n    seek(positionMs: $positionMs) {\n      positionMs\n    }\n  }\n": types.SessionSeekDocument,
    "\n  subscription Wait {\n    fleetChanged {\n      upsertedClusters {\n        id\n        name\n        state\n        telemetry {\n          state\n        }\n      }\n      removedClusterIds\n    }\n  }\n": types.WaitDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Fleet {\n    fleet {\n      at\n      clusters {\n        id\n        name\n        contexts\n        state\n        since\n        reason\n        remedy\n        kubernetesVersion\n        provider\n        distribution\n        region\n        controlPlanes {\n          name\n          revision\n          version\n        }\n        meshId\n        network\n        trustDomain\n        counts {\n          nodes\n          namespaces\n          workloads\n          services\n          gateways\n        }\n      }\n      problems {\n        file\n        reason\n      }\n    }\n  }\n"): (typeof documents)["\n  query Fleet {\n    fleet {\n      at\n      clusters {\n        id\n        name\n        contexts\n        state\n        since\n        reason\n        remedy\n        kubernetesVersion\n        provider\n        distribution\n        region\n        controlPlanes {\n          name\n          revision\n          version\n        }\n        meshId\n        network\n        trustDomain\n        counts {\n          nodes\n          namespaces\n          workloads\n          services\n          gateways\n        }\n      }\n      problems {\n        file\n        reason\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Graph(\n    $windowSeconds: Int!\n    $at: DateTime\n    $by: GraphBy!\n    $namespaces: [String!]\n    $include: GraphInclude!\n  ) {\n    graph(\n      windowSeconds: $windowSeconds\n      at: $at\n      by: $by\n      namespaces: $namespaces\n      include: $include\n    ) {\n      at\n      windowSeconds\n      clusters {\n        name\n        state\n        ageSeconds\n      }\n      nodes {\n        id\n        kind\n        cluster\n        namespace\n        name\n        app\n        version\n        kubernetesKind\n        health {\n          status\n          reasons {\n            indicator\n            status\n            message\n            value\n            threshold\n            samples\n          }\n        }\n      }\n      edges {\n        source\n        target\n        protocol\n        requestRate\n        errorRatio\n        bytesPerSecond {\n          sent\n          received\n        }\n        latencyMs {\n          p50\n          p90\n          p95\n          p99\n        }\n        mtls {\n          ratio\n          sourcePrincipals\n          destinationPrincipals\n        }\n        responses {\n          code\n          flags\n          rate\n          hosts\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query Graph(\n    $windowSeconds: Int!\n    $at: DateTime\n    $by: GraphBy!\n    $namespaces: [String!]\n    $include: GraphInclude!\n  ) {\n    graph(\n      windowSeconds: $windowSeconds\n      at: $at\n      by: $by\n      namespaces: $namespaces\n      include: $include\n    ) {\n      at\n      windowSeconds\n      clusters {\n        name\n        state\n        ageSeconds\n      }\n      nodes {\n        id\n        kind\n        cluster\n        namespace\n        name\n        app\n        version\n        kubernetesKind\n        health {\n          status\n          reasons {\n            indicator\n            status\n            message\n            value\n            threshold\n            samples\n          }\n        }\n      }\n      edges {\n        source\n        target\n        protocol\n        requestRate\n        errorRatio\n        bytesPerSecond {\n          sent\n          received\n        }\n        latencyMs {\n          p50\n          p90\n          p95\n          p99\n        }\n        mtls {\n          ratio\n          sourcePrincipals\n          destinationPrincipals\n        }\n        responses {\n          code\n          flags\n          rate\n          hosts\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query GraphTelemetry {\n    fleet {\n      problems {\n        file\n        reason\n      }\n      clusters {\n        name\n        state\n        reason\n        remedy\n        telemetry {\n          state\n          reason\n          remedy\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query GraphTelemetry {\n    fleet {\n      problems {\n        file\n        reason\n      }\n      clusters {\n        name\n        state\n        reason\n        remedy\n        telemetry {\n          state\n          reason\n          remedy\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query SessionTimeline {\n    timeline {\n      mode\n      title\n      fromMs\n      toMs\n      loop\n    }\n  }\n"): (typeof documents)["\n  query SessionTimeline {\n    timeline {\n      mode\n      title\n      fromMs\n      toMs\n      loop\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SessionSeek($positionMs: UnixMilliseconds!) {\n    seek(positionMs: $positionMs) {\n      positionMs\n    }\n  }\n"): (typeof documents)["\n  mutation SessionSeek($positionMs: UnixMilliseconds!) {\n    seek(positionMs: $positionMs) {\n      positionMs\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription Wait {\n    fleetChanged {\n      upsertedClusters {\n        id\n        name\n        state\n        telemetry {\n          state\n        }\n      }\n      removedClusterIds\n    }\n  }\n"): (typeof documents)["\n  subscription Wait {\n    fleetChanged {\n      upsertedClusters {\n        id\n        name\n        state\n        telemetry {\n          state\n        }\n      }\n      removedClusterIds\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;