import { BanIconConfig } from '@patternfly/react-icons/dist/esm/icons/ban-icon'
import { CheckCircleIconConfig } from '@patternfly/react-icons/dist/esm/icons/check-circle-icon'
import { CircleNotchIconConfig } from '@patternfly/react-icons/dist/esm/icons/circle-notch-icon'
import { ExclamationCircleIconConfig } from '@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon'
import { ExclamationTriangleIconConfig } from '@patternfly/react-icons/dist/esm/icons/exclamation-triangle-icon'
import { LockIconConfig } from '@patternfly/react-icons/dist/esm/icons/lock-icon'
import { MinusCircleIconConfig } from '@patternfly/react-icons/dist/esm/icons/minus-circle-icon'
import { PauseCircleIconConfig } from '@patternfly/react-icons/dist/esm/icons/pause-circle-icon'
import { QuestionCircleIconConfig } from '@patternfly/react-icons/dist/esm/icons/question-circle-icon'
import type { Cluster, HealthStatus } from '../api/index.ts'

/** An icon that both the page and the canvas can draw. */
export interface IconShape {
  readonly icon: {
    readonly xOffset?: number
    readonly yOffset?: number
    readonly width: number
    readonly height: number
    readonly svgPathData: string
  }
}

/** The five tones of a verdict; each has its colour in both themes. */
export type Tone = 'success' | 'warning' | 'danger' | 'info' | 'muted'

/** How a verdict looks: always a word and an icon beside the colour. */
export interface Look {
  readonly text: string
  readonly tone: Tone
  readonly shape: IconShape
}

/** How each health looks. */
export const healthLooks: Readonly<Record<HealthStatus, Look>> = {
  healthy: { text: 'Healthy', tone: 'success', shape: CheckCircleIconConfig },
  degraded: { text: 'Degraded', tone: 'warning', shape: ExclamationTriangleIconConfig },
  failing: { text: 'Failing', tone: 'danger', shape: ExclamationCircleIconConfig },
  idle: { text: 'Idle', tone: 'muted', shape: MinusCircleIconConfig },
  unknown: { text: 'Unknown', tone: 'muted', shape: QuestionCircleIconConfig },
}

/** How each connection state of a cluster looks. */
export const connectionLooks: Readonly<Record<Cluster['state'], Look>> = {
  connecting: { text: 'Connecting', tone: 'info', shape: CircleNotchIconConfig },
  ready: { text: 'Ready', tone: 'success', shape: CheckCircleIconConfig },
  degraded: { text: 'Degraded', tone: 'warning', shape: ExclamationTriangleIconConfig },
  unauthorized: { text: 'Unauthorized', tone: 'danger', shape: LockIconConfig },
  unreachable: { text: 'Unreachable', tone: 'danger', shape: BanIconConfig },
  paused: { text: 'Paused', tone: 'muted', shape: PauseCircleIconConfig },
}

/** How each state of a cluster's telemetry looks. */
export const telemetryLooks: Readonly<Record<Cluster['telemetry']['state'], Look>> = {
  unknown: { text: 'Not asked yet', tone: 'muted', shape: QuestionCircleIconConfig },
  ready: { text: 'Ready', tone: 'success', shape: CheckCircleIconConfig },
  missing: { text: 'Not found', tone: 'warning', shape: ExclamationTriangleIconConfig },
  failing: { text: 'Not answering', tone: 'danger', shape: ExclamationCircleIconConfig },
}
