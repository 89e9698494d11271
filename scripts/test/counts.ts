import { existsSync, readFileSync } from 'node:fs'

/** How a stage's tests ended. */
export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/**
 * Reads the counts out of a JSON report of vitest (`numPassedTests` …) or
 * Playwright (`stats.expected` …). A missing or unreadable report counts as one failure:
 * a run that told nothing proved nothing.
 */
export function readCounts(file: string): Counts {
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 }
  return countsOf(JSON.parse(readFileSync(file, 'utf8')))
}

/** The counts in a parsed report; see `readCounts`. */
export function countsOf(report: unknown): Counts {
  const record = isRecord(report) ? report : {}
  const stats = record['stats']
  if (isRecord(stats)) {
    return {
      passed: number(stats['expected']) + number(stats['flaky']),
      failed: number(stats['unexpected']),
      skipped: number(stats['skipped']),
    }
  }
  return {
    passed: number(record['numPassedTests']),
    failed: Math.max(
      number(record['numFailedTests']),
      // A file that fails before its first test has failed no test, yet must not pass.
      Math.min(1, number(record['numFailedTestSuites'])),
    ),
    skipped: number(record['numPendingTests']) + number(record['numTodoTests']),
  }
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
