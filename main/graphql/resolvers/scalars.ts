import { GraphQLError, GraphQLScalarType, Kind } from 'graphql'
import type { Resolvers } from '../generated/resolvers.ts'

const withOffset = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/

/** Unix milliseconds of an ISO 8601 time with an offset. */
function parseTime(value: unknown): number {
  const ms = typeof value === 'string' && withOffset.test(value) ? Date.parse(value) : NaN
  if (Number.isNaN(ms)) {
    throw new GraphQLError(
      `${JSON.stringify(value)} is not a time: write it as 2026-01-31T09:30:00Z`,
    )
  }
  return ms
}

function parseMilliseconds(value: unknown): number {
  // The far ends of what a Date can hold.
  if (typeof value !== 'number' || !Number.isFinite(value) || Math.abs(value) > 8.64e15) {
    throw new GraphQLError(`${JSON.stringify(value)} is not a time in Unix milliseconds`)
  }
  return value
}

/** Times on the wire. */
export const scalarResolvers: Resolvers = {
  DateTime: new GraphQLScalarType<number, string>({
    name: 'DateTime',
    serialize: (value) => new Date(value as string | number).toISOString(),
    parseValue: parseTime,
    parseLiteral: (node) => parseTime(node.kind === Kind.STRING ? node.value : null),
  }),
  UnixMilliseconds: new GraphQLScalarType<number, number>({
    name: 'UnixMilliseconds',
    serialize: parseMilliseconds,
    parseValue: parseMilliseconds,
    parseLiteral: (node) =>
      parseMilliseconds(
        node.kind === Kind.INT || node.kind === Kind.FLOAT ? Number(node.value) : null,
      ),
  }),
}
