import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  retainSearchParams,
} from '@tanstack/react-router'
import { Frame } from './parts/Frame.tsx'
import { Loading } from './parts/Loading.tsx'
import { NothingHere } from './parts/NothingHere.tsx'
import { Trouble } from './parts/Trouble.tsx'
import { Start } from './parts/Start.tsx'
import { ownPages, type PageEntry, pages, publicPages } from './routes.tsx'

const root = createRootRoute({ component: Outlet, notFoundComponent: NothingHere })

const entrances = Object.entries(publicPages).map(([path, load]) =>
  createRoute({ getParentRoute: () => root, path, component: lazyOf(load) }),
)

const admin = createRoute({
  getParentRoute: () => root,
  path: '/admin',
  component: Frame,
  // Within the frame: from there one finds on.
  notFoundComponent: NothingHere,
})

const start = createRoute({ getParentRoute: () => admin, path: '/', component: Start })

const own = Object.entries(ownPages).map(([path, load]) =>
  createRoute({ getParentRoute: () => admin, path, component: lazyOf(load) }),
)

const workspace = createRoute({
  getParentRoute: () => admin,
  path: '$workspaceId',
  // Which connection one looks at goes along from page to page.
  search: { middlewares: [retainSearchParams(['connection'] as never)] },
  component: Outlet,
  notFoundComponent: NothingHere,
})

const workspaceStart = createRoute({ getParentRoute: () => workspace, path: '/', component: Start })

const inWorkspace = Object.values(pages as Readonly<Record<string, PageEntry>>).map(
  ({ path, load }) =>
    createRoute({ getParentRoute: () => workspace, path, component: lazyOf(load) }),
)

export const router = createRouter({
  routeTree: root.addChildren([
    ...entrances,
    admin.addChildren([start, ...own, workspace.addChildren([workspaceStart, ...inWorkspace])]),
  ]),
  defaultPreload: 'intent',
  defaultPendingMs: 150,
  defaultPendingComponent: Loading,
  defaultErrorComponent: Trouble,
  defaultNotFoundComponent: NothingHere,
  scrollRestoration: true,
  // Filters are plain texts: `?errors=true`, not JSON.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const pairs = Object.entries(search).flatMap(([key, value]) =>
      value === undefined || value === '' ? [] : [[key, String(value)]],
    )
    return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`
  },
})

function lazyOf(load: PageEntry['load']) {
  return lazyRouteComponent(async () => ({ default: await load() }))
}
