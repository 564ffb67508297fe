import type { JsonObject } from "@geartrain/spec"
import type { Command } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"
import { EXIT_CODES } from "../../output/exit-codes.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"

export const doctorCommand: Command = {
  name: "doctor",
  arguments: [],
  flags: {
    known: { type: "switch", says: "Say what was found out before, and do not try the providers again" },
    ...SERVER_FLAG,
  },
  examples: [
    {
      command: "gear doctor",
      says: "Try every provider with a small box, and tell what was refused and how to mend it",
    },
    { command: "gear doctor --server", says: "What a server lacks, and what to do; for its admins" },
    { command: "gear doctor --json", says: "The same for programs" },
  ],
  notes: ["Providers are tried once and remembered; after something was mended, gear doctor makes gear run see it."],
  exits: "answer",
  exitNotes: { 0: "a provider and the store work", 1: "no provider works, or the store does not" },
  run: async (context, given) => {
    if (given.has("server")) return (await import("../../server/doctor-server.ts")).doctorServer(context, given)
    const { reply, settings, terminal } = context
    const [{ examineMachine }, { doctorPage }] = await Promise.all([
      import("../../../compose/machine/examine-machine.ts"),
      import("../../pages/doctor-page.ts"),
    ])
    const report = await examineMachine(settings(), { fresh: !given.has("known") })
    for (const line of doctorPage(report, terminal.out.paint)) reply.print(line)
    const data = { ...report } as unknown as JsonObject
    const failing = report.providers.some((provider) => provider.works)
      ? report.store.problem
      : "No provider works here"
    if (failing === undefined) return { data }
    const isStore = report.store.problem === failing
    const refused = report.providers.find((provider) => !provider.works)
    const fix = isStore ? report.store.mend : refused?.works === false ? refused.mend : undefined
    const code = isStore ? "DAMAGED" : "NO_PROVIDER"
    if (!isStore)
      reply.say(`No provider works here, and one is enough\n→ ${escapeText(fix ?? "gear help NO_PROVIDER")}`)
    const error = {
      code,
      message: failing,
      fix: fix ?? null,
      docs: `gear help ${code}`,
      culprit: "platform",
      retryable: false,
    }
    return { data, exitCode: EXIT_CODES.NO, error }
  },
}
