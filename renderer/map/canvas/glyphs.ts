import { ClusterIconConfig } from '@patternfly/react-icons/dist/esm/icons/cluster-icon'
import { CubeIconConfig } from '@patternfly/react-icons/dist/esm/icons/cube-icon'
import { CubesIconConfig } from '@patternfly/react-icons/dist/esm/icons/cubes-icon'
import { DatabaseIconConfig } from '@patternfly/react-icons/dist/esm/icons/database-icon'
import { GlobeIconConfig } from '@patternfly/react-icons/dist/esm/icons/globe-icon'
import { LayerGroupIconConfig } from '@patternfly/react-icons/dist/esm/icons/layer-group-icon'
import { LockIconConfig } from '@patternfly/react-icons/dist/esm/icons/lock-icon'
import { LockOpenIconConfig } from '@patternfly/react-icons/dist/esm/icons/lock-open-icon'
import { NetworkIconConfig } from '@patternfly/react-icons/dist/esm/icons/network-icon'
import { RouteIconConfig } from '@patternfly/react-icons/dist/esm/icons/route-icon'
import type { IconShape } from '../../ui/index.ts'
import type { SceneNode } from '../scene/index.ts'

/** The padlocks of an edge: closed for mTLS, open for plaintext or a mixture. */
export const locks = { closed: LockIconConfig, open: LockOpenIconConfig } as const

/** The icon of a card. */
export function kindGlyph(kind: SceneNode['kind'], kubernetesKind: string | null): IconShape {
  switch (kind) {
    case 'workload':
      return kubernetesKind === 'StatefulSet' ? DatabaseIconConfig : CubeIconConfig
    case 'app':
      return CubesIconConfig
    case 'service':
      return NetworkIconConfig
    case 'gateway':
      return RouteIconConfig
    case 'external':
      return GlobeIconConfig
    case 'namespace':
      return LayerGroupIconConfig
    case 'cluster':
      return ClusterIconConfig
  }
}

const paths = new WeakMap<IconShape, Path2D>()

/** Draws an icon into a square, in the colour set as fill. */
export function drawGlyph(
  ctx: CanvasRenderingContext2D,
  shape: IconShape,
  x: number,
  y: number,
  size: number,
): void {
  const { xOffset = 0, yOffset = 0, width, height, svgPathData } = shape.icon
  let path = paths.get(shape)
  if (path === undefined) {
    path = new Path2D(svgPathData)
    paths.set(shape, path)
  }
  const scale = size / Math.max(width, height)
  ctx.save()
  ctx.translate(x + (size - width * scale) / 2, y + (size - height * scale) / 2)
  ctx.scale(scale, scale)
  ctx.translate(-xOffset, -yOffset)
  ctx.fill(path)
  ctx.restore()
}
