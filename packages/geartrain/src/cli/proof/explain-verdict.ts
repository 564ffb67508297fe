import type { JsonObject } from "@geartrain/spec"
import type { CommandResult, Context } from "../command.ts"
import { explanationData } from "./explanation-data.ts"
import { explanationLines } from "./explanation-lines.ts"
import type { VerifiedJob } from "./tell-verdict.ts"
import { USUAL_REPEAT, USUAL_RUNS, watchExplain } from "./watch-explain.ts"

/**
 * Finds out why a re-run came out otherwise, under the provider where it did, and adds that to the answer of the verification: the verdict
 * and the exit code stay.
 */
export async function explainVerdict(
  context: Context,
  { record, job, verification }: VerifiedJob,
  { result, files }: { readonly result: CommandResult; readonly files: Readonly<Record<string, string>> },
): Promise<CommandResult> {
  const { openEngine } = await import("../../compose/open-engine.ts")
  const engine = await openEngine(context.settings(), { write: true, provider: verification.provider })
  try {
    const cost = { repeat: USUAL_REPEAT, mostRuns: USUAL_RUNS }
    const explanation = await watchExplain(context, [record, job], { ...cost, ports: engine, files })
    context.reply.print("")
    for (const line of explanationLines(explanation, context.terminal.out.paint)) context.reply.print(line)
    return { ...result, data: { ...(result.data as JsonObject), explanation: explanationData(explanation) } }
  } finally {
    await engine.close()
  }
}
