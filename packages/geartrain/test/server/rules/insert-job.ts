import type { Insertable } from "kysely"
import type { Database } from "../../../src/server/database/database.ts"
import type { JobRow } from "../../../src/server/database/tables/job-tables.ts"
import { insertGear, manifestOf } from "./rules-bench.ts"

const GEAR = manifestOf("of-jobs")

/** Puts a job into the database as if it had been there, with nothing around it: for what only reads jobs. */
export async function insertJob(database: Database, id: string, more: Partial<Insertable<JobRow>> = {}): Promise<void> {
  const known = await database.read.selectFrom("gears").select("id").where("name", "=", GEAR.name).executeTakeFirst()
  const gear = more.gear ?? known?.id ?? (await insertGear(database, GEAR))
  await database.write(async ({ sql }) => {
    await sql
      .insertInto("lanes")
      .values({
        ...{ id: "l", owner: "writer", project: "p", group_id: "lab", resources: "{}", pending: 0, running: 0 },
        ...{ head_priority: null, head_queued_ms: null },
      })
      .onConflict((conflict) => conflict.column("id").doNothing())
      .execute()
    await sql
      .insertInto("jobs")
      .values({
        ...{ id, project: "p", destination_type: "acquisition", destination_id: "d", gear, gear_name: "g" },
        ...{ gear_version: "1.0", state: "complete", phase: null, reason: null, culprit: null, message: null },
        ...{ priority: 0, tags: "[]", label: null, config: "{}", inputs: "[]", by_content: 0, contexts: "{}" },
        ...{ keys: "[]", network: "none", invocation_digest: id, reuse_digest: id, limits: "{}", resources: "{}" },
        ...{ lane: "l", owner: "writer", origin_type: "user", origin_id: null, batch: null, attempt: 1 },
        ...{ most_attempts: 1, runner: null, lease_until_ms: null, cancel_requested_ms: null, created_ms: 0 },
        ...{ queued_ms: 0, started_ms: null, ended_ms: null, exit_code: null, outputs: "[]", record_digest: null },
        ...{ idempotency_key: null, request_digest: id, revision: 1 },
        ...more,
      })
      .execute()
  })
}
