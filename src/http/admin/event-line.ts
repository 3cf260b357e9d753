import type { Static } from 'typebox'
import type * as api from '../../api/index.ts'
import {
  type Connection,
  type Event,
  type Identifiers,
  type Kit,
  type Mapper,
  mapperOf,
  type Mask,
  reasons,
} from '../../core/index.ts'
import type { FoundRow } from '../event-rows.ts'
import { asItWas } from '../formers.ts'
import { destinationOf, type OverviewParts } from '../overview.ts'
import { isoOf } from './iso.ts'
import { metricOf } from './metric-names.ts'

export type Line = Static<typeof api.EventLine>

/** What an event is worth is said by what it becomes. */
export async function mapperFor(
  { config, kit }: Pick<OverviewParts, 'config'> & { readonly kit: Kit },
  connection: Connection,
): Promise<Mapper> {
  const scopes = (await destinationOf(config, connection))?.scopes
  return mapperOf(asItWas(connection), kit, scopes === undefined ? undefined : new Set(scopes))
}

export function lineOf(row: FoundRow, mapper: Mapper, mask: Mask): Line {
  const { messageId, seq, lane, type, name, identifiers, occurredAt, receivedAt } = row
  const { outcome, reason, nextAt, former, body } = row
  // Our own text: it was read as an event before it was kept.
  const event = JSON.parse(body) as Event
  const plan = mapper.plan({ ...row, event, bodyBytes: body.length })
  const events = plan.type === 'end' ? [] : plan.actions.filter((one) => one.type === 'event')
  // What is not sent has the name that it would have, too.
  const usual = metricOf(name)
  const metric = events[0]?.metric ?? (usual === name ? undefined : usual)
  const worth = events.find(({ value }) => value !== undefined) ?? events[0]
  return {
    messageId,
    seq,
    lane,
    type,
    name: mask.text(name),
    ...(metric === undefined ? {} : { metric: mask.text(metric) }),
    person: personShape(identifiers, mask),
    ...(worth?.value === undefined ? {} : { value: worth.value }),
    ...(worth?.currency === undefined ? {} : { currency: worth.currency }),
    occurredAt: isoOf(occurredAt),
    receivedAt: isoOf(receivedAt),
    outcome,
    ...(reason === undefined ? {} : { reason, says: reasons[reason].sentence }),
    ...(nextAt === undefined ? {} : { nextAt: isoOf(nextAt) }),
    ...(former === undefined ? {} : { former: formerShape(former) }),
    test: event.context?.['test'] === true,
  }
}

export function formerShape({ id, endedAt }: Connection): Static<typeof api.Former> {
  return { connectionId: id, ...(endedAt === undefined ? {} : { until: isoOf(endedAt) }) }
}

export function personShape(person: Identifiers, mask: Mask): Static<typeof api.Person> {
  const { email, phone, externalId, anonymousId } = mask.identifiers(person)
  return {
    ...(email === undefined ? {} : { email }),
    ...(phone === undefined ? {} : { phone }),
    ...(externalId === undefined ? {} : { id: externalId }),
    ...(anonymousId === undefined ? {} : { anonymousId }),
  }
}
