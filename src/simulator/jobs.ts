import { type Call, type Handler } from './call.ts'
import { writeTime } from './clock.ts'
import { type ErrorObject, invalid, Refusal, refuse } from './errors.ts'
import { ulid } from './ids.ts'
import type { Entry } from './entry.ts'
import { addEntry, createdAnswer, type Kind, tableOf } from './records.ts'

const mostInProgress = 500
const keptMs = 7 * 86_400_000

/**
 * A bulk job: it is answered `processing` with zero counts, its elements take effect when what was
 * accepted becomes visible, and its own status follows later still.
 */
export function bulkJob<Element>({
  kind,
  elementsOf,
  most,
  relation,
  work,
}: {
  readonly kind: Kind
  readonly elementsOf: (body: unknown) => readonly Element[]
  readonly most: number
  readonly relation: string
  /** Does one element; what it returns is the id of the thing. A refusal is the element's error. */
  readonly work: (call: Call, element: Element, place: number) => string
}): Handler {
  return (call) => {
    const elements = elementsOf(call.body)
    if (elements.length > most) {
      throw invalid(`At most ${most} elements can be sent in one job.`, '/data/attributes')
    }
    const running = [...tableOf(call, kind).values()].filter(
      ({ attributes }) => attributes['status'] === 'processing',
    )
    if (running.length >= mostInProgress) {
      throw refuse(
        400,
        'invalid',
        'Invalid input.',
        `At most ${mostInProgress} jobs can be in progress at a time.`,
        { source: { pointer: '/data' } },
      )
    }
    const entry = addEntry(call, kind, ulid(call.now), {
      status: 'processing',
      total_count: elements.length,
      completed_count: 0,
      failed_count: 0,
      completed_at: null,
      errors: [],
      expires_at: writeTime(call.now + keptMs),
    })
    const answer = createdAnswer(call, kind, entry, 202)
    call.world.later(() => {
      const errors: ErrorObject[] = []
      const ids: string[] = []
      for (const [place, element] of elements.entries()) {
        try {
          ids.push(work(call, element, place))
        } catch (error) {
          if (!(error instanceof Refusal)) throw error
          errors.push(...error.errors)
        }
      }
      call.world.later(
        () => complete(call, entry, relation, ids, errors),
        call.world.choices.jobLagMs,
      )
    })
    return answer
  }
}

function complete(
  call: Call,
  entry: Entry,
  relation: string,
  ids: string[],
  errors: readonly ErrorObject[],
): void {
  const now = call.world.clock.now()
  entry.updated = now
  entry.related[relation] = ids
  Object.assign(entry.attributes, {
    status: 'complete',
    completed_count: ids.length,
    failed_count: errors.length,
    completed_at: writeTime(now),
    errors: errors.map(({ id, code, title, detail, source }) => ({
      id,
      code,
      title,
      detail,
      source: { pointer: source?.pointer ?? null },
    })),
  })
}

export function jobKind(type: string, path: string, relations: Kind['relations']): Kind {
  return { type, path, pageSize: 100, created: 'created_at', relations }
}
