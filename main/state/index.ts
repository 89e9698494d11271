export { homeFolder } from './home.ts'
export { createLogger, withoutCredentials, type Logger } from './logger.ts'
export type { Settings } from './settings.ts'
export { openState, type ContextLock, type State } from './state.ts'
