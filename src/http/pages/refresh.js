// Keeps the page current while somebody looks at it and does nothing else with it.
const everyMs = 5000
const live = document.getElementById('live')
live.hidden = false

function isBusy() {
  const main = document.getElementById('main')
  return (
    document.hidden ||
    main.contains(document.activeElement) ||
    main.querySelector('details[open]') !== null ||
    String(document.getSelection()) !== ''
  )
}

async function refresh() {
  if (isBusy()) return
  try {
    const response = await fetch(location.href, { headers: { accept: 'text/html' } })
    if (!response.ok) throw new Error(String(response.status))
    const next = new DOMParser().parseFromString(await response.text(), 'text/html')
    if (!isBusy()) document.getElementById('main').replaceWith(next.getElementById('main'))
    live.textContent = 'Live'
    live.classList.remove('lost')
  } catch {
    live.textContent = 'No connection to Tillpost'
    live.classList.add('lost')
  }
}

setInterval(refresh, everyMs)
