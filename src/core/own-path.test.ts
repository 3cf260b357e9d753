import { expect, test } from 'vitest'
import { ownPath } from './own-path.ts'

test.each([
  '/admin',
  '/admin/w/events?event=Placed+Order&from=2026-11-20',
  '/admin/w/events?event=%C3%84rger,!()*',
  '/install/klaviyo?workspace=w&store=s',
])('%s is a path of ours', (given) => {
  expect(ownPath(given)).toBe(given)
})

test.each([
  '',
  'admin',
  '//elsewhere.example',
  '/\\elsewhere.example',
  '/.//elsewhere.example',
  '/admin/..//elsewhere.example',
  'https:elsewhere.example',
  'https://elsewhere.example/admin',
  'javascript:alert(1)',
  '/\t/elsewhere.example',
  '/ad\nmin',
  '/a b',
])('%j leads elsewhere, or nowhere', (given) => {
  expect(ownPath(given)).toBeUndefined()
})
