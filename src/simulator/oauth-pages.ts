import type { IncomingMessage, ServerResponse } from 'node:http'
import { html, type Html, page, sendPage } from './face/html.ts'
import type { Authorization } from './oauth.ts'
import type { World } from './world.ts'

/** Shows the consent page, and takes what is decided there. False: not ours. */
export function answerOAuth(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
): boolean {
  const url = new URL(request.url ?? '/', 'http://simulator')
  const form = new URLSearchParams(body.toString('utf8'))
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /oauth/authorize':
      ask(world, url.searchParams, response)
      return true
    case 'POST /oauth/authorize':
      decide(world, form, response)
      return true
    default:
      return false
  }
}

function redirect(response: ServerResponse, to: string): void {
  response.writeHead(302, { location: to, 'content-length': '0' })
  response.end()
}

function ask(world: World, query: URLSearchParams, response: ServerResponse): void {
  const result = world.oauth.readAuthorization(query)
  if (result.type === 'redirect') {
    redirect(response, result.to)
  } else if (result.type === 'refuse') {
    sendPage(response, 400, notice('This request cannot be answered', result.message))
  } else {
    sendPage(response, 200, consentPage(world, query, result.authorization))
  }
}

function decide(world: World, form: URLSearchParams, response: ServerResponse): void {
  const result = world.oauth.readAuthorization(form)
  if (result.type === 'refuse') {
    sendPage(response, 400, notice('This request cannot be answered', result.message))
    return
  }
  if (result.type === 'redirect') {
    redirect(response, result.to)
    return
  }
  const account =
    form.get('decision') === 'allow'
      ? (world.accounts.get(form.get('account') ?? '') ?? [...world.accounts.values()][0])
      : undefined
  redirect(response, world.oauth.decide(result.authorization, account))
}

function notice(title: string, text: string): Html {
  return page({
    title,
    narrow: true,
    content: html`<main class="card narrow">
      <h1>${title}</h1>
      <p>${text}</p>
    </main>`,
  })
}

function consentPage(world: World, query: URLSearchParams, { app, scopes }: Authorization): Html {
  const accounts = [...world.accounts.values()]
  return page({
    title: `Connect ${app.name}`,
    narrow: true,
    content: html`<main class="card narrow">
      <p class="eyebrow">Klaviyo simulator</p>
      <h1>${app.name} wants to connect</h1>
      <p>It asks to read and change this in your account:</p>
      <ul class="scopes">
        ${scopes.map((scope) => html`<li><code>${scope}</code></li>`)}
      </ul>
      <form method="post" action="/oauth/authorize">
        ${[...query].map(
          ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
        )}
        <label>
          Account
          <select name="account">
            ${accounts.map(({ id, name }) => html`<option value="${id}">${name} (${id})</option>`)}
          </select>
        </label>
        <div class="actions">
          <button name="decision" value="allow" class="primary">Allow</button>
          <button name="decision" value="deny">Deny</button>
        </div>
      </form>
    </main>`,
  })
}
