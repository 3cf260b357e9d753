import type { Database } from './sql.ts'

/**
 * A PostgreSQL that spreads its tables over several servers (the extension Citus): every table whose key
 * begins with the workspace goes by it, all with one another, so that what belongs to a workspace is on one server. The others
 * (leases, nodes, the steps taken) are few rows for the installation as a whole and stay with the coordinator: their
 * statements ask for the clock, which Citus refuses for tables that it copies to all servers.
 */
export async function distributeTables(db: Database): Promise<readonly string[]> {
  if (!(await isDistributed(db))) return []
  const done: string[] = []
  for (;;) {
    const name = await db.transaction(async (sql) => {
      // One node at a time, and a commit for each.
      await sql.query('lock table migration in access exclusive mode')
      const [next] = await sql.query<{ name: string }>(
        `select relname as name
           from pg_class
          where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p')
            and not relispartition
            and exists (select 1
                          from pg_index
                          join pg_attribute on attrelid = indrelid and attnum = indkey[0]
                         where indrelid = pg_class.oid and indisprimary
                           and attname = 'workspace_id')
            and not exists (select 1 from pg_dist_partition where logicalrelid = pg_class.oid)
          order by relname = 'workspace' desc, relname
          limit 1`,
      )
      if (next === undefined) return undefined
      const beside = next.name === 'workspace' ? 'none' : 'workspace'
      await sql.query(
        `select create_distributed_table($1::regclass, 'workspace_id', colocate_with => $2)`,
        [next.name, beside],
      )
      return next.name
    })
    if (name === undefined) return done
    done.push(name)
  }
}

export async function isDistributed(db: Pick<Database, 'query'>): Promise<boolean> {
  return (await db.query(`select 1 from pg_extension where extname = 'citus'`)).length > 0
}
