export type { KubeObject, ResourceKind } from './object.ts'
