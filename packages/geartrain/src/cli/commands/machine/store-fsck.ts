import type { Command } from "../../command.ts"
import { formatCount, formatSize } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { EXIT_CODES } from "../../output/exit-codes.ts"

export const storeFsckCommand: Command = {
  name: "store fsck",
  arguments: [],
  flags: {},
  examples: [
    { command: "gear store fsck", says: "Read every byte, and tell what is damaged or missing, and how to mend it" },
  ],
  notes: ["Nothing is changed."],
  exits: "answer",
  exitNotes: { 0: "everything is whole", 1: "something is damaged or missing" },
  run: async (context) => {
    const { reply, settings, terminal } = context
    const [{ openEngine }, { checkStore }] = await Promise.all([
      import("../../../compose/open-engine.ts"),
      import("../../../compose/stores/store-care.ts"),
    ])
    const engine = await openEngine(settings(), {})
    try {
      let checkedBytes = 0
      const findings: { readonly kind: string; readonly message: string; readonly hint: string }[] = []
      for await (const { kind, message, hint } of checkStore(engine, {
        onProgress: (progress) => {
          checkedBytes = progress.checkedBytes
        },
      })) {
        findings.push({ kind, message, hint })
        reply.print(`${terminal.out.paint.red(kind)}  ${escapeText(message)}\n  → ${escapeText(hint)}`)
      }
      const data = { checkedBytes, findings }
      if (findings.length === 0) {
        reply.print(`${terminal.out.paint.green("whole")}  ${formatSize(checkedBytes)} were read, and nothing is wrong`)
        return { data }
      }
      const message = `${formatCount(findings.length, "thing")} in the store ${findings.length === 1 ? "is" : "are"} damaged or missing`
      reply.say(message)
      const error = {
        code: "DAMAGED",
        message,
        fix: findings[0]?.hint ?? null,
        docs: "gear help DAMAGED",
        culprit: "platform",
        retryable: false,
      }
      return { data, exitCode: EXIT_CODES.NO, error }
    } finally {
      await engine.close()
    }
  },
}
