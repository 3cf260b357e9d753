import type { PresetName } from './settings.ts'

/** What a preset asks Klaviyo for when a store is connected by the app: what its functions need, and no more. */
export function scopesOf(preset: PresetName): readonly string[] {
  return preset === 'try-on' ? tryOn : shop
}

/** T6: exactly these. Profile details travel inside events. */
const tryOn = [
  'accounts:read',
  'campaigns:read',
  'campaigns:write',
  'events:read',
  'events:write',
  'lists:read',
  'metrics:read',
  'profiles:read',
  'segments:read',
  'segments:write',
] as const

const shop = [
  'accounts:read',
  'events:read',
  'events:write',
  'lists:read',
  'lists:write',
  'metrics:read',
  'metrics:write',
  'profiles:read',
  'profiles:write',
  'segments:read',
  'segments:write',
  'subscriptions:read',
  'subscriptions:write',
] as const
