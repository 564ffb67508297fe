import type { JsonObject } from "@geartrain/spec"
import { stat } from "../../system/files.ts"
import type { CommandResult, Context } from "../command.ts"
import { EXIT_CODES } from "../output/exit-codes.ts"
import type { ReplyError } from "../output/reply.ts"
import { comparisonLines } from "../pages/content-lines.ts"

/** Whether the words name files: what could be the id of a job is one, unless it is written as a path. */
export async function areFiles(words: readonly string[]): Promise<boolean> {
  if (words.some((word) => /^[0-9a-f]{4,24}$|^latest$/.test(word))) return false
  return (await Promise.all(words.map(isPath))).every((found) => found)
}

/** Compares two files of the user's by what their format says they mean. */
export async function diffFiles(context: Context, [a = "", b = ""]: readonly string[]): Promise<CommandResult> {
  const [{ compareFiles }, { fileSource }] = await Promise.all([
    import("../../formats/compare-files.ts"),
    import("../../engine/proof/file-sources.ts"),
  ])
  const comparison = await compareFiles(await fileSource(a), await fileSource(b))
  const { reply, terminal } = context
  for (const line of comparisonLines(comparison.same ? "same" : "different", comparison, terminal.out.paint))
    reply.print(line)
  const data = comparison as unknown as JsonObject
  return comparison.same ? { data } : { data, exitCode: EXIT_CODES.NO, error: differentReply(comparison.summary) }
}

export function differentReply(message: string): ReplyError {
  return {
    code: "DIFFERENT",
    message,
    fix: null,
    docs: "gear help DIFFERENT",
    culprit: "unknown",
    retryable: false,
  }
}

async function isPath(word: string): Promise<boolean> {
  try {
    return !(await stat(word)).isDirectory() || word.includes("/")
  } catch {
    // Nothing of this name: written as a path, it is one that is wrong.
    return /^(\.{0,2}\/)/.test(word)
  }
}
