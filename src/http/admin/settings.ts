import type { Static } from 'typebox'
import * as api from '../../api/index.ts'
import {
  allOn,
  type Connection,
  type Json,
  type Settings,
  settingsOf,
  type Version,
} from '../../core/index.ts'
import { Problem } from '../problem.ts'
import { connectionOf } from './connections.ts'
import { pageFrom, placeIn } from './cursor.ts'
import { isoOf } from './iso.ts'
import type { AdminParts } from './parts.ts'
import { type Ask, nothingHere, type Serve } from './serve.ts'
import { settingsShape } from './settings-shape.ts'

/** Each change makes a new version; any of them can be made the newest again. */
export function serveSettings(serve: Serve, parts: AdminParts): void {
  const { config, engine, secrets } = parts

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
    const list = `versions:${workspaceId}:${connectionId}`
    const { limit, after } = placeIn<number>(secrets, list, query)
    const rows = await config.versions(workspaceId, connectionId, {
      limit: limit + 1,
      ...(after === undefined ? {} : { before: after }),
    })
    return pageFrom(secrets, list, rows, {
      limit,
      position: ({ version }: Version) => version,
      shape: ({ version, changedAt, settings }) => ({
        version,
        changedAt: isoOf(changedAt),
        settings: settingsShape(settings),
      }),
    })
  })

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
    action: string,
  ) {
    const act = ask.act(action, id, differenceOf(former, settings))
    const version = await config.changeSettings(workspaceId, id, settings, ask.now, act)
    await engine.reload()
    return { version, settings: settingsShape(settings) }
  }
}

type Changes = Static<typeof api.changeSettings.body & object>['settings']

function withChanges(settings: Settings, changes: Changes): Settings {
  const next = { ...settings, ...changes, switches: { ...settings.switches, ...changes.switches } }
  // Of the shape's own names: null unsets those that need not be there.
  return Object.fromEntries(
    Object.entries(next).filter(([, value]) => value !== null && value !== undefined),
  ) as unknown as Settings
}

/** What is different, and nothing else: whole settings would hide it. */
function differenceOf(former: Settings, next: Settings): { before: Json; after: Json } {
  const names = [...new Set([...Object.keys(former), ...Object.keys(next)])] as (keyof Settings)[]
  const changed = names.filter(
    (name) => JSON.stringify(former[name]) !== JSON.stringify(next[name]),
  )
  const pick = (settings: Settings) =>
    Object.fromEntries(changed.map((name) => [name, (settings[name] ?? null) as Json]))
  return { before: pick(former), after: pick(next) }
}
