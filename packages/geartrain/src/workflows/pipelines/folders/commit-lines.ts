import { GeartrainError } from "@geartrain/spec"
import { writeAtomically } from "../../../system/atomic-write.ts"
import { readLines } from "../../../system/read-chunks.ts"
import { systemCode } from "../../../system/system-code.ts"
import { COMMIT_FORMAT, type Commit } from "./commit.ts"

/** A line of a commit; a datum of a thousand files has a megabyte. */
const LONGEST_LINE_BYTES = 128 * 1024 * 1024
const CHUNK_CHARACTERS = 1024 * 1024

/** Writes a commit: its head, and a line for each of what it holds. It is there whole, or not at all. */
export async function writeCommit(path: string, head: Commit, items: Iterable<object>): Promise<void> {
  await writeAtomically(path, async (file) => {
    let text = `${JSON.stringify(head)}\n`
    for (const item of items) {
      text += `${JSON.stringify(item)}\n`
      if (text.length < CHUNK_CHARACTERS) continue
      await file.appendFile(text)
      text = ""
    }
    if (text !== "") await file.appendFile(text)
  })
}

/** Reads the first line of a commit. @throws {GeartrainError} PIPELINE_RECORD_UNREADABLE */
export async function readHead(path: string): Promise<Commit> {
  for await (const line of lines(path)) return headOf(path, line)
  throw unreadable(path, "it is empty")
}

/** Reads a commit. @throws {GeartrainError} PIPELINE_RECORD_UNREADABLE */
export async function readCommit<Item>(
  path: string,
): Promise<{ readonly head: Commit; readonly items: readonly Item[] }> {
  let head: Commit | undefined
  const items: Item[] = []
  for await (const line of lines(path)) {
    if (head === undefined) head = headOf(path, line)
    else items.push(parse(path, line) as Item)
  }
  if (head === undefined) throw unreadable(path, "it is empty")
  return { head, items }
}

function headOf(path: string, line: string): Commit {
  const head = parse(path, line) as unknown as Commit
  if (head.format !== COMMIT_FORMAT)
    throw unreadable(path, `its format is ${JSON.stringify(head.format)}, and ${COMMIT_FORMAT} is read`)
  return head
}

function parse(path: string, line: string): object {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value
  } catch (error) {
    throw unreadable(path, "a line of it is no JSON", error)
  }
  throw unreadable(path, "a line of it is no object")
}

async function* lines(path: string): AsyncGenerator<string> {
  const tooLong = () => unreadable(path, "a line of it is too long")
  try {
    yield* readLines(path, { longestBytes: LONGEST_LINE_BYTES, tooLong })
  } catch (error) {
    if (systemCode(error) === "ENOENT") throw unreadable(path, "it is gone", error)
    throw error
  }
}

function unreadable(path: string, is: string, cause?: unknown): GeartrainError {
  return new GeartrainError("PIPELINE_RECORD_UNREADABLE", `Cannot read commit "${path}": ${is}`, {
    details: { path },
    hint: "Move it away; the next run commits anew, and finds what was done by its content",
    ...(cause === undefined ? {} : { cause }),
  })
}
