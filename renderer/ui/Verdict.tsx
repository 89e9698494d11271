import { Icon, Label } from '@patternfly/react-core'
import type { ComponentProps } from 'react'
import type { IconShape, Look, Tone } from './looks.ts'

const labelColors: Readonly<Record<Tone, NonNullable<ComponentProps<typeof Label>['color']>>> = {
  success: 'green',
  warning: 'orange',
  danger: 'red',
  info: 'blue',
  muted: 'grey',
}

/** Draws a shape in the text's colour and size. */
function ShapeIcon({ shape, title }: { shape: IconShape; title?: string }) {
  const { xOffset = 0, yOffset = 0, width, height, svgPathData } = shape.icon
  return (
    <svg
      className="pf-v6-svg"
      viewBox={`${xOffset} ${yOffset} ${width} ${height}`}
      fill="currentColor"
      width="1em"
      height="1em"
      role={title === undefined ? undefined : 'img'}
      aria-label={title}
      aria-hidden={title === undefined}
    >
      <path d={svgPathData} />
    </svg>
  )
}

/** An icon in its verdict's colour, for beside a text that says the verdict. */
export function VerdictIcon({ look }: { look: Look }) {
  const status = look.tone === 'muted' ? undefined : look.tone
  return (
    <Icon {...(status === undefined ? {} : { status })} isInline>
      <ShapeIcon shape={look.shape} />
    </Icon>
  )
}

/** A verdict as a label: icon, word and colour. */
export function VerdictLabel({ look, compact = false }: { look: Look; compact?: boolean }) {
  return (
    <Label
      color={labelColors[look.tone]}
      icon={<ShapeIcon shape={look.shape} />}
      isCompact={compact}
    >
      {look.text}
    </Label>
  )
}
