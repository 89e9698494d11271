import { layout, type Layout, type LayoutInput } from './layout.ts'

/** What the page asks; answers carry the same number. */
export interface LayoutRequest {
  readonly number: number
  readonly input: LayoutInput
}

/** What the worker answers. */
export interface LayoutAnswer {
  readonly number: number
  readonly layout: Layout
}

self.addEventListener('message', ({ data }: MessageEvent<LayoutRequest>) => {
  const answer: LayoutAnswer = { number: data.number, layout: layout(data.input) }
  self.postMessage(answer)
})
