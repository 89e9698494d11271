import { expect, it } from 'vitest'
import { countsOf, readCounts } from './counts.ts'

it('reads both runners’ reports', () => {
  expect(countsOf({ numPassedTests: 3, numFailedTests: 1, numPendingTests: 2 })).toEqual({
    passed: 3,
    failed: 1,
    skipped: 2,
  })
  expect(countsOf({ stats: { expected: 4, flaky: 1, unexpected: 0, skipped: 0 } })).toEqual({
    passed: 5,
    failed: 0,
    skipped: 0,
  })
})

it('counts a suite that failed to load, and a report that is missing, as a failure', () => {
  expect(countsOf({ numPassedTests: 3, numFailedTests: 0, numFailedTestSuites: 2 }).failed).toBe(1)
  expect(readCounts('/nonexistent/report.json').failed).toBe(1)
})
