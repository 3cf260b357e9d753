import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Configuration as Shape } from '../../api/index.ts'
import {
  type Clock,
  type Configuration,
  configurationOf,
  type Engine,
  importPlan,
  type InPlace,
  type Kit,
  type Setup,
} from '../../core/index.ts'
import { checkConfiguration, type Ids, importInto, inPlaceIn } from '../configuration.ts'
import { needConfiguration } from '../configuration-file.ts'
import { Problem } from '../problem.ts'
import { textsOf } from '../query.ts'

interface Parts {
  readonly config: Setup
  readonly engine: Engine
  readonly kit: Kit
  readonly clock: Clock
  readonly ids: Ids
}

/** M28 for the command line. The workspace is the first where none is named. */
export function configurationRoutes(parts: Parts) {
  const { config, engine, kit, clock } = parts
  return async (app: FastifyInstance): Promise<void> => {
    app.get('/api/configuration', async ({ query }) => configurationOf(await placeIn(query)))

    const ofFile = {
      schema: { body: Shape },
      preValidation: async ({ body }: FastifyRequest) => needConfiguration(body),
    }

    app.post('/api/configuration/plan', ofFile, async ({ query, body }) => {
      const file = body as Configuration
      checkConfiguration(file, kit)
      return { data: importPlan(await placeIn(query), file) }
    })

    app.post('/api/configuration', ofFile, async ({ query, body, ip }) => {
      const file = body as Configuration
      checkConfiguration(file, kit)
      const { workspace } = await placeIn(query)
      const now = clock.now()
      const data = await importInto(parts, workspace.id, file, {
        now,
        actOf: (action, target, change = {}) => ({
          workspaceId: workspace.id,
          at: now,
          by: { type: 'local' },
          address: ip,
          action,
          ...(target === undefined ? {} : { target }),
          ...change,
        }),
      })
      await engine.reload()
      return { data }
    })
  }

  async function placeIn(query: unknown): Promise<InPlace> {
    const wanted = textsOf(query).get('workspace') ?? (await config.workspaces())[0]?.id
    const found = wanted === undefined ? undefined : await inPlaceIn(parts, wanted)
    if (found === undefined) {
      throw new Problem(
        404,
        'no_such_workspace',
        'There is no such workspace. Make one: tillpost init',
      )
    }
    return found
  }
}
