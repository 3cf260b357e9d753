import { Anchor, Group, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReasonCode } from '../../core/reason.ts'
import { useWords } from '../language.ts'
import { useConnection } from '../place.ts'
import type { PageName } from '../routes.tsx'
import { words } from '../words/ways.ts'
import { usePageLink } from './page-link.ts'

/** Where something is put right, and with what in the address. */
const places = {
  answers: ['syncs', { errors: 'true' }],
  key: ['connection', {}],
  list: ['connection', {}],
  permissions: ['connection', {}],
  resume: ['connection', {}],
  rules: ['rules', {}],
  send: ['send', {}],
  settings: ['connection', {}],
  stores: ['stores', {}],
} as const satisfies Readonly<Record<string, readonly [PageName, Readonly<Record<string, string>>]>>
type Way = keyof typeof places

/** Where the cause of each is put right; left out: not in Tillpost. */
const waysOf: ReadonlyMap<string, readonly Way[]> = new Map<ReasonCode, readonly Way[]>([
  ['klaviyo_rejected', ['rules', 'send', 'list']],
  ['rejected_after_retry', ['rules', 'send', 'list']],
  ['payload_too_large', ['rules']],
  ['retries_exhausted', ['answers']],
  ['single_failure', ['answers']],
  ['not_seen', ['answers']],
  ['scope_missing', ['permissions']],
  ['scope_not_asked', ['permissions']],
  ['kept_for_next_event', ['permissions']],
  ['subscription_left_out', ['permissions']],
  ['key_invalid', ['key']],
  ['app_uninstalled', ['key']],
  ['paused', ['resume']],
  ['connection_off', ['settings']],
  ['rule_dropped', ['rules']],
  ['no_rule', ['rules']],
  ['event_disabled', ['send']],
  ['nothing_to_send', ['send']],
  ['metric_name_invalid', ['send']],
  ['no_identifier', ['settings']],
  ['consent_missing', ['settings']],
  ['staff_traffic', ['settings']],
  ['bot_traffic', ['settings']],
  ['failed_expired', ['settings']],
  ['release_cycle', ['settings']],
  ['own_cap', ['settings']],
  ['invalid_phone', ['stores']],
])

/** Of what Klaviyo refused of a subscription: it is nothing about the event. */
const waysOfSubscription: readonly Way[] = ['list', 'permissions']

/** The ways to where the cause of a reason is put right. */
export function Ways({
  code,
  path = '',
}: {
  readonly code: string
  /** What Klaviyo was asked when it refused. */
  readonly path?: string | undefined
}) {
  const say = useWords(words)
  const linkTo = usePageLink()
  const connection = useConnection()?.id
  const isSubscription = path.includes('subscription')
  const known = waysOf.get(code)
  const ways = known?.includes('list') && isSubscription ? waysOfSubscription : known
  if (ways === undefined) return null
  return (
    <Group gap="xs" role="group" aria-label={say.label}>
      <Text size="sm" c="dimmed" span>
        {say.label}:
      </Text>
      {ways.map((way) => {
        const [page, search] = places[way]
        const of = page === 'syncs' ? { of: connection } : { connection }
        const address = linkTo(page, page === 'stores' ? {} : { ...search, ...of })
        return (
          address !== undefined && (
            <Anchor key={way} component={Link} size="sm" to={address}>
              {say.ways[way]}
            </Anchor>
          )
        )
      })}
    </Group>
  )
}
