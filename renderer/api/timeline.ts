import { graphql } from './generated/index.ts'

/** Whether the data is of the present or of a recording. */
export const timelineQuery = graphql(`
  query Timeline {
    timeline {
      mode
      title
      fromMs
      toMs
      loop
    }
  }
`)
