import { existsSync } from 'node:fs'

/** Where the browser of the machine is; undefined: it has none. `CHROMIUM_PATH` names another one. */
export function chromiumPath(): string | undefined {
  const given = process.env['CHROMIUM_PATH']
  const places = given === undefined || given === '' ? usual : [given]
  return places.find((path) => existsSync(path))
}

const usual = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]
