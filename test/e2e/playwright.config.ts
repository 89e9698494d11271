import { defineConfig } from '@playwright/test'

/**
 * Journeys through the real thing: `browser` (Chromium on `smm dashboard`),
 * `electron` (the development app) and `packed` (what `npm run pack` makes).
 */
export default defineConfig({
  testDir: '.',
  outputDir: '../../test-results',
  timeout: 90_000,
  expect: { timeout: 20_000 },
  workers: 1,
  // As in vitest.config.ts: a crowded machine may starve a real browser once.
  retries: process.env['CI'] === 'true' ? 1 : 0,
  forbidOnly: process.env['CI'] === 'true',
  projects: [
    { name: 'browser', testMatch: /browser.*\.spec\.ts/ },
    { name: 'electron', testMatch: /electron.*\.spec\.ts/ },
    { name: 'packed', testMatch: /packed.*\.spec\.ts/ },
  ],
})
