const kept = new Map<string, string>()
const keptAtMost = 4_000

/** The text, or as much of it as fits with an ellipsis, in the font set on the canvas. */
export function fitText(ctx: CanvasRenderingContext2D, text: string, width: number): string {
  const key = `${ctx.font}|${Math.round(width)}|${text}`
  const known = kept.get(key)
  if (known !== undefined) return known
  const fitted = cut(text, (part) => ctx.measureText(part).width <= width)
  if (kept.size >= keptAtMost) kept.clear()
  kept.set(key, fitted)
  return fitted
}

/** Forgets what was measured, as when a font has arrived. */
export function forgetTexts(): void {
  kept.clear()
}

/** The longest beginning that fits with an ellipsis; characters outside the basic plane stay whole. */
export function cut(text: string, fits: (part: string) => boolean): string {
  if (fits(text)) return text
  const characters = Array.from(text)
  let low = 0
  let high = characters.length
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (fits(`${characters.slice(0, middle).join('')}…`)) low = middle
    else high = middle - 1
  }
  return `${characters.slice(0, low).join('')}…`
}
