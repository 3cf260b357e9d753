import * as api from '../../api/index.ts'
import { originsOf, type SourceRow } from '../../core/index.ts'
import { changeSource } from '../change-source.ts'
import { Problem } from '../problem.ts'
import { isoOrNone } from './iso.ts'
import type { AdminParts } from './parts.ts'
import { nothingHere, type Serve } from './serve.ts'

const hourMs = 3_600_000

/** Ways for events to come in. A server's key is shown when it is made; a page's is no secret. */
export function serveSources(serve: Serve, parts: AdminParts): void {
  const { config, ids } = parts

  serve(api.listSources, async ({ params }) => ({
    data: (await config.sources(params.workspaceId)).map(sourceShape),
  }))

  serve(api.createSource, async (ask) => {
    const { workspaceId } = ask.params
    const { storeId, name } = ask.body
    const stores = await config.stores(workspaceId)
    if (!stores.some(({ id }) => id === storeId)) throw nothingHere()
    const source: SourceRow = {
      workspaceId,
      id: ids.newId('src', ask.now),
      storeId,
      name: name.trim(),
      writeKey: ids.newWriteKey(),
      browserKey: ids.newBrowserKey(),
      browserMay: 'behaviour',
      enabled: true,
    }
    const act = ask.act('source.add', source.id, { after: { name: source.name, storeId } })
    await config.addSource(source, act)
    return { ...sourceShape(source), writeKey: source.writeKey }
  })

  serve(api.changeSource, async (ask) => {
    const { params, body } = ask
    const changes = { ...body, ...(body.origins && { origins: read(body.origins) }) }
    const changed = await changeSource(config, params, changes, (former) => {
      const { name, enabled, browserMay, origins = [] } = former
      const before = { name, enabled, browserMay: browserMay ?? null, origins }
      return ask.act('source.change', params.sourceId, { before, after: changes })
    })
    return sourceShape(changed)
  })

  serve(api.rollWriteKey, async (ask) => {
    const { workspaceId, sourceId } = ask.params
    const former = await find(workspaceId, sourceId)
    const writeKey = ids.newWriteKey()
    const formerUntil = ask.now + ask.body.overlapHours * hourMs
    const act = ask.act('source.roll', sourceId)
    await config.rollWriteKey(workspaceId, sourceId, writeKey, formerUntil, act)
    return { ...sourceShape({ ...former, formerUntil }), writeKey }
  })

  async function find(workspaceId: string, sourceId: string): Promise<SourceRow> {
    const source = (await config.sources(workspaceId)).find(({ id }) => id === sourceId)
    if (source === undefined) throw nothingHere()
    return source
  }
}

function read(given: readonly string[]): readonly string[] {
  const origins = originsOf(given)
  if (origins === undefined) {
    throw new Problem(
      400,
      'invalid_origins',
      'Name pages by their origin, as https://shop.example or https://*.shop.example.',
    )
  }
  return origins
}

function sourceShape({
  id,
  storeId,
  name,
  enabled,
  browserKey,
  browserMay,
  origins = [],
  formerUntil,
}: SourceRow) {
  return {
    id,
    storeId,
    name,
    enabled,
    browserKey,
    browserMay,
    origins: [...origins],
    formerKeyUntil: isoOrNone(formerUntil),
  }
}
