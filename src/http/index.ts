/** One HTTP server for the SDKs' events, the pages, and the command line's questions. */
export { digestOf, newCode } from './access/code.ts'
export { hashPassword } from './access/password.ts'
export { createHttp, type HttpParts } from './http.ts'
