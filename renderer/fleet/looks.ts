import type { Cluster } from '../api/index.ts'
import { healthLooks, type Look } from '../ui/index.ts'

/** How an istiod revision looks. */
export function controlPlaneLook(plane: Cluster['controlPlanes'][number]): Look {
  return plane.ready
    ? { ...healthLooks.healthy, text: 'Ready' }
    : { ...healthLooks.failing, text: 'Not ready' }
}
