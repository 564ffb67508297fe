import { answered } from "@geartrain/sdk/client"
import { type Details, GeartrainError, type JsonObject } from "@geartrain/spec"
import type { Command } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"
import { readJsonFile } from "../../run/read-json-file.ts"
import type { Refusal } from "../../run/read-small-file.ts"
import { connectServer } from "../../server/connect.ts"
import { findProject } from "../../server/find-place.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"

/** The longest that a server takes. */
const LONGEST_BYTES = 1024 * 1024

export const rulesAddCommand: Command = {
  name: "rules add",
  arguments: [
    { name: "PROJECT", says: "GROUP/PROJECT" },
    { name: "FILE", says: "The rule, as JSON: see gear help rules, or the reference", complete: "file" },
  ],
  flags: {
    "dry-run": {
      type: "switch",
      short: "n",
      says: "Tell what it would do with the files that are there; keep nothing",
    },
    ...SERVER_FLAG,
  },
  examples: [
    {
      command: "gear rules add lab/study convert.json --dry-run",
      says: "What it would start for the files that are there",
    },
    { command: "gear rules add lab/study convert.json", says: "From now on; it acts with your rights" },
  ],
  exits: "answer",
  run: async (context, given) => {
    const client = await connectServer(context.settings(), given)
    const [path = "", file = ""] = given.words
    const params = { path: { project: await findProject(client, path) } }
    const { value } = await readJsonFile(file, { longestBytes: LONGEST_BYTES, refuse: (is) => invalid(file, is) })
    const document = value as JsonObject as never
    if (given.has("dry-run")) {
      const body = { document }
      const preview = answered(await client.api.POST("/api/v1/projects/{project}/rule-preview", { params, body }))
      for (const line of JSON.stringify(preview, undefined, 2).split("\n")) context.reply.print(escapeText(line))
      return { data: preview as unknown as JsonObject }
    }
    const rule = answered(await client.api.POST("/api/v1/projects/{project}/rules", { params, body: document }))
    context.reply.print(rule.id)
    return { data: rule as unknown as JsonObject }
  },
}

function invalid(path: string, { is, cause, details }: Refusal): GeartrainError {
  return new GeartrainError("RULE_FILE_INVALID", `Cannot read the rule "${path}": ${is}`, {
    details: { path, ...(details ?? {}) } as Details,
    hint: "Write it as a JSON object",
    ...(cause === undefined ? {} : { cause }),
  })
}
