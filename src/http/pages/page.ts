import { icon, scriptPath, stylePath } from './assets.ts'
import { type Html, html } from './html.ts'

/** A whole page. `refreshes`: it is fetched anew every few seconds while somebody looks at it. */
export function page({
  title,
  body,
  refreshes = false,
}: {
  readonly title: string
  readonly body: Html
  readonly refreshes?: boolean
}): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Tillpost</title>
        <link rel="icon" href="${icon}" />
        <link rel="stylesheet" href="${stylePath}" />
        ${refreshes && html`<script src="${scriptPath}" defer></script>`}
      </head>
      <body>
        <header class="top">
          <a class="brand" href="/">${mark}Tillpost</a>
          ${refreshes && html`<p class="live" id="live" hidden>Live</p>`}
          <a href="/admin">Admin</a>
        </header>
        <main id="main">${body}</main>
      </body>
    </html>`.text
}

const mark = html`<svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
  <rect x="1" y="1" width="22" height="22" rx="6" class="mark" />
  <path d="M6.5 9.2h11M12 9.2v8.3M8.6 6.5h6.8" class="mark-line" />
</svg>`
