import type { FastifySchemaValidationError } from 'fastify'
import { listIdPattern } from '../core/index.ts'
import { Problem } from './problem.ts'

/** What does not fit a shape, as `verbose` has it. */
interface Misfit extends FastifySchemaValidationError {
  readonly parentSchema?: { readonly description?: unknown; readonly type?: unknown }
}

/**
 * What of a request does not have the shape that it should, in sentences for people, each with the place.
 * Nothing of what was sent is repeated but the names of fields.
 */
export function invalidOf(
  validation: readonly FastifySchemaValidationError[],
  context = 'body',
): Problem {
  const misfits: readonly Misfit[] = validation
  const errors = decisive(misfits).map((misfit) => {
    const pointer = `${misfit.instancePath}${fieldIn(misfit)}`
    return { pointer: `/${context}${pointer}`, message: sentenceOf(misfit, nameOf(pointer)) }
  })
  const detail = [...new Set(errors.map(({ message }) => message))].join(' ')
  return new Problem(400, 'invalid_request', detail, { errors })
}

/** Where a value may be of one shape or another, what is wrong by the first says enough; "or null" is no help. */
function decisive(misfits: readonly Misfit[]): readonly Misfit[] {
  const unions = misfits.filter(({ keyword }) => keyword === 'anyOf')
  const left = misfits.filter(({ keyword, instancePath, params }) => {
    if (keyword === 'anyOf') return false
    const isBranch = unions.some((union) => instancePath === union.instancePath)
    return !(isBranch && keyword === 'type' && params['type'] === 'null')
  })
  return left.length === 0 ? misfits : left
}

/** As a JSON pointer: the field that is missing, or too much. Of others the place alone says which. */
function fieldIn({ params }: Misfit): string {
  const field = params['missingProperty'] ?? params['additionalProperty']
  return typeof field === 'string' && isName(field) ? `/${field}` : ''
}

/** `/settings/rules/0/name` as people write it: settings.rules[0].name. */
function nameOf(pointer: string): string {
  const names = pointer.split('/').slice(1)
  return names
    .map((name) => (isName(name) ? name : '…'))
    .map((name, place) =>
      /^\d+$/u.test(name) && place > 0 ? `[${name}]` : place === 0 ? name : `.${name}`,
    )
    .join('')
}

/** Whoever sends an address as the name of a field should not find it in a message. */
function isName(text: string): boolean {
  return /^[\w$-]{1,60}$/u.test(text)
}

function sentenceOf(misfit: Misfit, name: string): string {
  const { keyword, params } = misfit
  if (keyword === 'required') return `${name} is needed.`
  if (keyword === 'additionalProperties' || keyword === 'unevaluatedProperties') {
    const field = String(params['additionalProperty'] ?? params['unevaluatedProperty'])
    return isName(field)
      ? `There is no field ${name}. Check how it is written.`
      : 'A field has a name that is not known here.'
  }
  const what = name === '' ? 'What is sent' : name
  return `${what} has to ${wanted(misfit)}.`
}

function wanted({ keyword, params, parentSchema }: Misfit): string {
  const limit = Number(params['limit'])
  switch (keyword) {
    case 'type':
      return `be ${kinds.get(String(params['type'])) ?? 'of another kind'}`
    case 'enum':
      return `be ${list((params['allowedValues'] as readonly unknown[]).map(String))}`
    case 'minLength':
      return limit === 1 ? 'be filled in' : `have at least ${limit} characters`
    case 'maxLength':
      return `have at most ${limit} characters`
    case 'minimum':
      return `be ${limit} or more`
    case 'maximum':
      return `be ${limit} or less`
    case 'minItems':
      return `hold at least ${limit}`
    case 'maxItems':
      return `hold at most ${limit}`
    case 'uniqueItems':
      return 'hold nothing twice'
    case 'format':
      return params['format'] === 'date-time'
        ? 'be a time, as 2026-11-03T14:05:00Z'
        : `be ${String(params['format'])}`
    case 'pattern':
      return (
        patterns.get(String(params['pattern'])) ??
        `be written as its page of the API says${explained(parentSchema?.description)}`
      )
    default:
      return `be as its page of the API says${explained(parentSchema?.description)}`
  }
}

function explained(description: unknown): string {
  return typeof description === 'string' ? `: ${description}` : ''
}

const kinds = new Map([
  ['string', 'a text'],
  ['integer', 'a whole number'],
  ['number', 'a number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'an object'],
  ['null', 'null'],
])

/** The patterns of `api`, in words. */
const patterns = new Map([
  ['\\S', 'hold more than spaces'],
  ['^\\S+$', 'be without spaces'],
  [listIdPattern, 'be the id of one of Klaviyo’s lists: letters and digits, as Y6nRLr'],
  ['^\\w+$', 'be letters and digits'],
  [
    '^[^\\s/?#@:]{1,253}(:[0-9]{1,5})?$',
    'be a domain without https://, path and spaces, as shop.example',
  ],
  ['^[A-Z]{2}$', 'be a country’s code of two capital letters, as DE'],
  ['^[A-Z]{3}$', 'be a currency’s code of three capital letters, as EUR'],
  ['^[a-z0-9][a-z0-9-]{0,39}$', 'be 1 to 40 small letters, digits and hyphens, as my-shop'],
  ['^[A-Za-z0-9_-]+$', 'be an id: letters, digits, - and _'],
  ['^[^\\s@]+@[^\\s@]+$', 'be an email address, as ada@shop.example'],
  ['^([1-9][0-9]?|100)$', 'be a number from 1 to 100'],
  ['^[1-9][0-9]{0,8}$', 'be a number from 1'],
  ['^[a-z_]{1,40}$', 'be the first part of an act’s name: small letters and _'],
  ['^[A-Za-z][A-Za-z0-9_+/-]*$', 'be a time zone, as Europe/Berlin'],
  ['\\S\\s*\\S\\s*\\S', 'be a few words: three letters at least'],
])

function list(values: readonly string[]): string {
  const last = values.at(-1) ?? ''
  return values.length < 2 ? last : `${values.slice(0, -1).join(', ')} or ${last}`
}
