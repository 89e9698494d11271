/** `npm run sample`: records the sample fleet, one loop of the demo's ten minutes. */
import { rmSync } from 'node:fs'
import { createRecording } from '../main/recording/index.ts'
import { modelSource } from '../test/integration/recording/model-source.ts'
import { createDemoModel } from '../test/rig/model/index.ts'

const file = new URL('../resources/sample.smm-recording', import.meta.url).pathname
const stepSeconds = 10
const historySeconds = 300
const loopSeconds = 600
const beginMs = Date.UTC(2026, 10, 23, 9, 0)

rmSync(file, { force: true })
let nowMs = beginMs
const source = modelSource(createDemoModel(), { now: () => nowMs, scrapeSeconds: 5 })
const writer = createRecording(file, {
  title: 'Sample fleet',
  stepSeconds,
  loop: true,
  createdBy: 'scripts/record-sample.ts',
})
for (let step = 0; step <= loopSeconds / stepSeconds; step++) {
  nowMs = beginMs + step * stepSeconds * 1000
  const fromMs = nowMs - (step === 0 ? historySeconds : stepSeconds) * 1000
  const answers = await source.ask({ name: 'samples', fromMs, toMs: nowMs })
  writer.write({
    atMs: nowMs,
    clusters: source.snapshot().clusters,
    answers: answers.map((answer) => ({ fromMs, answer })),
  })
}
writer.close()
