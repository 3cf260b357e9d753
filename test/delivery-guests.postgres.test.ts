import { onPostgres } from './on-postgres.ts'

await onPostgres(() => import('./delivery-guests.test.ts'))
