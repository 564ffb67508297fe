import { GeartrainError, nearestName } from "@geartrain/spec"
import type { Command, CommandResult, Context } from "../../command.ts"
import { SCHEMAS } from "../../help/schemas/schema-list.ts"
import { textTable } from "../../output/text-table.ts"

export const schemaCommand: Command = {
  name: "schema",
  arguments: [{ name: "NAME", says: "Which schema; without it they are listed", optional: true, complete: "schema" }],
  flags: {},
  examples: [
    { command: "gear schema", says: "List the documents that have one" },
    { command: "gear schema job-record > job-record.json", says: "The JSON Schema of the record of a job" },
  ],
  exits: "answer",
  run: async (context, given) => {
    const [name] = given.words
    return name === undefined ? list(context) : await print(context, name)
  },
}

function list({ reply }: Context): CommandResult {
  const rows = Object.entries(SCHEMAS).map(([name, { says }]) => [name, says])
  for (const line of textTable([{ title: "NAME" }, { title: "WHAT" }], rows)) reply.print(line)
  return { data: rows.map(([name = "", says = ""]) => ({ name, says })) }
}

async function print({ reply }: Context, name: string): Promise<CommandResult> {
  const known = Object.hasOwn(SCHEMAS, name) ? SCHEMAS[name] : undefined
  if (known !== undefined) {
    const schema = await known.load()
    reply.print(JSON.stringify(schema, undefined, 2))
    return { data: schema }
  }
  const near = nearestName(name, Object.keys(SCHEMAS))
  throw new GeartrainError(
    "TOPIC_NOT_FOUND",
    `Cannot print schema "${name}": there is none; there are ${Object.keys(SCHEMAS).join(", ")}`,
    {
      details: { name },
      hint: near === undefined ? "List them: gear schema" : `Did you mean: gear schema ${near}`,
    },
  )
}
