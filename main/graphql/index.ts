export { createExecutor, type Executor } from './executor.ts'
export { startServer, type Server } from './server.ts'
export { sdl } from './generated/sdl.ts'
