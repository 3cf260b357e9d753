import type { Event } from '../event.ts'

/**
 * Whether a bot did it, by what it says of itself. A short list of our own: longer ones, made for web servers, also
 * name the libraries (`okhttp`, `axios`) with which a shop's app or server sends what people did.
 */
export function isByBot(event: Event): boolean {
  const userAgent = event.context?.['userAgent']
  if (typeof userAgent !== 'string') return false
  // Most of them are a person's browser: told without looking further. Longer texts are no browser's.
  return bot.test(userAgent.slice(0, maxLength))
}

const maxLength = 500

/**
 * Crawlers and previews end their name in `bot`, `spider` or `crawler`, but for those named one by one. CUBOT makes
 * phones.
 */
const bot = new RegExp(
  [
    '(?<!cu)bot(?![a-z])',
    'spider(?![a-z])',
    'crawler',
    'HeadlessChrome',
    'PhantomJS',
    'Lighthouse',
    'PageSpeed',
    'Google-Read-Aloud',
    'Google-InspectionTool',
    'GoogleOther',
    'Mediapartners-Google',
    'Storebot-Google',
    'BingPreview',
    'Yahoo! Slurp',
    'facebookexternalhit',
    'facebookcatalog',
    'meta-externalagent',
    'WhatsApp/',
    'SkypeUriPreview',
    'Pingdom',
    'UptimeRobot',
    'StatusCake',
    'Site24x7',
    'GTmetrix',
    'Screaming Frog',
    'ia_archiver',
    'Bytespider',
    'ChatGPT-User',
    'Perplexity-User',
    'Claude-User',
  ].join('|'),
  'iu',
)
