import type { Context } from "../command.ts"
import { escapeText } from "../output/escape-text.ts"

/** Writes a document to a file, whole or not at all, or to standard output where none is named. Answers where it went. */
export async function writeDocument(
  context: Context,
  pieces: Iterable<string>,
  to: string | undefined,
): Promise<string | null> {
  if (to === undefined || to === "-") {
    if (!context.reply.json) for (const piece of pieces) await context.terminal.out.pour(piece)
    return null
  }
  const { writeAtomically } = await import("../../system/atomic-write.ts")
  await writeAtomically(to, async (file) => {
    for (const piece of pieces) await file.writeFile(piece)
  })
  context.reply.print(escapeText(to))
  return to
}
