import type { CDPSession, Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import type { Received } from '../../src/core/index.ts'
import type { TestServer } from '../harness.ts'
import { startAdmin } from './admin.ts'
import { hasBrowser, openBrowser } from './browser.ts'

const events = 6000
const million = 1_000_000
const perAnswer = 4000
/** In the table: those in sight, and some around them. */
const mostDrawn = 80
/** Of what 4,000 rows more may leave behind: held as they come they would be some 4 MB. */
const mostGrowth = 2 * 1024 * 1024

describe.runIf(hasBrowser)('a long list of events', () => {
  const browser = openBrowser()

  test('whoever scrolls far down, and up again, has each event in its place; page and memory stay small', async () => {
    // Nobody delivers: what is listed is what the test has put there.
    const { server, visit } = await startAdmin(browser, { roles: new Set(['http']) })
    await fill(server)
    const { page, open, quiet } = await visit()
    await open('events')
    await page.getByRole('region', { name: 'Events' }).waitFor()
    const devtools = await page.context().newCDPSession(page)

    await scrollTo(page, 2000)
    expect(await misplaced(page)).toEqual([])
    const early = await heapBytes(devtools)
    await scrollTo(page, events)
    expect(await misplaced(page)).toEqual([])
    await expectSmall(devtools, early)

    // What was let go of is fetched again, without a gap and without a jump.
    await scrollTo(page, 4500)
    expect(await misplaced(page)).toEqual([])
    await page.getByRole('region', { name: 'Events' }).press('End')
    await scrollTo(page, events)
    await scrollTo(page, 1)
    expect(await misplaced(page)).toEqual([])
    await page.getByRole('row').nth(1).getByText('Viewed Product').waitFor()
    quiet()
  })

  test('a million rows scroll to the last and back a way, each in its place; memory stays', async () => {
    const { server, owner, workspaceId, visit } = await startAdmin(browser, {
      roles: new Set(['http']),
    })
    await server.track('Product Viewed', { messageId: 'm-1', userId: 'c-1' })
    const { id } = server.installation.connection
    const path = `/workspaces/${workspaceId}/connections/${id}/events`
    const { body } = await owner.ask('GET', path)
    const { page, open } = await visit()
    const devtools = await page.context().newCDPSession(page)
    // The server would answer so many requests in a quarter of an hour: here its one row stands for all.
    await page.route(
      ({ pathname }) => pathname === `/api/v1${path}`,
      async (route) => {
        const before = Number(new URL(route.request().url()).searchParams.get('cursor') ?? 0)
        const data = Array.from({ length: perAnswer }, (_, n) => ({
          ...body.data[0],
          messageId: `m-${million - before - n}`,
        }))
        const next = before + perAnswer < million ? { next: String(before + perAnswer) } : {}
        await route.fulfill({ json: { ...body, data, ...next } })
      },
    )
    await open('events')
    await page.getByRole('region', { name: 'Events' }).waitFor()
    await scrollTo(page, 100_000)
    const early = await heapBytes(devtools)
    await scrollTo(page, million)
    expect(await misplaced(page, million)).toEqual([])
    await expectSmall(devtools, early)
    await scrollTo(page, million - 3 * perAnswer)
    expect(await misplaced(page, million)).toEqual([])
  })
})

async function fill({ parts, installation }: TestServer): Promise<void> {
  const { workspaceId, sourceId, store } = installation.connection
  const portion = 4000
  for (let from = 1; from <= events; from += portion) {
    const seqs = Array.from({ length: Math.min(portion, events - from + 1) }, (_, n) => from + n)
    await parts.journal.append(
      seqs.map((seq): Received => {
        const event = { type: 'track', event: 'Product Viewed', messageId: `m-${seq}` } as const
        return {
          workspaceId,
          sourceId,
          storeId: store.id,
          lane: 'live',
          event,
          body: JSON.stringify(event),
          name: 'Product Viewed',
          identifiers: { email: `person-${seq}@shop.example` },
          occurredAt: Date.now(),
          receivedAt: Date.now(),
        }
      }),
    )
  }
}

/** As fast as it goes, until the row of that number (from 1) is drawn. */
async function scrollTo(page: Page, row: number): Promise<void> {
  await page.evaluate(
    async ([wanted, most]) => {
      const box = document.querySelector('[role=region][tabindex]')!
      for (;;) {
        // The first is the head.
        const rows = Array.from(
          document.querySelectorAll('tbody tr[aria-rowindex]'),
          (one) => Number(one.getAttribute('aria-rowindex')) - 1,
        )
        if (rows.length > most!) throw new Error(`${rows.length} rows are drawn at once.`)
        if (rows.includes(wanted!)) return
        box.scrollTop = rows.at(-1)! < wanted! ? box.scrollHeight : 0
        await new Promise(requestAnimationFrame)
      }
    },
    [row, mostDrawn],
  )
}

/** Rows in which another event stands than belongs there. */
async function misplaced(page: Page, all = events): Promise<readonly string[]> {
  const rows = await page
    .locator('tbody tr[aria-rowindex]')
    .evaluateAll((drawn) =>
      drawn.map(
        (row) =>
          `${row.getAttribute('aria-rowindex')} ${row.querySelector('a')!.getAttribute('href')}`,
      ),
    )
  expect(rows.length).toBeGreaterThan(5)
  const first = Number.parseInt(rows[0]!, 10)
  return rows.filter((row, place) => {
    const index = first + place
    return !row.startsWith(`${index} `) || !row.endsWith(`open=m-${all - (index - 2)}`)
  })
}

/** An answer that has just come, or was let go of, may still be held by what read it: that passes. */
async function expectSmall(devtools: CDPSession, early: number): Promise<void> {
  let growth = 0
  const grown = async () => (growth = (await heapBytes(devtools)) - early)
  await expect.poll(grown, { timeout: 10_000 }).toBeLessThan(mostGrowth)
  console.log(`heap: ${Math.round(early / 1024)} KB, and ${Math.round(growth / 1024)} KB more`)
}

async function heapBytes(devtools: CDPSession): Promise<number> {
  await devtools.send('HeapProfiler.collectGarbage')
  return (await devtools.send('Runtime.getHeapUsage')).usedSize
}
