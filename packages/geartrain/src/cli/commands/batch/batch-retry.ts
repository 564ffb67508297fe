import { answered } from "@geartrain/sdk/client"
import type { JsonObject } from "@geartrain/spec"
import type { Command } from "../../command.ts"
import { readLimits } from "../../run/job-flags.ts"
import { connectServer } from "../../server/connect.ts"
import { batchId } from "../../server/read-batch.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"

export const batchRetryCommand: Command = {
  name: "batch retry",
  arguments: [{ name: "BATCH", says: "The id of a batch" }],
  flags: {
    group: { type: "text", value: "GROUP", says: "Only failures of this kind, as gear batch show names it" },
    memory: { type: "text", value: "SIZE", says: "With this much memory, such as 8g" },
    timeout: { type: "text", value: "TIME", says: "With this much time, such as 12h" },
    ...SERVER_FLAG,
  },
  examples: [
    {
      command: "gear batch retry 0123456789abcdef01234567 --memory 8g",
      says: "Try again what failed, and nothing else",
    },
  ],
  exits: "answer",
  run: async (context, given) => {
    const client = await connectServer(context.settings(), given)
    const group = given.text("group")
    const limits = readLimits(given)
    const body = {
      ...(group === undefined ? {} : { group }),
      ...(Object.keys(limits).length === 0 ? {} : { changes: { limits } }),
    }
    const params = { path: { batch: batchId(given.words[0] ?? "") } }
    const { retried, batch } = answered(await client.api.POST("/api/v1/batches/{batch}/retry", { params, body }))
    context.reply.print(`${retried} jobs are tried again`)
    return { data: { retried, batch } as unknown as JsonObject }
  },
}
