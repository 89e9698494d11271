export type { LabelColumn, Table } from './table.ts'
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
