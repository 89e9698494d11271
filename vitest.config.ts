import { defineConfig } from 'vitest/config'

/** Node's own way to resolve packages. Vite's adds `development`, which would load a second copy of graphql. */
const asNode = { resolve: { conditions: ['node', 'module-sync', 'import', 'default'] } }

export default defineConfig({
  test: {
    // A crowded machine may starve a real server once; what is broken fails twice.
    retry: process.env['CI'] === 'true' ? 1 : 0,
    projects: [
      {
        ssr: asNode,
        test: {
          name: 'unit',
          include: ['{main,preload,scripts,test/rig}/**/*.test.ts'],
        },
      },
      {
        test: {
          name: 'renderer',
          include: ['renderer/**/*.test.{ts,tsx}'],
        },
      },
      {
        ssr: asNode,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          exclude: ['test/integration/mesh/**'],
          testTimeout: 60_000,
          hookTimeout: 180_000,
          // Rigs share nothing, but each is a dozen servers.
          maxWorkers: 2,
        },
      },
      {
        ssr: asNode,
        test: {
          name: 'mesh',
          include: ['test/integration/mesh/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
