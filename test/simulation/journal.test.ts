import type { OpenedForTest } from '../../src/db/journal.suite.ts'
import { describeJournal } from '../../src/db/journal.suite.ts'
import type { Journal } from '../../src/core/index.ts'
import { ModelJournal } from './journal.ts'

describeJournal('the model of the simulation', async () =>
  opened(new ModelJournal(() => Date.now())),
)

const close = async () => {}

function opened(model: ModelJournal): OpenedForTest {
  const journal = Object.assign(model, { close }) satisfies Journal
  return { journal, config: model.config, close, reopen: async () => opened(model) }
}
