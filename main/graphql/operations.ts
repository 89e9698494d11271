import {
  execute,
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  subscribe,
  validate,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
  type Source,
} from 'graphql'
import type { Logger } from '../state/index.ts'
import { eachOf } from './latest.ts'
import { limitRule, limits } from './limits.ts'

/** The four steps of an operation, the same for every way in. */
export interface Operations {
  readonly parse: (source: string | Source) => DocumentNode
  readonly validate: (schema: GraphQLSchema, document: DocumentNode) => readonly GraphQLError[]
  readonly execute: (args: ExecutionArgs) => Promise<ExecutionResult>
  readonly subscribe: (
    args: ExecutionArgs,
  ) => Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult>>
}

/** Limits what may be asked, and keeps unexpected errors' texts in the log instead of the answer. */
export function createOperations(options: {
  readonly logger: Logger
  /** Answers questions about the schema itself. */
  readonly introspection: boolean
}): Operations {
  const rules = [
    ...specifiedRules,
    limitRule,
    ...(options.introspection ? [] : [NoSchemaIntrospectionCustomRule]),
  ]

  function masked(result: ExecutionResult): ExecutionResult {
    if (result.errors === undefined) return result
    return { ...result, errors: result.errors.map(mask) }
  }

  /** Errors that resolvers throw on purpose are GraphQLErrors; others may say what nobody should read. */
  function mask(error: GraphQLError): GraphQLError {
    const cause = error.originalError
    if (cause === undefined || cause instanceof GraphQLError) return error
    options.logger.error({ err: cause, path: error.path }, 'an operation failed')
    return new GraphQLError('Something failed inside; the log says what.', {
      nodes: error.nodes,
      source: error.source,
      positions: error.positions,
      path: error.path,
      extensions: { code: 'INTERNAL' },
    })
  }

  /** A stream that breaks ends its subscription. */
  function maskStream(error: unknown): GraphQLError {
    if (error instanceof GraphQLError) return mask(error)
    const originalError = error instanceof Error ? error : new Error(String(error))
    return mask(new GraphQLError(originalError.message, { originalError }))
  }

  return {
    parse: (source) => parse(source, { maxTokens: limits.tokens }),
    validate: (schema, document) =>
      validate(schema, document, rules, { hideSuggestions: !options.introspection }),
    execute: async (args) => masked(await execute(args)),
    async subscribe(args) {
      const result = await subscribe(args)
      if (!(Symbol.asyncIterator in result)) return masked(result)
      const events = eachOf(result, masked)
      return {
        ...events,
        next: () => events.next().catch((error: unknown) => Promise.reject(maskStream(error))),
      }
    },
  }
}
