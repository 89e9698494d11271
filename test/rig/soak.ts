import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { startRig, type RigOptions } from './index.ts'

/** Command lines of the processes that mention `text`, this one's aside. */
export function processesWith(text: string): readonly string[] {
  return execFileSync('ps', ['-ww', '-eo', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(text) && !line.trim().startsWith(`${process.pid} `))
}

/**
 * Starts and stops a rig `times` times and throws when anything is left: a
 * process, a folder. Reports the seconds each way took.
 */
export async function soak(
  times: number,
  options: RigOptions,
  say: (line: string) => void,
): Promise<void> {
  for (let round = 1; round <= times; round++) {
    const began = performance.now()
    const rig = await startRig(options)
    const up = performance.now()
    const running = processesWith(rig.dir).length
    await rig.stop()
    const down = performance.now()
    const left = processesWith(rig.dir)
    if (left.length > 0) throw new Error(`round ${round} left processes:\n${left.join('\n')}`)
    if (existsSync(rig.dir)) throw new Error(`round ${round} left its folder ${rig.dir}`)
    const seconds = (from: number, to: number): string => ((to - from) / 1000).toFixed(1)
    say(
      `round ${round} of ${times}: up ${seconds(began, up)} s, ${running} processes, down ${seconds(up, down)} s, nothing left`,
    )
  }
}
