import { onPostgres } from './on-postgres.ts'

await onPostgres(() => import('./delivery-faults.test.ts'))
