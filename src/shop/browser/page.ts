import type { ProductData } from './product.ts'

/** What the page's server put into it. */
export interface PageData {
  readonly query?: string
  readonly count?: number
  readonly product?: ProductData
  readonly products?: readonly ProductData[]
}

/** The one element that it is about. Throws when the page has none. */
// The caller knows what kind of element it wrote there.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function one<Kind extends HTMLElement = HTMLElement>(selector: string): Kind {
  const found = document.querySelector<Kind>(selector)
  if (found === null) throw new Error(`The page has no ${selector}`)
  return found
}

export type Answer = Readonly<
  Partial<Record<'message' | 'order' | 'userId' | 'email' | 'token' | 'link', string>>
> & { readonly cart?: Readonly<Record<string, number>> }

/** Rejects with what to tell the shopper. */
export async function post(path: string, body: object): Promise<Answer> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answer = (await response.json()) as Answer
  if (!response.ok) throw new Error(answer.message ?? 'This did not work.')
  return answer
}

/** Sends the form's fields, and says in its `output` what came of it. */
export function submitted(
  selector: string,
  path: string,
  done: (answer: Answer, fields: Readonly<Record<string, string>>) => string,
  more: () => object = () => ({}),
): void {
  const form = one<HTMLFormElement>(selector)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const fields = fieldsOf(form)
    void answerOf(path, { ...fields, ...more() }, (answer) => done(answer, fields)).then((said) => {
      const output = form.querySelector('output')
      if (output !== null) output.textContent = said
      return said
    })
  })
}

/** What to say of it, whether it worked or not. */
async function answerOf(
  path: string,
  body: object,
  done: (answer: Answer) => string,
): Promise<string> {
  try {
    const given = await post(path, body)
    return done(given)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

export function fieldsOf(form: HTMLFormElement): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...new FormData(form)].flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  )
}

export const euro = (amount: number): string =>
  new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' }).format(amount)
