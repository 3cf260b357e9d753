/** The admin API's shapes and operations, as data: `http` serves them, the admin pages call them. */
export * from './audit.ts'
export * from './member.ts'
export * from './open-api.ts'
export * from './operation.ts'
export * from './session.ts'
export * from './shapes.ts'
export * from './token.ts'
export * from './workspace.ts'
