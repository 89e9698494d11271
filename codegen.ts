import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CodegenConfig } from '@graphql-codegen/cli'
import { preset } from '@graphql-codegen/client-preset'

/** Times travel as ISO strings or as numbers; a resolver gets an input time as Unix milliseconds. */
const wireScalars = {
  DateTime: { input: 'string', output: 'string' },
  UnixMilliseconds: 'number',
}

const documents = {
  useTypeImports: true,
  enumsAsTypes: true,
  strictScalars: true,
  scalars: wireScalars,
  importExtension: '.ts' as const,
}

/** All domains as one text: given as files, their order would be that in which they happened to load. */
const schema = globSync('main/graphql/schema/*.graphql', { cwd: import.meta.dirname })
  .sort()
  .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
  .join('\n')

/** The client preset with documents in the order of their files, not in that in which they happened to load. */
const client: typeof preset = {
  ...preset,
  buildGeneratesSection: (options) =>
    preset.buildGeneratesSection({
      ...options,
      documents: options.documents.toSorted((a, b) =>
        (a.location ?? '') < (b.location ?? '') ? -1 : 1,
      ),
    }),
}

const config: CodegenConfig = {
  schema,
  ignoreNoDocuments: true,
  config: { sort: false },
  generates: {
    'main/graphql/generated/sdl.ts': { plugins: ['./main/graphql/sdl-plugin.ts'] },
    'main/graphql/generated/resolvers.ts': {
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        immutableTypes: true,
        strictScalars: true,
        scalars: { ...wireScalars, DateTime: { input: 'number', output: 'string' } },
        importExtension: '.ts',
        contextType: '../context.ts#Context',
        mappers: {
          Node: '../view.ts#NodeParent',
          Fleet: '../view.ts#FleetView',
          FleetChange: '../view.ts#FleetChangeView',
          Cluster: '../view.ts#ClusterParent',
          Mesh: '../view.ts#MeshParent',
          Workload: '../../mesh/index.ts#Workload as WorkloadModel',
          Service: '../../mesh/index.ts#Service as ServiceModel',
          Graph: '../../traffic/index.ts#Graph as GraphModel',
          GraphCluster: '../../traffic/index.ts#GraphCluster as GraphClusterModel',
          GraphChange: '../engine.ts#MapChange',
          GraphEdge: '../../traffic/index.ts#GraphEdge as GraphEdgeModel',
        },
      },
    },
    'main/cli/generated/': {
      preset: client,
      documents: ['main/cli/**/*.ts', '!main/cli/generated/**'],
      presetConfig: { fragmentMasking: false },
      config: documents,
    },
    'renderer/api/generated/': {
      preset: client,
      documents: ['renderer/**/*.{ts,tsx}', '!renderer/api/generated/**'],
      presetConfig: { fragmentMasking: false },
      config: documents,
    },
  },
}

export default config
