/** Writes steps until it is killed; prints the number of each that is finished. Its argument is the file. */
import { createRecording } from '../../../main/recording/index.ts'
import { answer, BEGIN_MS, cluster, service } from './fixture.ts'

const file = process.argv[2]
if (file === undefined) throw new Error('names no file')
const writer = createRecording(file, {
  title: 'Endless',
  stepSeconds: 1,
  loop: false,
  createdBy: 'endless-writer.ts',
})
for (let step = 0; ; step++) {
  const atMs = BEGIN_MS + step * 1000
  const samples = Array.from({ length: 50 }, (_, series) => ({
    workload: `w${series}`,
    atMs,
    value: step * series,
  }))
  const services = Array.from({ length: 20 }, (_, index) => service(`s${index}`, String(step)))
  const { step: number } = writer.write({
    atMs,
    clusters: [cluster('east', services)],
    answers: [answer('east', atMs - 1000, samples)],
  })
  console.log(number)
}
