import type { ClusterStatus } from '../fleet/index.ts'
import type { KubeObject, ResourceKind } from '../kube/index.ts'
import { keptMetrics } from '../prom/index.ts'
import { keep } from './keep.ts'
import { kindRules, metadataRule } from './redact-kinds.ts'
import { redactText } from './redact-text.ts'

/**
 * What enters a recording of an object: the named fields of its kind and
 * nothing else. No Secret is of a kind that is read; no value of an
 * environment variable, ConfigMap or annotation is kept that is not named.
 */
export function redactObject(
  kind: ResourceKind,
  object: KubeObject,
): Readonly<Record<string, unknown>> {
  const kept = keep(object, kindRules[kind])
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: keep(object.metadata, metadataRule),
    ...(typeof kept === 'object' ? kept : {}),
  }
}

/** A cluster's status field by field; when its telemetry last answered is recorded apart. */
export function redactStatus(status: ClusterStatus) {
  const { telemetry } = status
  return {
    name: status.name,
    contexts: status.contexts,
    uid: status.uid,
    identityAssumed: status.identityAssumed,
    state: status.state,
    sinceMs: status.sinceMs,
    reason: redactText(status.reason),
    remedy: redactText(status.remedy),
    kubernetesVersion: status.kubernetesVersion,
    telemetry: {
      state: telemetry.state,
      endpoint: redactText(telemetry.endpoint),
      reason: redactText(telemetry.reason),
      remedy: redactText(telemetry.remedy),
    },
  }
}

const metricNames = new Set(keptMetrics)

/** Whether samples of this metric are recorded. */
export function isRecordedMetric(name: string): boolean {
  return metricNames.has(name)
}
