// Sign-in and the pages of one-time links: sends a form to the admin API and goes on from there.
const form = document.querySelector('form')
const said = document.getElementById('said')
const code = new URLSearchParams(location.hash.slice(1)).get('code')

/** Only a path of ours: `//elsewhere` and `/\elsewhere` are addresses of others to a browser. */
function nextPath() {
  const given = new URLSearchParams(location.search).get('next') ?? ''
  return /^\/(?![/\\])[\w\-./?=&%~]*$/.test(given) ? given : '/account'
}

async function ask(method, path, body) {
  const response = await fetch(`/api/v1${path}`, {
    method,
    headers: {
      'tillpost-request': '1',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const answer = text === '' ? {} : JSON.parse(text)
  if (!response.ok) throw Object.assign(new Error(answer.detail), { code: answer.code })
  return answer
}

function say(text) {
  said.textContent = text
  said.hidden = text === ''
}

function secondFactor() {
  form.dataset.path = '/session/second-factor'
  form.dataset.sends = 'code'
  for (const field of form.querySelectorAll('[data-step]')) {
    const isNow = field.dataset.step === 'second'
    field.hidden = !isNow
    for (const input of field.querySelectorAll('input')) input.disabled = !isNow
  }
  form.querySelector('[data-step=second] input').focus()
}

async function send() {
  const fields = Object.fromEntries(new FormData(form))
  const withLink = form.dataset.link === undefined ? {} : { code }
  const body = form.dataset.sends === undefined ? { ...fields, ...withLink } : fields
  const answer = await ask('POST', form.dataset.path, body)
  if (answer.state === 'half') return secondFactor()
  location.assign(form.dataset.then ?? nextPath())
}

form?.addEventListener('submit', async (event) => {
  event.preventDefault()
  const button = form.querySelector('button')
  button.disabled = true
  say('')
  try {
    await send()
  } catch (error) {
    say(error.message)
  } finally {
    button.disabled = false
  }
})

if (form?.dataset.link !== undefined && !code) {
  say('This address lacks its code: open the whole link that you were given.')
  form.hidden = true
}

async function invitation() {
  const { workspace, email, role, known } = await ask('POST', '/invite', { code })
  document.getElementById('lead').textContent =
    `You are invited to ${workspace} as ${role}, with ${email}.`
  if (!known) return
  for (const field of form.querySelectorAll('[data-new]')) {
    field.hidden = true
    for (const input of field.querySelectorAll('input')) input.disabled = true
  }
}

async function account() {
  try {
    const { member, workspaces } = await ask('GET', '/session')
    document.getElementById('lead').textContent = `Signed in as ${member.name} (${member.email}).`
    document.getElementById('workspaces').replaceChildren(
      ...workspaces.map(({ name, role }) => {
        const line = document.createElement('li')
        line.textContent = `${name}: ${role}`
        return line
      }),
    )
  } catch {
    location.replace('/sign-in')
  }
}

document.getElementById('sign-out')?.addEventListener('click', async () => {
  await ask('DELETE', '/session')
  location.assign('/sign-in')
})

if (document.body.dataset.entry === 'join' && code)
  invitation().catch((error) => say(error.message))
if (document.body.dataset.entry === 'account') void account()
