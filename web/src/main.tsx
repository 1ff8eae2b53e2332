import '@mantine/core/styles.layer.css'
import '@mantine/notifications/styles.layer.css'
import './style.css'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createBrowserRouter } from 'react-router'
import { RouterProvider } from 'react-router/dom'
import { queries } from './data/queries.ts'
import { startWorker } from './data/worker.ts'
import { startWords } from './i18n.ts'
import { pageNonce } from './nonce.ts'
import { routes } from './routes.tsx'
import { resolver, theme } from './theme.ts'

/** Mantine writes styles at run time; the page lets in those that carry its nonce. */
const nonce = pageNonce()
// What keeps the page behind a dialog from scrolling writes one as well, and looks for the nonce here.
Object.assign(globalThis, { __webpack_nonce__: nonce })

/** Draws the console. */
function draw(root: Element): void {
  createRoot(root).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={resolver}
        defaultColorScheme="auto"
        getStyleNonce={() => nonce}
      >
        <Notifications position="bottom-right" />
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  )
}

await startWords()
const router = createBrowserRouter(routes)
// Gone where the browser is too old: `public/supported.js` has said so in its place.
const root = document.querySelector('#root')
if (root !== null) {
  draw(root)
  void startWorker((path) => void router.navigate(path))
}
