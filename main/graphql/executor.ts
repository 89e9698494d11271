import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import type { ExecutionResult, GraphQLError } from 'graphql'
import type { FleetSource } from '../fleet/index.ts'
import type { Logger } from '../state/index.ts'
import { createEngine } from './engine.ts'
import { eachOf } from './latest.ts'
import { createOperations } from './operations.ts'
import { createSchema } from './schema.ts'

/** The API without a server: the same schema and the same limits, in this process. */
export interface Executor {
  /** The answer's data. Rejects with an AggregateError of GraphQL's errors. */
  query<TResult, TVariables extends Record<string, unknown>>(
    document: TypedDocumentNode<TResult, TVariables>,
    variables: TVariables,
  ): Promise<TResult>
  /** Every event's data, until the reader stops. Rejects with an AggregateError of GraphQL's errors. */
  subscribe<TResult, TVariables extends Record<string, unknown>>(
    document: TypedDocumentNode<TResult, TVariables>,
    variables: TVariables,
  ): Promise<AsyncIterableIterator<TResult>>
  /** Ends all refreshing. The source stays open. */
  close(): void
}

/** Runs operations over a source in this process. */
export function createExecutor(
  source: FleetSource,
  options: { readonly logger: Logger },
): Executor {
  const schema = createSchema()
  const engine = createEngine(source, options)
  const operations = createOperations({ logger: options.logger, introspection: true })

  const args = <TResult, TVariables extends Record<string, unknown>>(
    document: TypedDocumentNode<TResult, TVariables>,
    variables: TVariables,
  ) => {
    failOn(operations.validate(schema, document))
    return { schema, document, variableValues: variables, contextValue: { engine } }
  }

  return {
    // The document's type says what its answer holds; the schema made sure of it.
    async query<TResult, TVariables extends Record<string, unknown>>(
      document: TypedDocumentNode<TResult, TVariables>,
      variables: TVariables,
    ) {
      return dataOf(await operations.execute(args(document, variables))) as TResult
    },
    async subscribe<TResult, TVariables extends Record<string, unknown>>(
      document: TypedDocumentNode<TResult, TVariables>,
      variables: TVariables,
    ) {
      const events = await operations.subscribe(args(document, variables))
      if (Symbol.asyncIterator in events) return eachOf(events, (event) => dataOf(event) as TResult)
      throw failure(events.errors ?? [])
    },
    close: () => engine.close(),
  }
}

function dataOf({ data, errors }: ExecutionResult): unknown {
  failOn(errors)
  return data
}

function failOn(errors: readonly GraphQLError[] | undefined): void {
  if (errors !== undefined && errors.length > 0) throw failure(errors)
}

function failure(errors: readonly GraphQLError[]): AggregateError {
  return new AggregateError(errors, errors.map(({ message }) => message).join('; '))
}
