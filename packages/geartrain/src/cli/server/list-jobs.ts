import { answered } from "@geartrain/sdk/client"
import type { JobState } from "@geartrain/spec"
import { nowMs } from "../../system/clock.ts"
import type { Context, Given } from "../command.ts"
import { connectServer } from "./connect.ts"
import type { ServerJob } from "./find-job.ts"
import { printServerJobs } from "./job-rows.ts"

/** A page of the server's. */
const AT_ONCE = 1000

/** `gear jobs --server`: the same as of this machine. */
export async function listServerJobs(
  context: Context,
  given: Given,
  query: { readonly states?: readonly JobState[]; readonly gear?: string; readonly limit?: number },
): Promise<void> {
  const client = await connectServer(context.settings(), given)
  const { states, gear, limit = Number.POSITIVE_INFINITY } = query
  const filter = { ...(states === undefined ? {} : { state: [...states] }), ...(gear === undefined ? {} : { gear }) }
  const jobs: ServerJob[] = []
  let cursor: string | undefined
  do {
    const page = { limit: Math.min(limit - jobs.length, AT_ONCE), ...(cursor === undefined ? {} : { cursor }) }
    const found = answered(await client.api.GET("/api/v1/jobs", { params: { query: { ...filter, ...page } } }))
    jobs.push(...found.items)
    cursor = found.next
  } while (cursor !== undefined && jobs.length < limit)
  printServerJobs(context, jobs, nowMs())
  if (jobs.length === 0) context.reply.say("There is no such job\n→ gear submit GEAR")
  if (cursor !== undefined) context.reply.say("There are more\n→ gear jobs --server --all")
}
