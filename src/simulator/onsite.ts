import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * What a shop's page needs of Klaviyo: the script that it loads with the public key, and leave to call the
 * client endpoints from anywhere. The script does what the real one does for a visitor's identity: it keeps
 * who was identified, tells the profile endpoint, and says `Active on Site` for a visitor that it knows.
 */
export function answerPage(request: IncomingMessage, response: ServerResponse): boolean {
  const target = request.url ?? ''
  if (target.startsWith('/client/')) {
    response.setHeader('access-control-allow-origin', '*')
    if (request.method !== 'OPTIONS') return false
    response.writeHead(204, {
      'access-control-allow-headers': 'content-type, revision',
      'access-control-allow-methods': 'POST, GET',
      'access-control-max-age': '600',
    })
    response.end()
    return true
  }
  const key = /^\/onsite\/js\/([^/?]+)\/klaviyo\.js(?:\?|$)/.exec(target)?.[1]
  if (key === undefined || request.method !== 'GET') return false
  response.writeHead(200, {
    'content-type': 'text/javascript; charset=utf-8',
    'access-control-allow-origin': '*',
  })
  response.end(`(${onsite.toString()})(${JSON.stringify(decodeURIComponent(key))})`)
  return true
}

/** Runs in the page: nothing of this file's is in reach there. */
function onsite(companyId: string): void {
  const page = globalThis as unknown as {
    readonly document: { readonly currentScript: { readonly src: string } }
    readonly localStorage: {
      getItem(key: string): string | null
      setItem(key: string, text: string): void
    }
    readonly location: { readonly href: string }
    klaviyo?: object
  }
  const base = new URL(page.document.currentScript.src).origin
  const kept = '__kla_id'
  const call = async (path: string, data: object): Promise<void> => {
    const answer = await fetch(`${base}/client/${path}?company_id=${companyId}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', revision: '2026-07-15' },
      body: JSON.stringify({ data }),
    })
    if (!answer.ok) throw new Error(`Klaviyo answered ${answer.status}`)
  }

  const known = page.localStorage.getItem(kept)
  page.klaviyo = {
    async identify(attributes: Record<string, unknown>) {
      const { email, phone_number, external_id } = attributes
      await call('profiles', {
        type: 'profile',
        attributes: { email, phone_number, external_id },
      })
      page.localStorage.setItem(kept, JSON.stringify({ email, phone_number, external_id }))
    },
    isIdentified: () => page.localStorage.getItem(kept) !== null,
  }
  if (known !== null) {
    void call('events', {
      type: 'event',
      attributes: {
        properties: { page: page.location.href },
        metric: { data: { type: 'metric', attributes: { name: 'Active on Site' } } },
        profile: { data: { type: 'profile', attributes: JSON.parse(known) as unknown } },
      },
    })
  }
}
