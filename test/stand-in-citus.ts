import { runOn } from './postgres.ts'

/**
 * Makes a database look as if it had the extension Citus: what is asked of it is noted in `pg_dist_partition`, and
 * nothing is distributed. There is no package of Citus to test with.
 */
export async function standInCitus(url: string): Promise<string> {
  const [row] = await runOn<{ schema: string }>(url, 'select current_schema() as schema')
  const found = new URL(url)
  found.searchParams.set('options', `-c search_path=${row?.schema ?? ''},pg_catalog`)
  await runOn(found.href, 'create table pg_extension (extname text not null)')
  await runOn(found.href, `insert into pg_extension values ('citus')`)
  await runOn(
    found.href,
    'create table pg_dist_partition (logicalrelid oid, key text, beside text, number serial)',
  )
  await runOn(
    found.href,
    `create function create_distributed_table(name regclass, key text, colocate_with text)
     returns void language sql as
     'insert into pg_dist_partition (logicalrelid, key, beside) values (name, key, colocate_with)'`,
  )
  return found.href
}
