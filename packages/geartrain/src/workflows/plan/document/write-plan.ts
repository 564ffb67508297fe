import type { Digest } from "@geartrain/spec"
import type { WorkflowPlan } from "@geartrain/spec/workflow"
import { writeAtomically } from "../../../system/atomic-write.ts"
import type { FileHandle } from "../../../system/files.ts"
import { createHasher } from "../../../system/hash.ts"

/** So many letters are put together before they are written. */
const CHUNK = 1 << 20

/**
 * Writes a plan as one JSON document, a line for each of its jobs, whole or not at all. Needs memory for a piece of it only.
 */
export async function writePlan(path: string, plan: WorkflowPlan): Promise<void> {
  await writeAtomically(path, async (file) => void (await writePlanInto(file, plan)))
}

/**
 * Writes the document at the end of an open file.
 *
 * @returns the digest of its bytes.
 */
export async function writePlanInto(file: Pick<FileHandle, "appendFile">, plan: WorkflowPlan): Promise<Digest> {
  const hasher = createHasher()
  for (const text of chunks(planPieces(plan))) {
    const bytes = Buffer.from(text)
    hasher.update(bytes)
    // One write of the system's may take a part only: this goes on until all is taken.
    await file.appendFile(bytes)
  }
  return hasher.digest()
}

function* chunks(pieces: Iterable<string>): Generator<string> {
  let text = ""
  for (const piece of pieces) {
    text += piece
    if (text.length < CHUNK) continue
    yield text
    text = ""
  }
  yield text
}

/** The document piece by piece, in the order in which people read it. */
function* planPieces(plan: WorkflowPlan): Generator<string> {
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
