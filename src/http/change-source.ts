import type { Act, Setup, SourceRow } from '../core/index.ts'
import { Problem } from './problem.ts'

type Changes = Parameters<Setup['changeSource']>[2]

/** What may be changed of a source, by the admin and by the command line alike. Resolves with what it is then. */
export async function changeSource(
  config: Pick<Setup, 'sources' | 'changeSource'>,
  { workspaceId, sourceId }: { readonly workspaceId: string; readonly sourceId: string },
  changes: Changes,
  actOf: (former: SourceRow) => Act | undefined = () => undefined,
): Promise<SourceRow> {
  const former = (await config.sources(workspaceId)).find(({ id }) => id === sourceId)
  if (former === undefined) {
    throw new Problem(404, 'not_found', 'There is nothing with this id here.')
  }
  if (changes.browserMay !== undefined && former.browserKey === undefined) {
    throw new Problem(409, 'no_browser_key', 'Its source gets a browser key at the next start.')
  }
  await config.changeSource(workspaceId, sourceId, changes, actOf(former))
  return { ...former, ...changes }
}
