import { one, submitted } from './page.ts'

/** Login and signup: the shop's server says who it is, and signs that for Tillpost. */
export function showAccount(): void {
  for (const [form, call] of [
    ['#log-in', 'loggedIn'],
    ['#sign-up', 'signedUp'],
  ] as const) {
    submitted(
      form,
      '/api/customer',
      ({ userId = '', email = '', token = '' }, { firstName, phone }) => {
        window.tillpost[call](
          userId,
          { email, ...(firstName && { firstName }), ...(phone && { phone }) },
          { token },
        )
        localStorage.setItem('customer', email)
        rememberCustomer(email)
        show()
        return ''
      },
    )
  }
  one('#log-out').addEventListener('click', () => {
    window.tillpost.reset()
    localStorage.removeItem('customer')
    rememberCustomer('')
    show()
  })
  show()
}

function show(): void {
  const email = localStorage.getItem('customer')
  one('#hello').textContent = email === null ? 'Log in or sign up' : `Hello, ${email}`
  one('#known').hidden = email === null
  one('#forms').hidden = email !== null
  one('#account').textContent = email === null ? 'Log in' : 'Account'
}

/** For the drawer alone: the shop's server asks Tillpost for this customer's events by it. */
function rememberCustomer(email: string): void {
  const seconds = email === '' ? 0 : 86_400
  // The interface that is made for it is not in every browser yet.
  // oxlint-disable-next-line unicorn/no-document-cookie
  document.cookie = `customer=${encodeURIComponent(email)};path=/;max-age=${seconds};samesite=lax`
}
