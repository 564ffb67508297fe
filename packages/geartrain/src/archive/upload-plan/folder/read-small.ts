import { join } from "node:path"
import { decodeUtf8, type JsonObject, parseJson } from "@geartrain/spec"
import { readSmallFile } from "../../../system/small-file.ts"
import { systemCode } from "../../../system/system-code.ts"
import type { FoundFile } from "./found-file.ts"

/** Why a file tells nothing, as what goes on after its path. */
export class Untold {
  readonly why: string

  constructor(why: string) {
    this.why = why
  }
}

/** Reads a file that describes others. */
export function readSmall(folder: string, { source, sizeBytes }: FoundFile, mostBytes: number): Buffer | Untold {
  if (sizeBytes > mostBytes)
    return new Untold(`has more than ${mostBytes} bytes, and is not read for what it says of other files`)
  try {
    const bytes = readSmallFile(join(folder, source.linkedTo ?? source.path), sizeBytes)
    return bytes.length === sizeBytes ? bytes : new Untold("has changed while it was read")
  } catch (error) {
    const code = systemCode(error)
    if (code === undefined) throw error
    return new Untold(`cannot be read: ${code}`)
  }
}

/** Reads a JSON object that describes others, strictly. */
export function readSmallJson(folder: string, file: FoundFile, mostBytes: number): JsonObject | Untold {
  const bytes = readSmall(folder, file, mostBytes)
  if (bytes instanceof Untold) return bytes
  const decoded = decodeUtf8(bytes)
  if (!decoded.ok) return new Untold(decoded.fault.problem)
  const result = parseJson(decoded.text.replace(/^\ufeff/, ""), {
    maxBytes: mostBytes,
    maxDepth: 32,
    maxValues: 20_000,
  })
  if (!result.ok) {
    const [fault] = result.faults
    return new Untold(`is no JSON: line ${fault?.line ?? 1}: ${fault?.problem ?? "it cannot be read"}`)
  }
  const { value } = result.document
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value)
  return isObject ? (value as JsonObject) : new Untold("is no JSON object")
}
