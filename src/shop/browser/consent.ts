import { one } from './page.ts'

/** The banner, until the shopper has answered. Tillpost holds everything until then. */
export function askConsent(): void {
  const banner = one('#consent')
  if (localStorage.getItem('consent') !== null) return
  banner.hidden = false
  banner.addEventListener('click', ({ target }) => {
    const answer = target instanceof HTMLElement ? target.dataset['consent'] : undefined
    if (answer === undefined) return
    localStorage.setItem('consent', answer)
    banner.hidden = true
    window.tillpost.consent({ analytics: answer !== 'none', marketing: answer === 'all' })
  })
}
