import { Command } from 'commander'
import { readEnvironment } from '../server/environment.ts'
import { note, print, printJson } from './terminal.ts'
import { ask, runningServer } from './running.ts'

export const resetLinkCommand = new Command('reset-link')
  .description('Make a link with which a member sets a new password, good for 30 minutes')
  .argument('<email>', 'whose')
  .option('--json', 'print it as JSON')
  .addHelpText(
    'after',
    `
Asks the running server. The link works once; hand it to the member yourself. A second factor stays as it is.

Example:
  tillpost reset-link olga@shop.example
`,
  )
  .action(async (email: string, { json }: { readonly json?: true }) => {
    const { url } = runningServer(readEnvironment(process.env).dataDir)
    const { link } = await ask<{ readonly link: string }>(url, '/api/reset-link', { email })
    if (json === true) {
      printJson({ link })
      return
    }
    note('Good once, for 30 minutes:')
    print(link)
  })
