import type { Tone } from '../../ui/index.ts'

/** The map's colours, taken from the page's theme so that both always agree. */
export interface Palette {
  readonly page: string
  readonly card: string
  readonly text: string
  readonly subtle: string
  readonly border: string
  readonly icon: string
  readonly edge: string
  /** The band below edges between clusters. */
  readonly accent: string
  readonly selection: string
  readonly tones: Readonly<Record<Tone, string>>
  readonly boxes: Readonly<
    Record<'cluster' | 'namespace' | 'app', { readonly fill: string; readonly stroke: string }>
  >
  readonly fontFamily: string
  readonly headingFamily: string
}

/** Reads the palette from the theme's tokens as they are now. */
export function readPalette(theme: 'light' | 'dark'): Palette {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string) => style.getPropertyValue(`--pf-t--global--${name}`).trim()
  const dark = theme === 'dark'
  return {
    page: token('background--color--primary--default'),
    card: token(`background--color--${dark ? 'floating' : 'primary'}--default`),
    text: token('text--color--regular'),
    subtle: token('text--color--subtle'),
    border: dark ? '#707070' : '#a3a3a3',
    icon: token('icon--color--subtle'),
    edge: dark ? '#8f9aa8' : '#7a8594',
    accent: dark ? '#8f7fd14d' : '#876fd440',
    selection: token('color--brand--default'),
    tones: {
      success: token('icon--color--status--success--default'),
      warning: dark ? '#ffcc17' : '#b98412',
      danger: dark ? '#f9735f' : '#c9190b',
      info: token('icon--color--status--info--default'),
      muted: token('icon--color--subtle'),
    },
    boxes: dark
      ? {
          cluster: { fill: '#1d1f23', stroke: '#55606e' },
          namespace: { fill: '#272a30', stroke: '#434b56' },
          app: { fill: '#30343b', stroke: '#4b535f' },
        }
      : {
          cluster: { fill: '#f3f6fa', stroke: '#b3c0d1' },
          namespace: { fill: '#ffffff', stroke: '#d3dbe6' },
          app: { fill: '#f4f6f9', stroke: '#dfe5ed' },
        },
    fontFamily: token('font--family--body'),
    headingFamily: token('font--family--heading'),
  }
}
