import { GeartrainError } from "@geartrain/spec"
import type { Command } from "../../command.ts"
import { INPUT_AGAIN, inputsAgain } from "../../proof/verdict-answer.ts"

export const debugCommand: Command = {
  name: "debug",
  arguments: [{ name: "JOB", says: "The id of a job, its beginning, or latest", complete: "job" }],
  flags: {
    rerun: { type: "switch", says: "Run the gear's command first, and open the shell in what it leaves" },
    ...INPUT_AGAIN,
    provider: { type: "text", value: "NAME", says: "What isolates the shell", complete: "provider" },
  },
  examples: [
    {
      command: "gear debug latest",
      says: "A shell with the same filesystem, inputs, config, environment and outputs as the last job",
    },
    { command: "gear debug latest --rerun", says: "The same, after the gear has been run again in it" },
  ],
  notes: ["Nothing that is done in the shell is recorded, or kept."],
  exits: "gear",
  run: async ({ settings, terminal }, given) => {
    if (!terminal.canAsk() || !terminal.out.isTerminal) {
      throw new GeartrainError(
        "TERMINAL_NEEDED",
        "Cannot open a shell: standard input, output or error is no terminal",
        {
          hint: "Run gear debug in a terminal, or run the job again: gear replay JOB",
        },
      )
    }
    const [{ openEngine }, { resolveJob }, { debugJob }] = await Promise.all([
      import("../../../compose/open-engine.ts"),
      import("../../../engine/life/resolve-job.ts"),
      import("../../../engine/again/debug-job.ts"),
    ])
    const files = inputsAgain(given)
    const provider = given.text("provider")
    const engine = await openEngine(settings(), { write: true, ...(provider === undefined ? {} : { provider }) })
    // Ctrl-C is for what runs in the shell; a shell that ends is how we end.
    const ignore = (): void => undefined
    process.on("SIGINT", ignore)
    try {
      const record = await resolveJob(given.words[0] ?? "", engine)
      return { exitCode: await debugJob(record, engine, { rerun: given.has("rerun"), files }) }
    } finally {
      process.off("SIGINT", ignore)
      await engine.close()
    }
  },
}
