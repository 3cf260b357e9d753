import { addressOfPage, type PageName } from '../routes.tsx'

/** What a `Link` to a page needs, with what stands in its address. */
export function toPage(
  workspaceId: string,
  page: PageName,
  search: Readonly<Record<string, string>> = {},
): { readonly to: string; readonly search: never } {
  // The router knows pages by their names alone, so not what each takes.
  return { to: addressOfPage(workspaceId, page), search: search as never }
}
