import type { Command } from "../../command.ts"
import { connectServer } from "../../server/connect.ts"
import { findServerJob } from "../../server/find-job.ts"
import { waitForServerJob } from "../../server/follow-job.ts"
import { jobResult } from "../../server/job-result.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"

export const waitCommand: Command = {
  name: "wait",
  arguments: [{ name: "JOB", says: "A job of the server's: its id, the beginning of it, or latest", many: true }],
  flags: SERVER_FLAG,
  examples: [{ command: "gear wait latest", says: "Wait until the job has ended; the exit code is the gear's" }],
  notes: ["Of several jobs the exit code is that of the last one that did not end well."],
  exits: "gear",
  run: async (context, given) => {
    const client = await connectServer(context.settings(), given)
    const jobs = []
    for (const word of given.words) jobs.push(await findServerJob(client, word))
    const results = []
    for (const { id } of jobs) results.push(jobResult(context, await waitForServerJob(client, id)))
    const bad = results.findLast(({ exitCode }) => exitCode !== undefined)
    const data = results.flatMap((result) => (result.data === undefined ? [] : [result.data]))
    return { ...bad, data }
  },
}
