import { GeartrainError } from "@geartrain/spec"
import type { Command } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"
import { EXIT_CODES } from "../../output/exit-codes.ts"

export const pegasusVerdictCommand: Command = {
  name: "pegasus verdict",
  arguments: [{ name: "FILE", says: "What a job of Pegasus printed, such as job.out.000", complete: "file" }],
  flags: {
    success: { type: "text", value: "TEXT", many: true, says: "A text that has to be there" },
    failure: { type: "text", value: "TEXT", many: true, says: "A text that must not be there" },
    status: { type: "text", value: "NUMBER", says: "What the scheduler says of the job; 0 is success" },
  },
  examples: [
    { command: "gear pegasus verdict analyze_ID4.out.000", says: "Whether the job succeeded, and how that is known" },
    { command: 'gear pegasus verdict job.out --success "Done" --status 0', says: "With a text that has to be there" },
  ],
  exits: "answer",
  exitNotes: { 0: "the job succeeded", 1: "it failed" },
  run: async ({ reply }, given) => {
    const [{ judgeJobOutput }, { readJobOutput }] = await Promise.all([
      import("../../../importers/pegasus/exit-code/judge-output.ts"),
      import("../../../importers/pegasus/exit-code/read-job-output.ts"),
    ])
    const status = readStatus(given.text("status"))
    const { verdict, why } = judgeJobOutput(await readJobOutput(given.words[0] ?? ""), {
      successMessages: given.list("success"),
      failureMessages: given.list("failure"),
      ...(status === undefined ? {} : { jobStatus: status }),
    })
    reply.print(escapeText(`${verdict}: ${why}`))
    const data = { verdict, why }
    return verdict === "success" ? { data } : { data, exitCode: EXIT_CODES.NO }
  },
}

function readStatus(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^-?\d+$/.test(text)) return Number(text)
  throw new GeartrainError("USAGE", `Cannot take "${text}" for a status: it is a whole number`, {
    hint: "Write --status 0",
  })
}
