import type { HealthStatus } from '../api/index.ts'

/** Worst first: how sick things are put in order. */
export const healthOrder: readonly HealthStatus[] = [
  'failing',
  'degraded',
  'unknown',
  'idle',
  'healthy',
]
