import { isBuiltin } from 'node:module'
import type { Import } from './imports.ts'

/** A broken house rule: which import, and why it is not allowed. */
export interface Violation {
  readonly from: string
  readonly to: string
  readonly rule: string
}

/** The rooms of `main/` from left to right; a room may call rooms of earlier entries only. */
const order: readonly (readonly string[])[] = [
  ['state'],
  ['kube', 'prom'],
  ['fleet'],
  ['recording'],
  ['mesh'],
  ['traffic'],
  ['charts'],
  ['desired'],
  ['analysis'],
  ['plan'],
  ['graphql', 'operator'],
  ['cli'],
]
/** Rooms without effects, and the only packages they may use: parsers of text. */
const pure = new Set(['mesh', 'traffic', 'desired', 'analysis'])
const purePackages = new Set(['yaml', 'zod'])

/** Names of all rooms under `main/`; a folder that is none of these is itself a violation. */
export const rooms: ReadonlySet<string> = new Set([...order.flat(), 'desktop'])

/**
 * Judges imports by the house's rules (ARCHITECTURE.md). Unit tests of a room
 * live by the same rules, except that a pure room's test may use Node and test libraries.
 */
export function judge(imports: readonly Import[]): readonly Violation[] {
  return imports.flatMap((it) => {
    const rule = brokenRule(it)
    return rule === null ? [] : [{ from: it.from, to: it.to, rule }]
  })
}

function brokenRule(it: Import): string | null {
  const from = place(it.from)
  const isTest = /\.test\.tsx?$/.test(it.from)
  if (from.area === 'main' && !rooms.has(from.room)) return `main/${from.room} is not a room`
  if (it.local) return brokenLocalRule(it, from, isTest)
  if (/^electron($|\/)/.test(it.to) && from.room !== 'desktop' && from.area !== 'preload')
    return 'only main/desktop and preload import electron'
  if (/^vis-(network|data)/.test(it.to) && !it.from.startsWith('renderer/map/'))
    return 'only renderer/map imports vis-network'
  if (from.area === 'renderer' && isBuiltin(it.to) && !isTest) return 'the renderer has no Node'
  if (from.room === 'prom' && it.to.startsWith('@kubernetes/'))
    return 'prom knows no Kubernetes client: fleet hands it a transport'
  if (pure.has(from.room) && !isTest && !it.typeOnly && !purePackages.has(it.to))
    return `main/${from.room} is pure: no ${it.to}`
  return null
}

function brokenLocalRule(it: Import, from: Place, isTest: boolean): string | null {
  const to = place(it.to)
  if (from.area === to.area && from.room === to.room) return null
  if (from.area === 'test' || from.area === 'scripts')
    return from.area === 'scripts' && to.area === 'test' && !/record|bench|sample/.test(it.from)
      ? 'scripts do not depend on tests'
      : null
  if (to.area === 'test') return isTest ? null : 'the product does not depend on its tests'
  if (from.area === 'renderer') {
    if (to.area === 'preload')
      return it.typeOnly ? null : 'of preload the renderer imports only the type of its one object'
    return to.area === 'renderer' ? null : `the renderer imports nothing of ${to.area}`
  }
  if (from.area !== 'main') return from.area === to.area ? null : `${from.area} imports only itself`
  if (to.area === 'preload' && from.room === 'desktop') return null
  // For the version alone.
  if (it.to === 'package.json') return null
  if (to.area !== 'main') return `main imports nothing of ${to.area}`
  if (!it.to.endsWith(`main/${to.room}/index.ts`))
    return `main/${to.room} is entered by its index.ts only`
  if (from.room === 'desktop')
    return to.room === 'state' ? null : 'desktop imports state only; the backend is its own process'
  if (rank(to.room) >= rank(from.room)) return `main/${from.room} may not call main/${to.room}`
  if (pure.has(from.room) && !pure.has(to.room) && !it.typeOnly && !isTest)
    return `main/${from.room} is pure: of main/${to.room} it imports types only`
  return null
}

interface Place {
  readonly area: string
  readonly room: string
}

function place(path: string): Place {
  const [area = '', room = ''] = path.split('/')
  return { area, room: area === 'main' ? room : area === 'test' ? 'test' : '' }
}

function rank(room: string): number {
  return order.findIndex((level) => level.includes(room))
}
