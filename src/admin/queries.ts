import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { Problem } from './call.ts'
import { setSessionOver } from './session-over.ts'
import { hasUnsaved } from './unsaved.ts'

export const queries = new QueryClient({
  queryCache: new QueryCache({ onError: standingChanged, onSuccess: () => setSessionOver(false) }),
  mutationCache: new MutationCache({ onError: standingChanged }),
  defaultOptions: {
    queries: {
      staleTime: 5000,
      // What was refused is refused again; what did not answer may the next time.
      retry: (count, error) => count < 2 && (!(error instanceof Problem) || isPassing(error)),
      retryDelay: (count, error) =>
        (error instanceof Problem ? error.retryAfterMs : undefined) ?? 500 * 2 ** count,
    },
    mutations: { retry: false },
  },
})

function isPassing({ status }: Problem): boolean {
  return status === 0 || status === 502 || status === 503 || status === 504
}

/** Who one is, or what one may do, is not what the page takes it for any more. */
function standingChanged(error: unknown): void {
  if (!(error instanceof Problem)) return
  if (error.status === 401) signInAgain(error)
  // A role was taken away, or the workspace left: what one may not do any more goes from the page.
  if (error.status === 403 || error.status === 404)
    void queries.invalidateQueries({ queryKey: ['whoAmI'] })
}

/** The session is over: sign in, and come back to where one was; in another tab where something would be lost. */
function signInAgain(error: Problem): void {
  if (error.code !== 'sign_in' && error.code !== 'mfa_required') return
  if (!location.pathname.startsWith('/admin')) return
  if (hasUnsaved()) return setSessionOver(true)
  const here = location.pathname + location.search
  location.assign(here === '/admin' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(here)}`)
}
