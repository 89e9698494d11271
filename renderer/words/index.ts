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
export { healthOrder } from './health.ts'
