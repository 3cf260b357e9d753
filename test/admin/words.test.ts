import { globSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { acts } from '../../src/admin/words/acts.ts'
import { germanDefinitions } from '../../src/admin/words/segment-definitions.ts'
import { sentences } from '../../src/admin/words/sentences.ts'
import { actNames } from '../../src/core/index.ts'
import { segmentTemplates } from '../../src/klaviyo/segments.ts'

describe('what the pages say of what the server names', () => {
  // Nothing else can be written to the trail: `Act.action` is one of these names.
  test.each(['en', 'de'] as const)(
    'A90 every act of the trail has words of its own (%s)',
    (language) => {
      const said = actNames.map((name) => acts[language][name] ?? '')
      expect(said.filter((words) => words === '' || /[._]/u.test(words))).toEqual([])
      expect(new Set(said).size).toBe(actNames.length)
    },
  )

  test('T49 every segment that can be created is explained in German', () => {
    expect(segmentTemplates.map(({ name }) => name)).toEqual([...germanDefinitions.keys()])
  })

  test('every sentence that a page may meet in an answer of the server has a German one', () => {
    const known = new Set(sentences.map(([server]) => formOf(server)))
    const files = [
      ...globSync('src/http/{admin,access}/*.ts'),
      ...['errands', 'configuration-file', 'store-place', 'doubles'].map(
        (name) => `src/http/${name}.ts`,
      ),
      ...['rule-fault', 'mapping-fault'].map((name) => `src/core/mapping/${name}.ts`),
    ].filter((file) => !/\.test\.|schema|index|attention|segments|lists/u.test(file))
    const said = new Set(files.flatMap((file) => sentencesIn(readFileSync(file, 'utf8'))))
    expect(said.size).toBeGreaterThan(100)
    const missing = [...said].filter((one) => !known.has(formOf(one)) && !forPrograms.test(one))
    // These are put together; each form of them is known.
    expect(missing.map(formOf).toSorted()).toEqual([
      'A request holds at most {}.',
      'Did you mean {}? {} come.',
      'Klaviyo is connected{}.',
      'No event{} has come in that time, though others have.',
    ])
  })
})

/** Whatever is named: both sides may have other braces around it. */
function formOf(sentence: string): string {
  return sentence.replaceAll(/\$\{[^}]*\}|\{\}/gu, '{}')
}

/** Texts of the source that are whole sentences, put together where they stand in several lines. */
function sentencesIn(source: string): readonly string[] {
  const code = source
    .replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gmu, '')
    .replaceAll(/(?:'|`) \+\s+(?:'|`)/gu, '')
  return [...code.matchAll(/'([A-Z“][^'\n]* [^'\n]*[.?])'|`([A-Z“][^`]* [^`]*[.?])`/gu)].map(
    ([, plain, template]) => plain ?? template ?? '',
  )
}

/** What only whoever writes a program is told: of tokens, keys of requests, cursors and shapes of the API. (Segments, lists and what needs attention have words of their own.) */
const forPrograms =
  /token|cursor|Idempotency|header|`who`|^There is no (reason|segment)|A (rule|change|condition) is|The (rules|mappings|properties) (have to be|are)|^True or false|^It is (true|one)|^Only a rule|list of fields|two fields|signed in\. A program|this id\.$|decides send, drop|1 to \$\{most\}|A mapping|^The calls|A text, a number|for people\.$/u
