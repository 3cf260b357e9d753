import type { Static } from 'typebox'
import * as api from '../../api/index.ts'
import {
  type Configuration,
  configurationOf,
  type ImportStep,
  importPlan,
  type InPlace,
} from '../../core/index.ts'
import { checkConfiguration, importInto, inPlaceIn } from '../configuration.ts'
import type { AdminParts } from './parts.ts'
import { nothingHere, type Serve } from './serve.ts'

/** M28: the configuration as one file, out and in. */
export function serveConfiguration(serve: Serve, parts: AdminParts): void {
  serve(api.exportConfiguration, async ({ params }) =>
    configurationOf(await installed(params.workspaceId)),
  )

  serve(api.planImport, async ({ params, body }) => {
    const file = fileOf(body)
    checkConfiguration(file, parts.kit)
    return stepsShape(importPlan(await installed(params.workspaceId), file))
  })

  serve(api.importConfiguration, async (ask) => {
    const { workspaceId } = ask.params
    const file = fileOf(ask.body)
    checkConfiguration(file, parts.kit)
    const actOf = (...act: Parameters<typeof ask.act>) => ask.act(...act)
    const steps = await importInto(parts, workspaceId, file, { now: ask.now, actOf })
    await parts.engine.reload()
    return stepsShape(steps)
  })

  async function installed(workspaceId: string): Promise<InPlace> {
    const found = await inPlaceIn(parts, workspaceId)
    if (found === undefined) throw nothingHere()
    return found
  }
}

/** Its shape was checked. */
function fileOf(body: Static<typeof api.Configuration>): Configuration {
  return { note: '', ...body }
}

function stepsShape(steps: readonly ImportStep[]) {
  return { data: steps.map((step) => ({ ...step, changes: [...step.changes] })) }
}
