import { answered } from "@geartrain/sdk/client"
import type { CommandResult, Context, Given } from "../command.ts"
import { escapeText } from "../output/escape-text.ts"
import { EXIT_CODES } from "../output/exit-codes.ts"
import { connectServer } from "./connect.ts"

/** `gear doctor --server`: what the server finds when it looks at itself. */
export async function doctorServer(context: Context, given: Given): Promise<CommandResult> {
  const client = await connectServer(context.settings(), given)
  const { findings } = answered(await client.api.GET("/api/v1/doctor"))
  const { paint } = context.terminal.out
  const looks = { good: paint.green("ok  "), poor: paint.yellow("poor"), bad: paint.red("bad ") }
  for (const { state, check, says, fix } of findings) {
    context.reply.print(`${looks[state]}  ${escapeText(`${check}: ${says}`)}`)
    if (fix !== undefined) context.reply.print(`      → ${escapeText(fix)}`)
  }
  const bad = findings.filter(({ state }) => state === "bad")
  const [first] = bad
  if (first === undefined) return { data: findings }
  return {
    data: findings,
    exitCode: EXIT_CODES.NO,
    error: {
      code: "SERVER_NOT_READY",
      message: first.says,
      fix: first.fix ?? null,
      docs: "gear help doctor",
      culprit: "platform",
      retryable: true,
    },
  }
}
