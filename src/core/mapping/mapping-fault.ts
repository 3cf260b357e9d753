import type { JsonObject } from '../event.ts'
import { isList, isObject } from '../json.ts'
import { type Fault, faultIn, isScalar, isText, need, needOnly } from './fault.ts'

/**
 * What people may change of mappings: names, properties, amounts. What makes an event count once (its id) is fixed, or
 * a replay would count twice. Undefined: they can be kept.
 */
export function faultOfMappings(mappings: unknown): Fault | undefined {
  return faultIn(() => checkMappings(mappings))
}

const maxMappings = 200
const maxProperties = 200
const maxPath = 200

function checkMappings(mappings: unknown): void {
  need(isObject(mappings), '', 'The mappings are an object, by event names.')
  const entries = Object.entries(mappings)
  need(entries.length <= maxMappings, '', `There may be ${maxMappings} changed mappings at most.`)
  for (const [name, mapping] of entries) {
    const at = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    need(isText(name, 256) && name.trim() !== '', at, 'Give the name of the event.')
    if (mapping === null) continue
    need(isObject(mapping), at, 'A mapping is an object, or null to take it away.')
    needOnly(mapping, at, ['metric', 'value', 'currency', 'properties', 'others', 'drop'])
    const { metric, value, currency, others, drop, properties } = mapping
    need(
      metric === undefined || (isText(metric, 127) && metric.trim() !== ''),
      `${at}/metric`,
      'Give the metric a name of 1 to 127 characters.',
    )
    need(others === undefined || typeof others === 'boolean', `${at}/others`, 'True or false.')
    need(
      drop === undefined || (isList(drop) && drop.length <= maxProperties && drop.every(isName)),
      `${at}/drop`,
      'Give a list of property names.',
    )
    if (value !== undefined) checkSource(value, `${at}/value`)
    if (currency !== undefined) checkSource(currency, `${at}/currency`)
    if (properties !== undefined) checkProperties(properties, `${at}/properties`)
  }
}

function checkProperties(properties: unknown, at: string): void {
  need(isObject(properties), at, 'The properties are an object.')
  const entries = Object.entries(properties)
  need(entries.length <= maxProperties, at, `There may be ${maxProperties} at most.`)
  for (const [name, source] of entries) {
    need(isName(name), `${at}/${name}`, 'This is no name for a property.')
    if (source === null) continue
    const isOut = isObject(source) && 'leftOut' in source
    if (isOut) needOnly(source, `${at}/${name}`, ['leftOut'])
    checkSource(isOut ? source['leftOut'] : source, `${at}/${name}${isOut ? '/leftOut' : ''}`)
  }
}

function checkSource(source: unknown, at: string): void {
  if (typeof source === 'string') return needPath(source, at)
  need(isObject(source), at, 'Say where the value comes from: "properties.total".')
  if ('first' in source) return checkPaths(source, 'first', at)
  if ('times' in source) return checkPaths(source, 'times', at)
  if ('constant' in source) {
    needOnly(source, at, ['constant'])
    return need(isScalar(source['constant']), `${at}/constant`, 'A text, a number, true or false.')
  }
  needOnly(source, at, ['each', 'take', 'distinct'])
  needPath(source['each'], `${at}/each`)
  needPath(source['take'], `${at}/take`)
  const { distinct } = source
  need(distinct === undefined || typeof distinct === 'boolean', `${at}/distinct`, 'True or false.')
}

function checkPaths(source: JsonObject, name: 'first' | 'times', at: string): void {
  needOnly(source, at, [name])
  const paths = source[name]
  const most = name === 'times' ? 2 : 20
  need(isList(paths), `${at}/${name}`, 'Give a list of fields.')
  need(
    paths.length >= (name === 'times' ? 2 : 1) && paths.length <= most,
    `${at}/${name}`,
    name === 'times' ? 'Give two fields.' : `Give 1 to ${most} fields.`,
  )
  for (const [index, path] of paths.entries()) needPath(path, `${at}/${name}/${index}`)
}

function needPath(path: unknown, at: string): void {
  need(isText(path, maxPath) && path !== '', at, 'Name a field: properties.total')
  need(
    path.split('.').every((step) => step !== '' && !(step in Object.prototype)),
    at,
    'A part of the field is empty, or a name that no event has.',
  )
}

function isName(name: unknown): boolean {
  return isText(name, 127) && name !== '' && !(name in Object.prototype)
}
