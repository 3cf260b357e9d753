import { one } from './page.ts'

interface Step {
  readonly messageId: string
  readonly name: string
  readonly receivedAt: string
  readonly outcome: string
  readonly sentence?: string
}

/** What is shown of an outcome: how it looks, and one word. */
const looks: Readonly<Record<string, readonly [look: string, word: string]>> = {
  waiting: ['wait', 'waiting'],
  sending: ['wait', 'sending'],
  retrying: ['wait', 'retrying'],
  held: ['wait', 'held'],
  accepted: ['good', 'at Klaviyo'],
  confirmed: ['good', 'seen in Klaviyo'],
  dropped: ['none', 'not sent'],
  retry: ['wait', 'retry'],
  dead: ['bad', 'failed'],
}

/** The events of this visitor on their way, as they move. Asked for every second while it is open. */
export function openDrawer(): void {
  const drawer = one('#drawer')
  const opener = one('#open-drawer')
  const base = one<HTMLAnchorElement>('.links a').href

  const show = (open: boolean) => {
    drawer.hidden = !open
    opener.setAttribute('aria-expanded', String(open))
    document.body.classList.toggle('drawer-open', open)
    sessionStorage.setItem('drawer', open ? 'open' : '')
    if (open) void refresh()
  }
  opener.addEventListener('click', () => show(drawer.hidden === true))
  one('#close-drawer').addEventListener('click', () => show(false))

  const refresh = async () => {
    const response = await fetch('/api/way')
    const { steps = [], message } = (await response.json()) as {
      readonly steps?: readonly Step[]
      readonly message?: string
    }
    one('#heard').textContent = String(steps.filter(({ outcome }) => outcome === 'accepted').length)
    one('#drawer-note').textContent = message ?? noteFor(steps)
    one('#way').replaceChildren(...steps.map((step) => itemOf(step, base)))
  }
  const tick = () => {
    const next = document.hidden ? Promise.resolve() : refresh().catch(() => undefined)
    void next.then(() => setTimeout(tick, drawer.hidden ? 3000 : 1000))
  }
  // On a phone it would cover the next page.
  const isRoomy = matchMedia('(min-width: 641px)').matches
  if (isRoomy && sessionStorage.getItem('drawer') === 'open') show(true)
  tick()
}

function noteFor(steps: readonly Step[]): string {
  const consent = localStorage.getItem('consent')
  if (consent === null)
    return 'Nothing leaves this browser before you have answered the question below.'
  if (consent === 'none') return 'You said no: nothing is kept, nothing is sent.'
  if (steps.length === 0) return 'Open a product: it appears here within a second.'
  return steps.some(({ outcome }) => outcome === 'waiting')
    ? 'What waits goes to Klaviyo once you say who you are: log in, or give your email at the checkout.'
    : ''
}

function itemOf(
  { messageId, name, receivedAt, outcome, sentence }: Step,
  base: string,
): HTMLElement {
  const [look, word] = looks[outcome] ?? ['none', outcome]
  const item = document.createElement('li')
  const link = Object.assign(document.createElement('a'), {
    href: `${base}events/${encodeURIComponent(messageId)}`,
    target: '_blank',
    textContent: titles[name] ?? name,
  })
  const pill = Object.assign(document.createElement('span'), {
    className: `pill ${look}`,
    textContent: word,
  })
  const time = Object.assign(document.createElement('time'), {
    dateTime: receivedAt,
    textContent: new Date(receivedAt).toLocaleTimeString('en-GB'),
  })
  item.append(link, pill, time)
  // What waits for the shopper is said once, above.
  if (sentence !== undefined && outcome !== 'accepted' && outcome !== 'waiting') {
    item.append(Object.assign(document.createElement('p'), { textContent: sentence }))
  }
  return item
}

const titles: Readonly<Record<string, string>> = {
  identify: 'Who it is',
  page: 'Active on Site',
  'Order Completed': 'Placed Order',
}
