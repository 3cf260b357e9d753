import { describe, expect, test } from 'vitest'
import { connectionOf, endOf, planOf } from '../sample.suite.ts'

const bots = [
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/138.0 Safari/537.36',
  'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36',
  'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
  'Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)',
  'Mozilla/5.0 (Linux; Android 11) AppleWebKit/537.36 Chrome/119 Mobile Safari/537.36 Chrome-Lighthouse',
  'Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)',
]

const people = [
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Linux; Android 10; CUBOT X30) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 [FBAN/FBIOS;FBAV/500.0]',
  'okhttp/4.12.0',
  'axios/1.11.0',
  'ShopApp/3.1 CFNetwork/1568 Darwin/24.0.0',
  '',
  7,
  null,
]

describe('what bots do', () => {
  test.each(bots)('Z19 is not sent, unless it is asked for: %s', (userAgent) => {
    for (const call of [{ event: 'Product Viewed' }, { type: 'page' }, { type: 'identify' }]) {
      const raw = { ...call, context: { userAgent } }
      expect(endOf(planOf(raw))).toBe('bot_traffic')
      expect(endOf(planOf(raw, connectionOf('storefront', { botTracking: true })))).toBeUndefined()
      expect(endOf(planOf(raw, connectionOf('stream')))).toBeUndefined()
    }
  })

  test.each(people)('people, apps and servers are not taken for bots: %s', (userAgent) => {
    expect(endOf(planOf({ event: 'Product Viewed', context: { userAgent } }))).toBeUndefined()
  })

  test('an order goes, whoever the shop says made it', () => {
    const raw = { event: 'Order Completed', context: { userAgent: bots[0] } }
    expect(endOf(planOf(raw))).toBeUndefined()
  })

  test('a long text is looked at in part, and takes no time', () => {
    const start = performance.now()
    planOf({ event: 'Product Viewed', context: { userAgent: 'bo'.repeat(200_000) } })
    expect(performance.now() - start).toBeLessThan(500)
  })
})
