import { decodeUtf8, type JsonValue } from "@geartrain/spec"
import { pegasusFault } from "../pegasus-fault.ts"
import { readPegasusFile } from "../read-pegasus-file.ts"
import { type LineIndex, parseYaml } from "./parse-yaml.ts"

/** A document as it was read, and its text, from which the line of a value is found when there is something to say about it. */
export interface PegasusDocument {
  readonly file: string
  readonly text: string
  readonly value: JsonValue
}

/** @throws {GeartrainError} PEGASUS_DOCUMENT_INVALID, PEGASUS_FILE_MISSING. */
export async function readPegasusDocument(file: string): Promise<PegasusDocument> {
  return parsePegasusText(await readPegasusText(file), file)
}

/** @throws {GeartrainError} PEGASUS_DOCUMENT_INVALID with the line. */
export function parsePegasusText(text: string, file: string): PegasusDocument {
  return { file, text, value: parseYaml(text, { file }) }
}

/** A text file of Pegasus' as UTF-8, within bounds. @throws {GeartrainError} PEGASUS_DOCUMENT_INVALID, PEGASUS_FILE_MISSING. */
export async function readPegasusText(file: string): Promise<string> {
  const text = decodeUtf8(await readPegasusFile(file, "Give the workflow's file, or name the catalogs with --catalogs"))
  if (!text.ok) throw pegasusFault({ file }, "it is not UTF-8")
  return text.text
}

/** The line of a value, found by reading the text once more. For one that is missing, that of what it is missing in. */
export function lineOf({ file, text }: PegasusDocument, path: readonly (string | number)[]): number {
  const lines: LineIndex = new Map()
  let value: unknown = parseYaml(text, { file }, lines)
  let line = 1
  for (const step of path) {
    if (typeof value !== "object" || value === null) break
    line = lines.get(value)?.get(String(step)) ?? line
    value = (value as Record<string, unknown>)[step]
  }
  return line
}
