import type { Static } from 'typebox'
import * as api from '../../api/index.ts'
import {
  type ActName,
  allOn,
  type Connection,
  type Fault,
  faultOfMappings,
  faultOfRules,
  type Kit,
  type Settings,
  settingsOf,
  type Version,
} from '../../core/index.ts'
import { differenceOf } from '../settings-difference.ts'
import { Problem } from '../problem.ts'
import { actorsIn } from './actors.ts'
import { connectionOf } from './connections.ts'
import { pageFrom, placeIn } from './cursor.ts'
import { isoOf } from './iso.ts'
import { needList } from './lists.ts'
import type { AdminParts } from './parts.ts'
import { type Ask, nothingHere, type Serve } from './serve.ts'
import { settingsShape } from './settings-shape.ts'

/** Each change makes a new version; any of them can be made the newest again. */
export function serveSettings(serve: Serve, parts: AdminParts): void {
  const { access, config, engine, secrets } = parts

  serve(api.changeSettings, async (ask) => {
    const { workspaceId, connectionId } = ask.params
    const { version, settings: changes } = ask.body
    const beyond = Object.keys(changes).find((name) => !api.operable.includes(name))
    if (beyond !== undefined && !ask.may('develop')) {
      throw new Problem(403, 'forbidden', `Changing ${beyond} needs the permission develop.`)
    }
    const connection = await connectionOf(parts, workspaceId, connectionId)
    if (version !== undefined && version !== connection.version) {
      throw new Problem(
        409,
        'version_old',
        `Somebody changed the settings meanwhile: the newest version is ${connection.version}. Read it, then change that.`,
      )
    }
    needSettings(changes, parts.kit)
    const { listId } = changes
    if (typeof listId === 'string' && listId !== connection.settings.listId) {
      await needList(parts, connection, listId)
    }
    return change(ask, connection, withChanges(connection.settings, changes), 'settings.change')
  })

  serve(api.switchAllOn, async (ask) => {
    const connection = await connectionOf(parts, ask.params.workspaceId, ask.params.connectionId)
    return change(ask, connection, allOn(connection.settings), 'settings.all_on')
  })

  serve(api.applyPreset, async (ask) => {
    const connection = await connectionOf(parts, ask.params.workspaceId, ask.params.connectionId)
    return change(ask, connection, settingsOf(ask.body.preset), 'settings.preset')
  })

  serve(api.listVersions, async ({ params, query }) => {
    const { workspaceId, connectionId } = params
    await connectionOf(parts, workspaceId, connectionId)
    const list = `versions:${workspaceId}:${connectionId}:${query.of ?? ''}`
    const { limit, after } = placeIn<number>(secrets, list, query)
    const page = { limit: limit + 1, ...(after === undefined ? {} : { before: after }) }
    const rows =
      query.of === 'rules'
        ? await versionsOfRules(workspaceId, connectionId, page)
        : await config.versions(workspaceId, connectionId, page)
    const actor = await actorsIn(access, workspaceId)
    return pageFrom(secrets, list, rows, {
      limit,
      position: ({ version }: Version) => version,
      shape: ({ version, changedAt, by, settings }) => ({
        version,
        changedAt: isoOf(changedAt),
        ...(by === undefined ? {} : { by: actor(by) }),
        settings: settingsShape(settings),
      }),
    })
  })

  /** Those after which other rules or mappings held than before. The first has nothing before it. */
  async function versionsOfRules(
    workspaceId: string,
    connectionId: string,
    page: { readonly limit: number; readonly before?: number },
  ): Promise<readonly Version[]> {
    const found: Version[] = []
    let { before } = page
    for (;;) {
      // One more than is judged: it is what the oldest is compared with.
      const some = await config.versions(workspaceId, connectionId, {
        limit: step + 1,
        ...(before === undefined ? {} : { before }),
      })
      for (const [place, version] of some.slice(0, step).entries()) {
        const former = some[place + 1]
        if (former === undefined || rulesIn(former) !== rulesIn(version)) found.push(version)
      }
      if (found.length >= page.limit || some.length <= step) return found.slice(0, page.limit)
      before = some[step - 1]!.version
    }
  }

  serve(api.restoreVersion, async (ask) => {
    const { workspaceId, connectionId, version } = ask.params
    const connection = await connectionOf(parts, workspaceId, connectionId)
    const former = await config.settingsAt(workspaceId, connectionId, Number(version))
    if (former === undefined) throw nothingHere()
    return change(ask, connection, former, 'settings.restore')
  })

  async function change(
    ask: Pick<Ask<unknown, unknown, unknown>, 'act' | 'now'>,
    { workspaceId, id, settings: former }: Connection,
    settings: Settings,
    action: ActName,
  ) {
    const act = ask.act(action, id, differenceOf(former, settings))
    const version = await config.changeSettings(workspaceId, id, settings, ask.now, act)
    await engine.reload()
    return { version, settings: settingsShape(settings) }
  }
}

const step = 100

function rulesIn({ settings: { rules, withoutRule, mappings } }: Version): string {
  return JSON.stringify([rules, withoutRule, mappings])
}

type Changes = Static<typeof api.changeSettings.body & object>['settings']

/** Throws a `Problem` with the first thing that the shapes cannot tell. */
export function needSettings({ rules, mappings }: Changes, kit: Kit): void {
  if (rules !== undefined) needNone(faultOfRules(rules, kit), 'rules')
  if (mappings !== undefined) needNone(faultOfMappings(mappings), 'mappings')
}

function needNone(fault: Fault | undefined, name: string): void {
  if (fault === undefined) return
  const { pointer, message } = fault
  throw new Problem(422, `invalid_${name}`, message, {
    errors: [{ pointer: `/body/settings/${name}${pointer}`, message }],
  })
}

export function withChanges(settings: Settings, changes: Changes): Settings {
  const next = { ...settings, ...changes, switches: { ...settings.switches, ...changes.switches } }
  // Of the shape's own names: null unsets those that need not be there.
  return Object.fromEntries(
    Object.entries(next).filter(([, value]) => value !== null && value !== undefined),
  ) as unknown as Settings
}
