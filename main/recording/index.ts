export { RecordingError } from './error.ts'
export { recordFleet, type RecordOptions, type RecordSummary } from './record.ts'
export { openRecording, type OpenOptions } from './recorded-source.ts'
export {
  createRecording,
  type AnswerWithRange,
  type RecordedStep,
  type RecordingMeta,
  type RecordingWriter,
  type StepSummary,
} from './writer.ts'
