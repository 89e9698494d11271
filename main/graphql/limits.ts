import {
  GraphQLError,
  isListType,
  isNonNullType,
  Kind,
  type ASTVisitor,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionSetNode,
  type ValidationContext,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
} from 'graphql'

/** What one operation may ask at most. */
export const limits = {
  /** Tokens of a document, counted while it is parsed. */
  tokens: 2000,
  /** Fields within fields. */
  depth: 12,
  /** Fields as they would be answered if every list had `listLength` items. */
  cost: 50_000,
  listLength: 20,
}

interface Size {
  readonly depth: number
  readonly cost: number
}

/** A validation rule: refuses operations that nest too deep or would answer too much. */
export function limitRule(context: ValidationContext): ASTVisitor {
  const schema = context.getSchema()
  const fragments = new Map<string, Size | 'counting'>()

  function ofFragment(name: string): Size {
    const known = fragments.get(name)
    // Another rule reports fragments that spread themselves.
    if (known === 'counting') return { depth: 0, cost: 0 }
    if (known !== undefined) return known
    const fragment = context.getFragment(name)
    const type = fragment && schema.getType(fragment.typeCondition.name.value)
    if (!fragment || !isCompositeType(type)) return { depth: 0, cost: 0 }
    fragments.set(name, 'counting')
    const size = ofSelections(fragment.selectionSet, type)
    fragments.set(name, size)
    return size
  }

  function ofSelections(set: SelectionSetNode, type: GraphQLCompositeType): Size {
    let depth = 0
    let cost = 0
    for (const selection of set.selections) {
      let size: Size
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        size = ofFragment(selection.name.value)
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition =
          selection.typeCondition && schema.getType(selection.typeCondition.name.value)
        size = ofSelections(selection.selectionSet, isCompositeType(condition) ? condition : type)
      } else {
        const field = fieldType(schema, type, selection.name.value)
        const inner = field && getNamedType(field)
        const below =
          selection.selectionSet && isCompositeType(inner)
            ? ofSelections(selection.selectionSet, inner)
            : { depth: 0, cost: 0 }
        const items = field && isList(field) ? limits.listLength : 1
        size = { depth: below.depth + 1, cost: items * (1 + below.cost) }
      }
      depth = Math.max(depth, size.depth)
      cost += size.cost
    }
    return { depth, cost }
  }

  return {
    OperationDefinition(operation) {
      const root = schema.getRootType(operation.operation)
      if (!root) return
      const { depth, cost } = ofSelections(operation.selectionSet, root)
      const refuse = (message: string) =>
        context.reportError(new GraphQLError(message, { nodes: operation }))
      if (depth > limits.depth)
        refuse(`The operation is ${depth} levels deep; ${limits.depth} are allowed.`)
      if (cost > limits.cost) {
        refuse(
          `The operation costs ${cost}; ${limits.cost} are allowed. Ask for fewer nested lists.`,
        )
      }
    },
  }
}

function fieldType(
  schema: GraphQLSchema,
  type: GraphQLCompositeType,
  name: string,
): GraphQLOutputType | undefined {
  if (name === '__schema') return schema.getType('__Schema') as GraphQLOutputType
  if (name === '__type') return schema.getType('__Type') as GraphQLOutputType
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name]?.type : undefined
}

function isList(type: GraphQLOutputType): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type)
}
