import type { JsonObject } from "@geartrain/spec"
import type { Command } from "../../command.ts"
import { batchLines, failureLines, targetLine } from "../../server/batch-lines.ts"
import { connectServer } from "../../server/connect.ts"
import { batchId, failuresOf, leftOut, readBatch } from "../../server/read-batch.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"

export const batchShowCommand: Command = {
  name: "batch show",
  arguments: [{ name: "BATCH", says: "The id of a batch" }],
  flags: SERVER_FLAG,
  examples: [
    {
      command: "gear batch show 0123456789abcdef01234567",
      says: "How far it is, what was left out and why, and what failed, by kind",
    },
  ],
  exits: "answer",
  run: async (context, given) => {
    const client = await connectServer(context.settings(), given)
    const id = batchId(given.words[0] ?? "")
    const [batch, failures, left] = await Promise.all([
      readBatch(client, id),
      failuresOf(client, id),
      leftOut(client, id),
    ])
    for (const line of batchLines(batch)) context.reply.print(line)
    if (failures.length > 0) context.reply.print("failures:")
    for (const line of failureLines(failures)) context.reply.print(line)
    if (left.length > 0) context.reply.print("left out:")
    for (const target of left) context.reply.print(targetLine(target))
    return { data: { batch, failures, leftOut: left } as unknown as JsonObject }
  },
}
