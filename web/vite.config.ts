import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { compressed } from './compressed.ts'
import { serviceWorker } from './service-worker.ts'

/** Where `npm run dev -w web` sends what is not the console's own. */
const SERVER = process.env['NABAT_URL'] ?? 'http://localhost:8080'

export default defineConfig({
  plugins: [react(), serviceWorker(), compressed()],
  // The server puts a fresh one in place of this into each page it gives out (server/src/http/console.ts).
  html: { cspNonce: 'NABAT_NONCE' },
  build: {
    // The first that know light-dark() in styles (spring 2024): older ones would be served something that works by halves.
    target: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    // Nothing in data: addresses, which the content security policy does not let through.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Said by the test of the budget instead (server/test/console-size.test.ts), which counts what is loaded first.
    chunkSizeWarningLimit: 2_000,
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': SERVER, '/letter-frame': SERVER } },
})
