import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import { cssVariables, theme } from './theme.ts'
import './theme.css'
import { Hints } from './parts/Hints.tsx'
import { Toasts } from './parts/Toasts.tsx'
import { askAhead, takeGiven } from './ahead.ts'
import { queries } from './queries.ts'
import { router } from './router.tsx'

/** The policy allows styles that carry it, and no others. */
const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? ''

// What keeps the page still behind a dialog writes a style of its own, and looks for it here.
Object.assign(globalThis, { __webpack_nonce__: nonce })

/** So long a page that is still blank waits to be drawn with all it shows, and not once more for each answer. */
const mostBlankMs = 500

takeGiven()
void Promise.race([
  Promise.all([router.load(), askAhead(location.pathname)]),
  new Promise((resolve) => setTimeout(resolve, mostBlankMs)),
]).finally(draw)

function draw(): void {
  createRoot(document.getElementById('root')!).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariables}
        defaultColorScheme="auto"
        getStyleNonce={() => nonce}
      >
        <QueryClientProvider client={queries}>
          <Toasts />
          <Hints />
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  )
}
