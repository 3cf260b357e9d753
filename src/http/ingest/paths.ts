import type { EventType } from '../../core/index.ts'

/** What a path takes: one event of the type that it names, or a batch whose events say their own. */
export type Call = EventType | 'batch'

const types = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const

const calls: ReadonlyMap<string, Call> = new Map<string, Call>(
  [
    ...types.flatMap((type): [string, Call][] => [
      [`/v1/${type}`, type],
      [`/v1/${type.charAt(0)}`, type],
    ]),
    ...['/v1/batch', '/v1/b', '/v1/import', '/beacon/v1/batch'].map((path): [string, Call] => [
      path,
      'batch',
    ]),
  ].flatMap(([path, call]): [string, Call][] => [
    [path, call],
    [`${path}/`, call],
  ]),
)

/**
 * The call that a request's URL names, or undefined when it is none of ours. Import is what older SDKs
 * call their batch endpoint: what comes there is as live as the rest.
 */
export function callOf(url: string): Call | undefined {
  const direct = calls.get(url)
  if (direct !== undefined) return direct
  const query = url.indexOf('?')
  return query === -1 ? undefined : calls.get(url.slice(0, query))
}
