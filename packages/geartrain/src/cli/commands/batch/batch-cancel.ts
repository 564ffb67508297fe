import { answered } from "@geartrain/sdk/client"
import type { JsonObject } from "@geartrain/spec"
import type { Command } from "../../command.ts"
import { batchLines } from "../../server/batch-lines.ts"
import { connectServer } from "../../server/connect.ts"
import { batchId } from "../../server/read-batch.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"

export const batchCancelCommand: Command = {
  name: "batch cancel",
  arguments: [{ name: "BATCH", says: "The id of a batch" }],
  flags: SERVER_FLAG,
  examples: [{ command: "gear batch cancel 0123456789abcdef01234567", says: "Stop all of it that has not ended" }],
  exits: "answer",
  run: async (context, given) => {
    const client = await connectServer(context.settings(), given)
    const params = { path: { batch: batchId(given.words[0] ?? "") } }
    const batch = answered(await client.api.POST("/api/v1/batches/{batch}/cancel", { params }))
    for (const line of batchLines(batch)) context.reply.print(line)
    return { data: batch as unknown as JsonObject }
  },
}
