import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The oldest engine the pages run in. */
const oldestEngine = 'chrome108'

export default defineConfig({
  root: fileURLToPath(new URL('renderer', import.meta.url)),
  base: '/',
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    target: oldestEngine,
    cssTarget: oldestEngine,
    outDir: fileURLToPath(new URL('out/renderer', import.meta.url)),
    emptyOutDir: true,
    // Lightning CSS lowers nesting, colours and the like to the oldest engine while it minifies. As
    // the transformer it would refuse PatternFly's relative URLs in custom properties.
    cssMinify: 'lightningcss',
    // The content security policy allows no inline script, style or font.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
  },
})
