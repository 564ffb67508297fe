import { answered } from "@geartrain/sdk/client"
import type { CommandResult, Context, Given } from "../command.ts"
import { connectServer } from "./connect.ts"
import { findServerJob } from "./find-job.ts"
import { hasEnded, waitForServerJob } from "./follow-job.ts"

/** `gear cancel --server`: the same as of this machine. */
export async function cancelServerJobs(context: Context, given: Given): Promise<CommandResult> {
  const client = await connectServer(context.settings(), given)
  const jobs = []
  for (const word of given.words) jobs.push(await findServerJob(client, word))
  const data = []
  for (const { id } of jobs) {
    const asked = answered(await client.api.POST("/api/v1/jobs/{job}/cancel", { params: { path: { job: id } } }))
    const job = given.has("no-wait") || hasEnded(asked) ? asked : await waitForServerJob(client, id)
    context.reply.print(`${id}  ${hasEnded(job) ? job.state : "asked to end"}`)
    data.push({ id, state: job.state })
  }
  return { data }
}
