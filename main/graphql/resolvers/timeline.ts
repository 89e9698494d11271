import { GraphQLError } from 'graphql'
import type { Timeline as TimelineModel } from '../../fleet/index.ts'
import type { Resolvers, Timeline } from '../generated/resolvers.ts'

/** Live or recorded, and the player. */
export const timelineResolvers: Resolvers = {
  Query: {
    timeline: (_root, _args, { engine }) => shown(engine.timeline()),
  },
  Mutation: {
    async seek(_root, { positionMs }, { engine }) {
      const timeline = engine.timeline()
      if (timeline.mode === 'live') throw refused('A live fleet has no player to move.')
      if (positionMs < timeline.fromMs || positionMs > timeline.toMs) {
        throw refused(
          `The recording spans ${new Date(timeline.fromMs).toISOString()} to ${new Date(timeline.toMs).toISOString()}.`,
        )
      }
      return shown(await engine.seek(positionMs))
    },
  },
}

function shown(timeline: TimelineModel): Timeline {
  if (timeline.mode === 'recording') return timeline
  return {
    mode: 'live',
    title: null,
    fromMs: null,
    toMs: null,
    stepSeconds: null,
    loop: null,
    positionMs: null,
  }
}

function refused(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } })
}
