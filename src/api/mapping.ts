import { Type } from 'typebox'
import type { MappingChange, Source } from '../core/index.ts'
import { operation } from './operation.ts'
import { Id, strict } from './shapes.ts'

/** What is in them is told by the core, in sentences. */
export const Mappings = Type.Unsafe<Readonly<Record<string, MappingChange | null>>>(
  Type.Record(Type.String({ maxLength: 256 }), Type.Unknown(), {
    description:
      'Changes to the built-in mappings, by event name: `metric`, `properties` (Klaviyo’s name and where the value ' +
      'comes from; `null` or `leftOut` and that: it does not go, under whichever name), `value`, `currency`, `others`, `drop`; `null` takes a mapping away',
  }),
)

export const listMappings = operation({
  id: 'listMappings',
  method: 'GET',
  path: '/workspaces/:workspaceId/connections/:connectionId/mappings',
  may: 'read',
  summary:
    'What each kind of event becomes: its metric, its properties, and what was changed of it',
  params: strict({ workspaceId: Id, connectionId: Id }),
  answer: strict({
    data: Type.Array(
      strict({
        events: Type.Array(Type.String(), { description: 'Names of the shop’s events' }),
        metric: Type.String({
          description: 'Klaviyo’s name; empty: it takes none of these any more',
        }),
        builtIn: Type.Optional(
          Type.String({
            description: 'The metric as it comes with the product; absent: a mapping of your own',
          }),
        ),
        lines: Type.Optional(Type.String({ description: 'The metric of its lines' })),
        on: Type.Boolean(),
        linesOn: Type.Boolean(),
        changed: Type.Boolean(),
        properties: Type.Array(
          strict({
            name: Type.String(),
            from: Type.String({ description: 'Where the value comes from, for people' }),
            changed: Type.Boolean(),
          }),
        ),
        builtInProperties: Type.Record(Type.String(), Type.Unsafe<Source>(Type.Unknown()), {
          description: 'As they come with the product, by their names: where each value comes from',
        }),
      }),
    ),
  }),
})
