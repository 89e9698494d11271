export { filterGraph } from './filter.ts'
export type { Visible } from './filter.ts'
export { buildScene, drawnAtMost, sceneAt, securityOf } from './scene.ts'
export type { Level, Scene, SceneBox, SceneEdge, SceneNode, Security } from './scene.ts'
