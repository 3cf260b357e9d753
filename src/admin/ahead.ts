import { plainIn } from './call.ts'
import { lastWorkspace } from './last-workspace.ts'
import { connectionsOf, storesOf, whoAmI } from './place.ts'
import { queries } from './queries.ts'
import { ownPages, pageAt, pages } from './routes.tsx'

/** What the server sent along with the page; see `src/http/app/given.ts`. */
export function takeGiven(): void {
  const text = document.getElementById('given')?.textContent ?? '[]'
  for (const { name, params, query, answer } of JSON.parse(text) as readonly Given[])
    queries.setQueryData([name, params, query], plainIn(answer))
}

interface Given {
  readonly name: string
  readonly params: object
  readonly query: object
  readonly answer: unknown
}

/**
 * What every page of a workspace waits for, and the page itself, asked for at once: each would wait for the one
 * before otherwise. Resolves when all of it is there, and never rejects: who turns out not to be signed in, or no
 * member, is told by whoever shows the answer.
 */
export async function askAhead(pathname: string): Promise<void> {
  const [, area, place = ''] = pathname.split('/')
  if (area !== 'admin') return
  const asked = [queries.prefetchQuery(whoAmI)]
  if (!Object.hasOwn(ownPages, place)) {
    const page = place === '' ? pages.overview : pageAt(pathname)
    // Whoever shows it asks again, and tells what went wrong.
    if (page !== undefined) asked.push(page.load().then(noMatter, noMatter))
    const workspaceId = place === '' ? lastWorkspace() : /^[\w-]+$/.exec(place)?.[0]
    if (workspaceId !== undefined && mayBeMember(workspaceId))
      asked.push(
        queries.prefetchQuery(connectionsOf(workspaceId)),
        queries.prefetchQuery(storesOf(workspaceId)),
      )
  }
  await Promise.all(asked)
}

/** Whoever came along with the page and is no member is not asked about: it would be refused. */
function mayBeMember(workspaceId: string): boolean {
  const me = queries.getQueryData(whoAmI.queryKey)
  return me === undefined || me.workspaces.some(({ id }) => id === workspaceId)
}

function noMatter(): void {}
