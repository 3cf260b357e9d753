import { onPostgres } from './on-postgres.ts'

await onPostgres(() => import('./delivery-crash.test.ts'))
