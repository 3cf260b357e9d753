import { Type } from 'typebox'
import { operation } from './operation.ts'

export const openApi = operation({
  id: 'openApi',
  method: 'GET',
  path: '/openapi.json',
  may: 'caller',
  summary: 'This page, as OpenAPI 3.1',
  answer: Type.Unknown(),
})
