import type { Digest, JsonObject, JsonValue, Limits, Usage } from "@geartrain/spec"
import type { JobResources } from "@geartrain/spec/server"
import type { Queries } from "../../database/database.ts"
import type { AttemptRow, JobRow } from "../../database/tables/job-tables.ts"
import type { Caller } from "../../people/caller.ts"
import type { QueuePorts } from "../queue-ports.ts"
import type { GrantedKey, QueuedInput } from "../submit/job-order.ts"
import { type AttemptFacts, given, type JobFacts, type JobOutput, summaryOf, type Transition } from "./job-facts.ts"
import { needJob } from "./need-job.ts"
import { readWaiting } from "./read-waiting.ts"

/**
 * Everything about a job: what went in, each attempt, each change of its state, why it waits.
 *
 * @throws {GeartrainError} JOB_NOT_FOUND
 */
export async function readJob(ports: QueuePorts, caller: Caller, id: string): Promise<JobFacts> {
  const row = await needJob(ports, caller, { id, right: "read", action: "job.read" })
  const { read } = ports.database
  const [attempts, transitions] = [await readAttempts(read, id), await readTransitions(read, id)]
  const waiting = row.state === "pending" ? await readWaiting(ports, row) : undefined
  return { ...summaryOf(row), ...detailsOf(row), attempts, transitions, ...(waiting === undefined ? {} : { waiting }) }
}

function detailsOf(
  row: JobRow,
): Omit<JobFacts, keyof ReturnType<typeof summaryOf> | "attempts" | "transitions" | "waiting"> {
  return {
    config: JSON.parse(row.config) as JsonObject,
    inputs: JSON.parse(row.inputs) as QueuedInput[],
    contexts: JSON.parse(row.contexts) as Record<string, JsonValue>,
    keys: JSON.parse(row.keys) as GrantedKey[],
    network: row.network,
    invocationDigest: row.invocation_digest as Digest,
    limits: JSON.parse(row.limits) as Limits,
    resources: JSON.parse(row.resources) as JobResources,
    outputs: JSON.parse(row.outputs) as JobOutput[],
    ...given("recordDigest", row.record_digest as Digest | null),
  }
}

async function readAttempts(queries: Queries, job: string): Promise<readonly AttemptFacts[]> {
  const rows = await queries
    .selectFrom("attempts")
    .leftJoin("runners", "runners.id", "attempts.runner")
    .selectAll("attempts")
    .select(["runners.name as runner_name", "runners.host as runner_host"])
    .where("job", "=", job)
    .orderBy("attempt")
    .execute()
  return rows.map((row) => attemptOf(row, { ...given("name", row.runner_name), ...given("host", row.runner_host) }))
}

function attemptOf(row: AttemptRow, runner: { readonly name?: string; readonly host?: string }): AttemptFacts {
  return {
    attempt: row.attempt,
    runner: { id: row.runner, ...runner },
    state: row.state,
    ...given("reason", row.reason),
    ...given("culprit", row.culprit),
    ...given("message", row.message),
    ...given("exitCode", row.exit_code),
    startedMs: row.started_ms,
    ...given("endedMs", row.ended_ms),
    ...(row.usage === null ? {} : { usage: JSON.parse(row.usage) as Usage }),
    outputs: JSON.parse(row.outputs) as JobOutput[],
    ...given("recordDigest", row.record_digest as Digest | null),
    log: {
      bytes: row.log_bytes,
      droppedBytes: row.log_dropped_bytes,
      ...given("digest", row.log_digest as Digest | null),
    },
  }
}

async function readTransitions(queries: Queries, job: string): Promise<readonly Transition[]> {
  const rows = await queries.selectFrom("job_transitions").selectAll().where("job", "=", job).orderBy("n").execute()
  return rows.map((row) => ({
    atMs: row.at_ms,
    attempt: row.attempt,
    state: row.state,
    ...given("phase", row.phase),
    ...given("reason", row.reason),
    ...given("byUser", row.by_user),
  }))
}
