import { useWorkspaceId } from '../place.ts'
import { addressOfPage, type PageName, pages } from '../routes.tsx'

/** The address of a page of this workspace; undefined where there is none of this name. */
export function usePageLink(): (
  page: string,
  search?: Readonly<Record<string, string | undefined>>,
  params?: Readonly<Record<string, string>>,
) => string | undefined {
  const workspaceId = useWorkspaceId()
  return (page, search = {}, params = {}) => {
    if (workspaceId === undefined || !isPage(page)) return undefined
    const given = Object.entries(search).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    )
    const query = new URLSearchParams(given).toString()
    return `${addressOfPage(workspaceId, page, params)}${query === '' ? '' : `?${query}`}`
  }
}

function isPage(name: string): name is PageName {
  return Object.hasOwn(pages, name)
}
