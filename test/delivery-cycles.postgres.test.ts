import { onPostgres } from './on-postgres.ts'

await onPostgres(() => import('./delivery-cycles.test.ts'))
