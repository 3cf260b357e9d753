// npm run docs: writes the parts of docs/metrics.md and docs/outcomes.md that the code itself knows.
//
// What stands between `<!-- from the code: NAME -->` and `<!-- end -->` is made here; the rest of a page is
// written by hand. A test fails while a page differs from what this would write.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as api from '../src/api/index.ts'
import { mappings } from '../src/core/mapping/index.ts'
import { line, orderLine, products, productsOrIds } from '../src/core/mapping/line.ts'
import { reasons } from '../src/core/reason.ts'
import { permissions, roles } from '../src/core/roles.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

export const pages = ['docs/api.md', 'docs/security.md', 'docs/metrics.md', 'docs/outcomes.md']

/** The page with its parts made anew. */
export function filled(text) {
  return text.replaceAll(
    /(<!-- from the code: ([a-z ]+) -->\n)[^]*?(<!-- end -->)/gu,
    (_, start, name, end) => `${start}\n${parts.get(name)()}\n${end}`,
  )
}

const parts = new Map([
  ['operations', operationTable],
  ['roles', roleTable],
  ['metrics', metricParts],
  ['items', () => propertyTable(line)],
  ['order items', () => propertyTable(onlyIn(orderLine, line))],
  ['outcomes', () => outcomeParts(({ number }) => number < 60 || number === 200)],
  ['refusals', () => outcomeParts(({ number }) => number >= 60 && number < 200)],
  ['notes', () => outcomeParts(({ number }) => number > 200)],
])

// The admin API

function operationTable() {
  const rows = Object.values(api)
    .filter((one) => one.path !== undefined && one.may !== undefined)
    .map(({ method, path, may, summary }) => `| \`${method} ${path}\` | ${may} | ${summary} |`)
  return `| operation | permission | does |\n| --- | --- | --- |\n${rows.toSorted(byPath).join('\n')}\n`
}

function byPath(one, other) {
  const [a, b] = [one, other].map((row) => row.split('`')[1].split(' ').toReversed().join(' '))
  return a < b ? -1 : Number(a > b)
}

function roleTable() {
  const rows = Object.entries(permissions).map(([name, { roles: may, means }]) => {
    const marks = roles.map((role) => (may.includes(role) ? 'yes' : '–'))
    return `| \`${name}\`: ${means} | ${marks.join(' | ')} |`
  })
  const head = `| permission | ${roles.join(' | ')} |\n| --- | ${roles.map(() => '---').join(' | ')} |`
  return `${head}\n${rows.join('\n')}\n`
}

// Metrics

function metricParts() {
  return [...Map.groupBy(mappings, ({ metric }) => metric)]
    .map(([metric, group]) => `### \`${metric}\`\n\n${group.map(mappingPart).join('\n')}`)
    .join('\n')
}

function mappingPart(mapping) {
  const { events = [], value, properties = {}, fanOut } = mapping
  const like = modelOf(mapping)
  const facts = [
    `- From ${events.map(code).join(', ')}`,
    ...(value === undefined ? [] : [`- Value: ${sourceText(value)}`]),
    `- Unique id: ${idText(mapping)}`,
    ...(like === undefined
      ? []
      : [`- Properties: those of [\`${like.metric}\`](#${anchorOf(like.metric)})`]),
    ...(fanOut === undefined ? [] : [`- Each product is an \`${fanOut.metric}\` too`]),
    ...(mapping.needs === 'email' ? ['- Only with an email address, under every policy'] : []),
    ...(mapping.plain === true
      ? ['- The values named are single ones: objects and lists are left out']
      : []),
  ]
  const own = like === undefined ? properties : onlyIn(properties, like.properties)
  const lines = [facts.join('\n'), '']
  if (Object.keys(own).length > 0) lines.push(propertyTable(own))
  if (fanOut !== undefined) lines.push(fanOutPart(fanOut))
  for (const group of mapping.profile ?? []) lines.push(groupPart(group))
  return lines.join('\n')
}

/** The first mapping whose properties this one takes over and adds to. */
function modelOf({ metric, properties = {} }) {
  return mappings.find(
    (other) =>
      other.metric !== metric &&
      mappings.findIndex((each) => each.metric === metric) > mappings.indexOf(other) &&
      Object.keys(other.properties ?? {}).length > 2 &&
      Object.entries(other.properties).every(([name, source]) => properties[name] === source),
  )
}

function idText({ object = 'event', id, part }) {
  if (id === undefined) return 'the message id'
  const whole = `\`store:${object}:\` and ${sourceText(id)}`
  return part === undefined ? whole : `${whole}; then ${sourceText(part)}, where there is one`
}

function fanOutPart({ metric, value, line: lineId, key, properties, shared }) {
  return [
    `Its \`${metric}\` events, one for each product:`,
    '',
    `- Value: ${sourceText(value)}`,
    `- Unique id: the order's, then ${sourceText(lineId)}; without one, ${sourceText(key)}, with a count where two are equal`,
    '',
    propertyTable({ ...shared, ...properties }),
  ].join('\n')
}

/** What the profile gets beside the event. */
function groupPart({ keep, properties, when, at }) {
  const how = keep === 'latest' ? 'the newest event of its kind decides' : 'set once'
  const condition = when === undefined ? '' : `; only with ${sourceText(when)}`
  const rows = Object.entries(properties).map(([name, source]) => [name, sourceText(source)])
  if (at !== undefined) rows.push([at, 'the time of the event'])
  return [
    `On the profile (${how}${condition}):`,
    '',
    '| property | from |',
    '| --- | --- |',
    ...rows.map(([name, from]) => `| \`${name}\` | ${from} |`),
    '',
  ].join('\n')
}

function propertyTable(properties) {
  const rows = Object.entries(properties).map(
    ([name, source]) => `| \`${name}\` | ${sourceText(source)} |`,
  )
  return ['| property | from |', '| --- | --- |', ...rows, ''].join('\n')
}

/** Where a value comes from, in words. Names of `properties` stand without that word. */
function sourceText(source) {
  if (typeof source === 'string') return code(source.replace(/^properties\./u, ''))
  if ('path' in source) return sourceText(source.path)
  if ('first' in source) return source.first.map(sourceText).join(', ')
  if ('store' in source) return `the store's ${source.store}`
  if ('times' in source) return source.times.map(code).join(' × ')
  if ('constant' in source) return `always ${code(JSON.stringify(source.constant))}`
  const { each, take } = source
  if (each !== products && each !== productsOrIds) throw new Error('A list that has no name yet.')
  if (typeof take === 'string') return `each product's ${code(take)}`
  if (Array.isArray(take.first)) return `each product's ${sourceText(take)}`
  return 'each product, as [one entry](#one-entry-of-items)'
}

function onlyIn(one, other) {
  return Object.fromEntries(Object.entries(one).filter(([name]) => !(name in other)))
}

function anchorOf(heading) {
  return heading.toLowerCase().replaceAll(' ', '-')
}

// Outcomes

const shown = new Map([
  ['waiting', 'waiting'],
  ['retrying', 'retrying'],
  ['held', 'held'],
  ['accepted', 'accepted'],
  ['confirmed', 'seen in Klaviyo'],
  ['dropped', 'not sent'],
  ['retry', 'retry'],
  ['dead', 'failed'],
])

function outcomeParts(isOf) {
  const ofOutcome = Map.groupBy(
    Object.entries(reasons).filter(([, reason]) => isOf(reason)),
    ([, { outcome }]) => outcome,
  )
  const alone = ofOutcome.size === 1
  return [...ofOutcome]
    .map(([outcome, entries]) => {
      const list = entries.map(
        ([name, { number, sentence, todo }]) =>
          `- \`${name}\` (${number}): ${sentence}\n  *${todo}*\n`,
      )
      return `${alone ? '' : `### ${shown.get(outcome)}\n\n`}${list.join('')}`
    })
    .join('\n')
}

function code(text) {
  return `\`${text}\``
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const page of pages) {
    writeFileSync(join(root, page), filled(readFileSync(join(root, page), 'utf8')))
  }
}
