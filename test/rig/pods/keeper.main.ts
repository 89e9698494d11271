/**
 * Removes a run's network namespaces, and what still runs in them, once the
 * rig that claimed it is gone, be it by a clean stop, Ctrl-C or kill -9.
 */
import { removeRun } from './network.ts'

const number = Number(process.argv[2])
for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.on(signal, () => {})
process.on('disconnect', () => {
  removeRun(number).then(
    () => process.exit(0),
    () => process.exit(1),
  )
})
