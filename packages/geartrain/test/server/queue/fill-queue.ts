import { sql } from "kysely"
import type { QueueBench } from "./queue-bench.ts"

/** One job of each user by the front door, and the rest as copies of it: nobody orders a hundred thousand for a measurement. */
export async function fillQueue(
  queue: QueueBench,
  size: { readonly jobs: number; readonly users: number },
): Promise<void> {
  const { database } = queue.ports
  for (let user = 0; user < size.users; user++) await queue.submit(`user${user}`)
  const copies = Math.ceil(size.jobs / size.users) - 1
  const columns = Object.keys(
    await database.read.selectFrom("jobs").selectAll().where("state", "=", "pending").executeTakeFirstOrThrow(),
  )
  const values = columns.map((column) => {
    if (column === "id") return sql`substr(id, 1, 16) || cast(10000000 + i as text)`
    return column === "queued_ms" ? sql`queued_ms + i` : sql.ref(column)
  })
  await database.write(async (write) => {
    await sql`
      with recursive n(i) as (select 1 union all select i + 1 from n where i < ${copies})
      insert into jobs (${sql.join(columns.map((column) => sql.ref(column)))})
      select ${sql.join(values)} from jobs, n where state = 'pending'
    `.execute(write.sql)
    await sql`
      update lanes set pending = (select count(*) from jobs where lane = lanes.id and state = 'pending')
    `.execute(write.sql)
  })
  await sql`analyze`.execute(database.read)
}
