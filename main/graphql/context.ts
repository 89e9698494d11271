import type { Engine } from './engine.ts'

/** What every resolver can reach. */
export interface Context {
  readonly engine: Engine
}
