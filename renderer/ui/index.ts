export {
  formatAgo,
  formatBytesRate,
  formatCount,
  formatDuration,
  formatLatency,
  formatPlural,
  formatRate,
  formatRatio,
  notKnown,
} from './format.ts'
export { connectionLooks, healthLooks, healthOrder, telemetryLooks } from './looks.ts'
export type { IconShape, Look, Tone } from './looks.ts'
export { ShapeIcon, VerdictIcon, VerdictLabel } from './Verdict.tsx'
export { useNow } from './useNow.ts'
export { ChoiceMenu, FilterMenu } from './ChoiceMenu.tsx'
