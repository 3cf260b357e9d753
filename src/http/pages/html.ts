import { plain } from '../../core/index.ts'

/** Markup that was put together here. Everything else that goes into a template is text, and escaped. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type Content =
  | Html
  | string
  | number
  | false
  | null
  | undefined
  | readonly (Html | string | number | false | null | undefined)[]

/** A template whose values are escaped; `false`, `null` and `undefined` are nothing. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  let text = parts[0] ?? ''
  contents.forEach((content, index) => {
    text += textOf(content) + (parts[index + 1] ?? '')
  })
  return new Html(text)
}

function textOf(content: Content): string {
  if (content instanceof Html) return content.text
  if (content === false || content === null || content === undefined) return ''
  if (typeof content === 'object') return content.map(textOf).join('')
  return plain(String(content)).replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
