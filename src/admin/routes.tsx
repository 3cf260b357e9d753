import type { ComponentType } from 'react'
import type { Permission } from '../core/roles.ts'
import type { IconName } from './parts/Icon.tsx'
import type { Language } from './language.ts'

/**
 * Every page of a workspace: its address below `/admin/<workspace>/`, what loads it, and where it stands in
 * the navigation. Each is a file of its own for the browser. Pages without a label are reached from others.
 */

type Load = () => Promise<ComponentType>

export interface PageEntry {
  readonly path: string
  readonly load: Load
  readonly label?: Readonly<Record<Language, string>>
  readonly group?: GroupName
  readonly icon?: IconName
  /** Who lacks it does not see the page. `read` unless told. */
  readonly permission?: Permission
  /** It is about one connection: which one is said, and can be chosen. */
  readonly isOfConnection?: true
  /** It has something to say before there is a connection. */
  readonly isUnconnectedToo?: true
  /** Only for whoever looks after the installation. */
  readonly operator?: true
  /** Forms and text: no wider than is read well, its heading with it. */
  readonly isNarrow?: true
}

export const groups = {
  top: undefined,
  watch: { en: 'What happens', de: 'Was geschieht' },
  setUp: { en: 'Set up', de: 'Einrichten' },
  workspace: { en: 'Workspace', de: 'Arbeitsbereich' },
} as const
type GroupName = keyof typeof groups

/** In the order of the navigation. The first that one may see is where one begins. */
export const pages = {
  overview: {
    path: 'overview',
    load: () => import('./pages/Overview.tsx').then(({ Overview }) => Overview),
    label: { en: 'Overview', de: 'Übersicht' },
    group: 'top',
    icon: 'overview',
  },
  live: {
    path: 'live',
    isOfConnection: true,
    load: () => import('./pages/Live.tsx').then(({ Live }) => Live),
    label: { en: 'Live', de: 'Live' },
    group: 'watch',
    icon: 'live',
  },
  events: {
    path: 'events',
    isOfConnection: true,
    load: () => import('./pages/Events.tsx').then(({ Events }) => Events),
    label: { en: 'Events', de: 'Ereignisse' },
    group: 'watch',
    icon: 'event',
  },
  event: {
    path: 'events/$messageId',
    load: () => import('./pages/Event.tsx').then(({ Event }) => Event),
  },
  shoppers: {
    path: 'shoppers',
    isOfConnection: true,
    load: () => import('./pages/Shoppers.tsx').then(({ Shoppers }) => Shoppers),
    label: { en: 'Shoppers', de: 'Personen' },
    group: 'watch',
    icon: 'person',
  },
  failed: {
    path: 'failed',
    isOfConnection: true,
    load: () => import('./pages/Failed.tsx').then(({ Failed }) => Failed),
    label: { en: 'Failed', de: 'Fehlgeschlagen' },
    group: 'watch',
    icon: 'failed',
  },
  send: {
    path: 'send',
    isOfConnection: true,
    load: () => import('./pages/Send.tsx').then(({ Send }) => Send),
    label: { en: 'What we send', de: 'Was wir senden' },
    group: 'setUp',
    icon: 'up',
  },
  rules: {
    path: 'rules',
    isOfConnection: true,
    load: () => import('./pages/Rules.tsx').then(({ Rules }) => Rules),
    label: { en: 'Rules', de: 'Regeln' },
    group: 'setUp',
    icon: 'rules',
  },
  integrations: {
    path: 'integrations',
    load: () => import('./pages/Integrations.tsx').then(({ Integrations }) => Integrations),
    label: { en: 'Integrations', de: 'Integrationen' },
    group: 'setUp',
    icon: 'connection',
    isNarrow: true,
  },
  connection: {
    path: 'integrations/klaviyo',
    isOfConnection: true,
    isUnconnectedToo: true,
    load: () => import('./pages/Connection.tsx').then(({ Connection }) => Connection),
    isNarrow: true,
  },
  stores: {
    path: 'stores',
    load: () => import('./pages/Stores.tsx').then(({ Stores }) => Stores),
    label: { en: 'Stores and sources', de: 'Shops und Quellen' },
    group: 'setUp',
    icon: 'store',
    isNarrow: true,
  },
  segments: {
    path: 'segments',
    isOfConnection: true,
    load: () => import('./pages/Segments.tsx').then(({ Segments }) => Segments),
    label: { en: 'Segments', de: 'Segmente' },
    group: 'setUp',
    icon: 'segment',
    isNarrow: true,
  },
  testEvent: {
    path: 'test',
    isOfConnection: true,
    load: () => import('./pages/TestEvent.tsx').then(({ TestEvent }) => TestEvent),
    label: { en: 'Test event', de: 'Testereignis' },
    group: 'watch',
    icon: 'test',
    permission: 'operate',
    isNarrow: true,
  },
  diagnose: {
    path: 'diagnose',
    isOfConnection: true,
    load: () => import('./pages/Diagnose.tsx').then(({ Diagnose }) => Diagnose),
    label: { en: 'Diagnose', de: 'Diagnose' },
    group: 'watch',
    icon: 'diagnose',
    isNarrow: true,
  },
  syncs: {
    path: 'syncs',
    load: () => import('./pages/Syncs.tsx').then(({ Syncs }) => Syncs),
    label: { en: 'Audit log', de: 'Sync-Protokoll' },
    group: 'watch',
    icon: 'list',
  },
  settings: {
    path: 'settings',
    load: () => import('./pages/Settings.tsx').then(({ Settings }) => Settings),
    label: { en: 'Settings', de: 'Einstellungen' },
    group: 'workspace',
    icon: 'settings',
    isNarrow: true,
  },
  members: {
    path: 'members',
    load: () => import('./pages/Members.tsx').then(({ Members }) => Members),
    label: { en: 'Members', de: 'Mitglieder' },
    group: 'workspace',
    icon: 'members',
    permission: 'manage',
  },
  tokens: {
    path: 'tokens',
    load: () => import('./pages/Tokens.tsx').then(({ Tokens }) => Tokens),
    label: { en: 'API tokens', de: 'API-Tokens' },
    group: 'workspace',
    icon: 'key',
    permission: 'develop',
  },
  trail: {
    path: 'trail',
    load: () => import('./pages/Trail.tsx').then(({ Trail }) => Trail),
    label: { en: 'Admin trail', de: 'Änderungsprotokoll' },
    group: 'workspace',
    icon: 'trail',
    permission: 'manage',
  },
  operator: {
    path: 'operator',
    load: () => import('./pages/Operator.tsx').then(({ Operator }) => Operator),
    label: { en: 'Operator', de: 'Betrieb' },
    group: 'workspace',
    icon: 'operator',
    operator: true,
  },
} as const satisfies Readonly<Record<string, PageEntry>>

export type PageName = keyof typeof pages

export const listed = Object.entries(pages) as [PageName, PageEntry][]

/** The page, or the one that it is reached from. */
export function pageAt(pathname: string): PageEntry | undefined {
  const [, , , first = '', ...more] = pathname.split('/')
  const exactly = [first, ...more].join('/')
  const found =
    listed.find(([, { path }]) => path === exactly) ??
    listed.find(([, { path }]) => path.split('/')[0] === first)
  return found?.[1]
}

/** Pages that everybody may see, under addresses that links printed long ago lead to. */
export const publicPages = {
  '/sign-in': () => import('./pages/SignIn.tsx').then(({ SignIn }) => SignIn),
  '/welcome': () => import('./pages/Welcome.tsx').then(({ Welcome }) => Welcome),
  '/join': () => import('./pages/Join.tsx').then(({ Join }) => Join),
  '/reset': () => import('./pages/Reset.tsx').then(({ Reset }) => Reset),
  '/enter': () => import('./pages/Enter.tsx').then(({ Enter }) => Enter),
} as const satisfies Readonly<Record<string, Load>>

/** Of a person, not of a workspace. */
export const ownPages = {
  account: () => import('./pages/Account.tsx').then(({ Account }) => Account),
  help: () => import('./pages/Help.tsx').then(({ Help }) => Help),
  begin: () => import('./pages/Begin.tsx').then(({ Begin }) => Begin),
} as const satisfies Readonly<Record<string, Load>>

/** The address of a page; `params` fill its `$places`. */
export function addressOfPage(
  workspaceId: string,
  page: PageName,
  params: Readonly<Record<string, string>> = {},
): string {
  const path: string = pages[page].path
  const filled = path.replaceAll(/\$(\w+)/g, (_, key: string) =>
    encodeURIComponent(params[key] ?? ''),
  )
  return `/admin/${encodeURIComponent(workspaceId)}/${filled}`
}
