import type { TSchema } from 'typebox'
import type { AnyOperation, May } from '../../api/index.ts'
import { type Permission, permissions } from '../../core/index.ts'

/** The shared shape of every refusal; see `api/shapes.ts`. */
export const problemId = 'Problem'

/** One source for the check of what comes, the form of what goes, and the OpenAPI page. */
export function schemaOf(operation: AnyOperation): object {
  const { id, path, may, summary, description, params, query, body, answer, status, contentType } =
    operation
  const problem = {
    description: 'It was refused',
    content: { 'application/problem+json': { schema: { $ref: `${problemId}#` } } },
  }
  return {
    operationId: id,
    summary,
    description: [description, whoMay(may)].filter((text) => text !== undefined).join('\n\n'),
    tags: [tagOf(path)],
    ...(params === undefined ? {} : { params }),
    // A name that is not known is a mistake, also where none is.
    querystring: query ?? { type: 'object', additionalProperties: false, properties: {} },
    ...(body === undefined ? {} : { body }),
    security:
      may === 'everybody' ? [] : [{ session: [] }, ...(isForTokens(may) ? [{ token: [] }] : [])],
    response: {
      ...(answer === undefined
        ? { 204: { type: 'null', description: 'Done' } }
        : { [status ?? 200]: answerOf(answer, contentType) }),
      '4xx': problem,
      '5xx': problem,
    },
  }
}

function answerOf(answer: TSchema, contentType: string | undefined): object {
  const description = 'It worked'
  if (contentType === undefined)
    return { description, content: { 'application/json': { schema: answer } } }
  return { description, content: { [contentType]: { schema: answer } } }
}

function isForTokens(may: May): boolean {
  return may === 'caller' || may in permissions
}

function whoMay(may: May): string {
  return may in permissions ? needs(may as Permission) : others[may as Exclude<May, Permission>]
}

function needs(permission: Permission): string {
  return `Needs the permission \`${permission}\`: ${permissions[permission].roles.join(', ')}.`
}

const others: Readonly<Record<Exclude<May, Permission>, string>> = {
  everybody: 'Needs no sign-in.',
  half: 'For whoever is signing in, or signed in.',
  caller: 'For everybody who is signed in, and for tokens.',
  member: 'For members who are signed in; not for tokens.',
  operator: 'For the installation’s operator.',
}

/** The thing that the path is about: its last name. */
function tagOf(path: string): string {
  const names = path.split('/').filter((part) => part !== '' && !part.startsWith(':'))
  return names[0] === 'workspaces' ? (names[1] ?? 'workspaces') : (names[0] ?? '')
}
