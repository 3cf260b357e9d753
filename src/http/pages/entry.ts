import type { FastifyInstance } from 'fastify'
import { entryPath, entryScript, style, stylePath } from './assets.ts'
import { type Html, html } from './html.ts'
import { page } from './page.ts'

/** The pages that everybody may see: sign-in, and what one-time links open. All they do, the admin API does. */
export function entryRoutes() {
  return async (app: FastifyInstance): Promise<void> => {
    for (const [path, asset] of [
      [stylePath, { type: 'text/css', text: style }],
      [entryPath, { type: 'text/javascript', text: entryScript }],
    ] as const) {
      app.get(path, async (_request, reply) =>
        reply
          .type(`${asset.type}; charset=utf-8`)
          .header('cache-control', 'public, max-age=31536000, immutable')
          .send(asset.text),
      )
    }
    for (const { path, title, body } of pages) {
      const text = page({ title, body, script: entryPath, entry: path.slice(1) })
      app.get(path, async (_request, reply) => reply.type('text/html; charset=utf-8').send(text))
    }
  }
}

const email = html`<label
  >Email address
  <input type="email" name="email" autocomplete="username" required maxlength="254" />
</label>`

const name = html`<label
  >Your name
  <input type="text" name="name" autocomplete="name" required maxlength="100" />
</label>`

const newPassword = html`<label
  >Password, at least 12 characters
  <input
    type="password"
    name="password"
    autocomplete="new-password"
    required
    minlength="12"
    maxlength="128"
  />
</label>`

function form(attributes: Html, fields: Html, button: string): Html {
  return html`<p id="said" class="problem" role="alert" hidden></p>
    <form class="entry" ${attributes}>
      ${fields}
      <button type="submit">${button}</button>
    </form>`
}

const pages: readonly { readonly path: string; readonly title: string; readonly body: Html }[] = [
  {
    path: '/sign-in',
    title: 'Sign in',
    body: lone(
      'Sign in',
      form(
        html`data-path="/session"`,
        html`<div data-step="first">
            ${email}
            <label
              >Password
              <input
                type="password"
                name="password"
                autocomplete="current-password"
                required
                maxlength="128"
              />
            </label>
          </div>
          <div data-step="second" hidden>
            <label
              >Code of the authenticator, or a recovery code
              <input
                type="text"
                name="code"
                autocomplete="one-time-code"
                required
                minlength="6"
                maxlength="32"
                disabled
              />
            </label>
          </div>`,
        'Sign in',
      ),
    ),
  },
  {
    path: '/welcome',
    title: 'Welcome',
    body: lone(
      'Make the first member',
      html`<p>Whoever you are now looks after this Tillpost, and owns its workspaces.</p>
        ${form(html`data-path="/owner" data-link`, html`${email}${name}${newPassword}`, 'Begin')}`,
    ),
  },
  {
    path: '/join',
    title: 'Invitation',
    body: lone(
      'Join',
      form(
        html`data-path="/invite/accept" data-link`,
        html`<div data-new>${name}${newPassword}</div>`,
        'Join',
      ),
    ),
  },
  {
    path: '/reset',
    title: 'New password',
    body: lone(
      'Set a new password',
      form(html`data-path="/reset" data-link data-then="/sign-in"`, newPassword, 'Set it'),
    ),
  },
  {
    path: '/account',
    title: 'Your account',
    body: lone(
      'Your account',
      html`<ul id="workspaces"></ul>
        <p><button type="button" id="sign-out">Sign out</button></p>`,
    ),
  },
]

function lone(title: string, body: Html): Html {
  return html`<section class="lone">
    <h1>${title}</h1>
    <p id="lead"></p>
    ${body}
  </section>`
}
