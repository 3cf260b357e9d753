import type { Page } from 'playwright-core'
import { type PageName, pages } from '../../src/admin/routes.tsx'

/** One picture: the page's address below the workspace, and what a person did there before it was taken. */
export interface Scene {
  readonly name: string
  readonly path: string
  readonly act?: (page: Page) => Promise<void>
}

/** What the seed made, for scenes that need one of it. */
export interface Made {
  /** Ids of messages: an order that Klaviyo took, and one that it refused. */
  readonly taken: string
  readonly refused: string
}

/** At least one picture a page: where a page of `routes.tsx` has none, this does not compile. */
export function scenesOf({ taken, refused }: Made): readonly Scene[] {
  const of: Readonly<
    Record<PageName, readonly (Omit<Scene, 'path'> & Partial<Pick<Scene, 'path'>>)[]>
  > = {
    overview: [{ name: 'overview' }],
    live: [{ name: 'live' }],
    events: [
      { name: 'events' },
      {
        name: 'event',
        path: `events?open=${taken}`,
        act: (page) => page.getByRole('dialog').getByText('Let through').waitFor(),
      },
    ],
    event: [
      { name: 'event-page', path: `events/${refused}` },
      {
        name: 'event-answered',
        path: `events/${refused}`,
        act: (page) => page.getByRole('tab', { name: 'Klaviyo answered' }).click(),
      },
    ],
    shoppers: [{ name: 'shoppers' }, { name: 'shopper', path: `shoppers?event=${taken}` }],
    failed: [
      { name: 'failed' },
      {
        name: 'failed-cause',
        act: (page) => page.getByRole('button', { name: /^See/ }).first().click(),
      },
    ],
    send: [{ name: 'send' }],
    rules: [{ name: 'rules' }],
    integrations: [{ name: 'integrations' }],
    connection: [{ name: 'connection' }],
    stores: [
      { name: 'stores' },
      {
        name: 'stores-add',
        act: async (page) => {
          await page.getByRole('button', { name: 'Add store' }).click()
          await page.getByRole('dialog').waitFor()
        },
      },
    ],
    segments: [{ name: 'segments' }],
    testEvent: [
      {
        name: 'test',
        act: async (page) => {
          await page.getByRole('button', { name: 'Preview' }).click()
          await page.getByRole('region', { name: 'What it becomes' }).waitFor()
        },
      },
    ],
    diagnose: [
      {
        name: 'diagnose',
        act: async (page) => {
          await page.getByRole('combobox', { name: 'What?' }).fill('Placed Order')
          await page.getByRole('button', { name: 'Check' }).click()
          await page.getByText('Step by step').waitFor()
        },
      },
    ],
    syncs: [{ name: 'syncs' }],
    settings: [{ name: 'settings' }],
    members: [{ name: 'members' }],
    tokens: [{ name: 'tokens' }],
    trail: [{ name: 'trail' }],
    operator: [{ name: 'operator' }],
  }
  return Object.entries(of).flatMap(([page, scenes]) =>
    scenes.map((scene) => ({ path: pages[page as PageName].path, ...scene })),
  )
}
