import type { WorkflowPlan } from "@geartrain/spec/workflow"
import { writeAtomically } from "../../../system/atomic-write.ts"

/** So many letters are put together before they are written. */
const CHUNK = 1 << 20

/**
 * Writes a plan as one JSON document, a line for each of its jobs, whole or not at all. Needs memory for a piece of it only.
 */
export async function writePlan(path: string, plan: WorkflowPlan): Promise<void> {
  await writeAtomically(path, async (file) => {
    let text = ""
    for (const piece of planPieces(plan)) {
      text += piece
      if (text.length < CHUNK) continue
      await file.write(text)
      text = ""
    }
    await file.write(text)
  })
}

/** The document piece by piece, in the order in which people read it. */
export function* planPieces(plan: WorkflowPlan): Generator<string> {
  let before = "{\n"
  for (const [name, value] of Object.entries(plan)) {
    yield `${before}${JSON.stringify(name)}: `
    before = ",\n"
    if (Array.isArray(value) && value.length > 0) yield* lines(value)
    else yield JSON.stringify(value)
  }
  yield "\n}\n"
}

function* lines(values: readonly unknown[]): Generator<string> {
  let before = "[\n"
  for (const value of values) {
    yield `${before}${JSON.stringify(value)}`
    before = ",\n"
  }
  yield "\n]"
}
