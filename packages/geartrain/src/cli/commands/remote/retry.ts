import { answered, type GearClient } from "@geartrain/sdk/client"
import { usage } from "../../arguments/parse-arguments.ts"
import type { Command, Given } from "../../command.ts"
import { connectServer } from "../../server/connect.ts"
import { findServerJob, type ServerJob } from "../../server/find-job.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"

export const retryCommand: Command = {
  name: "retry",
  arguments: [
    { name: "JOB", says: "A job of the server's: its id, the beginning of it, or latest", many: true, optional: true },
  ],
  flags: {
    failed: { type: "switch", says: "All failed jobs, of those that the other flags name" },
    tag: { type: "text", value: "TAG", says: "With --failed: only jobs with this tag" },
    gear: { type: "text", value: "GEAR", says: "With --failed: only jobs of this gear: a name, name@version or an id" },
    reason: { type: "text", value: "REASON", says: "With --failed: only jobs that failed for this reason" },
    again: { type: "switch", says: "Also one that is complete" },
    ...SERVER_FLAG,
  },
  examples: [
    { command: "gear retry latest", says: "Try a job again, as another attempt of it" },
    { command: "gear retry --failed --reason OUT_OF_MEMORY", says: "Try all again that had too little memory" },
  ],
  exits: "answer",
  run: async (context, given) => {
    const client = await connectServer(context.settings(), given)
    const jobs = await wanted(client, given)
    const body = given.has("again") ? { again: true } : {}
    const retried: string[] = []
    for (const { id } of jobs) {
      await client.api.POST("/api/v1/jobs/{job}/retry", { params: { path: { job: id } }, body })
      context.reply.print(id)
      retried.push(id)
    }
    if (jobs.length === 0) context.reply.say("There is no such failed job")
    return { data: retried }
  },
}

async function wanted(client: GearClient, given: Given): Promise<readonly Pick<ServerJob, "id">[]> {
  const isByFlag = given.has("failed")
  if (isByFlag === given.words.length > 0) {
    throw usage(retryCommand, "Cannot run gear retry: name jobs, or say --failed, and not both", {
      hint: "gear retry JOB, or gear retry --failed",
    })
  }
  const named = []
  for (const word of given.words) named.push(await findServerJob(client, word))
  return isByFlag ? failedJobs(client, given) : named
}

async function failedJobs(client: GearClient, given: Given): Promise<readonly ServerJob[]> {
  const [tag, gear, reason] = [given.text("tag"), given.text("gear"), given.text("reason")]
  const filter = {
    ...(tag === undefined ? {} : { tag }),
    ...(gear === undefined ? {} : { gear }),
    ...(reason === undefined ? {} : { reason }),
  }
  const jobs: ServerJob[] = []
  let cursor: string | undefined
  do {
    const query = { state: "failed" as const, limit: 1000, ...filter, ...(cursor === undefined ? {} : { cursor }) }
    const page = answered(await client.api.GET("/api/v1/jobs", { params: { query } }))
    jobs.push(...page.items)
    cursor = page.next
  } while (cursor !== undefined)
  return jobs
}
