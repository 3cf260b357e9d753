import type { ServerResponse } from 'node:http'
import { style } from './style.ts'

/** Markup that is safe to put into markup; everything else is escaped first. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Part = Html | string | number | null | undefined | readonly Part[]

/** A template whose values are escaped. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Html {
  let text = strings[0] ?? ''
  for (const [place, value] of values.entries()) text += write(value) + (strings[place + 1] ?? '')
  return new Html(text)
}

function write(value: Part): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Html) return value.text
  if (typeof value === 'string' || typeof value === 'number') return escape(String(value))
  return value.map((part) => write(part)).join('')
}

const entities = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
])

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => entities.get(letter) ?? letter)
}

/** A whole page, with the simulator's look. */
export function page({
  title,
  content,
  script = '',
  narrow = false,
}: {
  readonly title: string
  readonly content: Html
  readonly script?: string
  readonly narrow?: boolean
}): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Klaviyo simulator</title>
        <link rel="icon" href="data:," />
        <style>
          ${new Html(style)}
        </style>
      </head>
      <body class="${narrow ? 'alone' : ''}">
        ${content} ${script === '' ? '' : new Html(`<script>${script}</script>`)}
      </body>
    </html>`
}

export function sendPage(response: ServerResponse, status: number, content: Html): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(content.text),
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  })
  response.end(content.text)
}
