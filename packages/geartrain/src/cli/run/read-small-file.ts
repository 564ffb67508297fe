import { type Details, decodeUtf8, type GeartrainError, type JsonFault } from "@geartrain/spec"
import { readFile, stat } from "../../system/files.ts"
import { systemCode } from "../../system/system-code.ts"

/** What a caller says of a file of the user's that it cannot take. */
export interface Refusal {
  /** What is the case, as part of a sentence. */
  readonly is: string
  readonly cause?: unknown
  readonly details?: Details
}

export interface SmallFileRules {
  /** A longer file is refused before any of it is read. */
  readonly longestBytes: number
  readonly refuse: (refusal: Refusal) => GeartrainError
}

/**
 * Reads a small text that the user named: a regular file, since another kind could keep us waiting, of bounded size, in UTF-8.
 *
 * @throws {GeartrainError} What `refuse` makes.
 */
export async function readSmallFile(path: string, rules: SmallFileRules): Promise<string> {
  const decoded = decodeUtf8(await readBytes(path, rules))
  if (decoded.ok) return decoded.text
  throw rules.refuse(faultRefusal(path, [decoded.fault]))
}

/** Tells what is wrong with a text, one line for each fault as a compiler does. */
export function faultRefusal(path: string, faults: readonly JsonFault[]): Refusal {
  const shown = faults.slice(0, MOST_SHOWN).map(({ line, column, problem, fix }) => {
    return `${path}:${line}:${column}: ${problem}; ${fix.charAt(0).toLowerCase()}${fix.slice(1)}`
  })
  if (faults.length > MOST_SHOWN) shown.push(`… and ${faults.length - MOST_SHOWN} more`)
  const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`
  const places = faults.map(({ kind, line, column }) => ({ kind, line, column }))
  return { is: [`it has ${count}`, ...shown].join("\n"), details: { faults: places } }
}

// As many as fit on a screen.
const MOST_SHOWN = 20

async function readBytes(path: string, { longestBytes, refuse }: SmallFileRules): Promise<Uint8Array> {
  try {
    const stats = await stat(path)
    if (!stats.isFile()) throw refuse({ is: "it is no regular file" })
    if (stats.size > longestBytes) throw refuse({ is: `it has ${stats.size} bytes, and ${longestBytes} are the most` })
    return await readFile(path)
  } catch (error) {
    const code = systemCode(error)
    if (code === "ENOENT" || code === "ENOTDIR") throw refuse({ is: "there is no such file", cause: error })
    if (code === "EACCES" || code === "EPERM") throw refuse({ is: "it may not be read by this user", cause: error })
    throw error
  }
}
