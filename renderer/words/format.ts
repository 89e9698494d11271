/** What stands where a value is not known. Never 0. */
export const notKnown = '–'

const threeDigits = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** A count, with thousands set apart. */
export function formatCount(count: number | null): string {
  return count === null ? notKnown : whole.format(count)
}

/** Requests per second, three digits: `12.3/s`. */
export function formatRate(perSecond: number | null): string {
  if (perSecond === null) return notKnown
  if (perSecond > 0 && perSecond < 0.01) return '<0.01/s'
  return `${perSecond >= 1000 ? whole.format(perSecond) : threeDigits.format(perSecond)}/s`
}

/** Bytes per second in decimal units: `1.2 kB/s`. */
export function formatBytesRate(bytesPerSecond: number | null): string {
  if (bytesPerSecond === null) return notKnown
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytesPerSecond
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${threeDigits.format(value)} ${units[unit] ?? 'B'}/s`
}

/** A ratio from 0 to 1 as a percentage. What is neither none nor all never looks like it. */
export function formatRatio(ratio: number | null): string {
  if (ratio === null) return notKnown
  const percent = ratio * 100
  if (percent > 0 && percent < 0.01) return '<0.01 %'
  if (percent > 99.9 && percent < 100) return '>99.9 %'
  return `${percent < 10 ? threeDigits.format(Number(percent.toFixed(2))) : threeDigits.format(percent)} %`
}

/** A latency: `4.2 ms`, `1.5 s`. */
export function formatLatency(milliseconds: number | null): string {
  if (milliseconds === null) return notKnown
  return milliseconds < 1000
    ? `${threeDigits.format(milliseconds)} ms`
    : `${threeDigits.format(milliseconds / 1000)} s`
}

/** A span of time in its one or two largest units: `40 s`, `3 min`, `2 h 5 min`, `4 d`. */
export function formatDuration(seconds: number): string {
  const total = Math.max(0, Math.round(seconds))
  if (total < 60) return `${total} s`
  const minutes = Math.floor(total / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  const days = Math.floor(hours / 24)
  return days >= 4 || hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`
}

/** How long ago a moment was; `now` below two seconds. */
export function formatAgo(isoTime: string, nowMs: number): string {
  const seconds = (nowMs - Date.parse(isoTime)) / 1000
  return seconds < 2 ? 'just now' : `${formatDuration(seconds)} ago`
}

/** A count with its noun: `1 cluster`, `4 clusters`. */
export function formatPlural(count: number, singular: string, plural = `${singular}s`): string {
  return `${whole.format(count)} ${count === 1 ? singular : plural}`
}
