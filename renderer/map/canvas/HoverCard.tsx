import { healthLooks, VerdictIcon } from '../../ui/index.ts'
import { formatBytesRate, formatRate, formatRatio } from '../../words/index.ts'
import type { Scene, SceneEdge } from '../scene/index.ts'
import type { Point } from '../layout/index.ts'
import type { Hit } from './renderer.ts'
import { protocolName, securityText } from '../words.ts'

/** Width and height in CSS pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

const size = { width: 288, height: 130, away: 14 }

/** The full name and the most telling figures of what is under the pointer. */
export function HoverCard(props: { scene: Scene; hit: Hit; at: Point; within: Size }) {
  const { scene, hit, at, within } = props
  const content = contentOf(scene, hit)
  if (content === null) return null
  const left =
    at.x + size.away + size.width > within.width ? at.x - size.away - size.width : at.x + size.away
  const top =
    at.y + size.away + size.height > within.height
      ? at.y - size.away - size.height
      : at.y + size.away
  return (
    <div
      className="smm-hover"
      style={{ left: Math.max(4, left), top: Math.max(4, top), width: size.width }}
      aria-hidden
    >
      {content}
    </div>
  )
}

function contentOf(scene: Scene, { kind, id }: Hit) {
  if (kind === 'edge') {
    const edge = scene.edges.find((one) => one.id === id)
    return edge === undefined ? null : <EdgeHover scene={scene} edge={edge} />
  }
  const thing = (kind === 'node' ? scene.nodes : scene.boxes).find((one) => one.id === id)
  if (thing === undefined) return null
  const look = healthLooks[thing.health]
  const [member] = thing.members
  const reason = member?.health.reasons.find(({ status }) => status === thing.health)
  return (
    <>
      <strong className="smm-break">{thing.title}</strong>
      {member === undefined || member.cluster === '' || kind === 'box' ? null : (
        <div className="smm-muted smm-break">
          {[member.namespace, member.cluster].filter((part) => part !== '').join(' in ')}
        </div>
      )}
      <div>
        <VerdictIcon look={look} /> {look.text}
      </div>
      {kind !== 'node' || thing.members.length > 1 || reason === undefined ? null : (
        <div className="smm-muted">{reason.message}</div>
      )}
    </>
  )
}

function EdgeHover({ scene, edge }: { scene: Scene; edge: SceneEdge }) {
  const title = (id: string) => scene.nodes.find((node) => node.id === id)?.title ?? ''
  return (
    <>
      <strong className="smm-break">
        {title(edge.source)} → {title(edge.target)}
      </strong>
      <div>
        {edge.protocols.map(protocolName).join(', ')}{' '}
        {edge.requestRate === null
          ? formatBytesRate(edge.bytesPerSecond)
          : formatRate(edge.requestRate)}
        {edge.errorRatio === null ? null : `, ${formatRatio(edge.errorRatio)} errors`}
      </div>
      <div className="smm-muted">
        {securityText(edge.security)}
        {edge.crossCluster ? ' · between clusters' : null}
      </div>
    </>
  )
}
