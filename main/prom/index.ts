export { createPromClient, type PromClient, type PromClientOptions } from './client.ts'
export type { SeriesTable } from './decode.ts'
export { findPrometheus, type PrometheusCandidate, type ServiceFacts } from './discover.ts'
export { PrometheusError } from './error.ts'
export { answerFromSamples } from './evaluate.ts'
export { keptLabels, keptMetrics } from './metrics.ts'
export type {
  AnswerTo,
  BytesAnswer,
  BytesQuestion,
  EdgesAnswer,
  EdgesQuestion,
  Evaluation,
  LatencyAnswer,
  LatencyQuestion,
  Question,
  SamplesAnswer,
  SamplesQuestion,
  SeriesAnswer,
  SeriesQuestion,
} from './question.ts'
export { storeSamples, type SampleStore } from './samples.ts'
export type { LabelColumn, Table } from './table.ts'
export type { PromRequest, PromResponse, PromTransport } from './transport.ts'
