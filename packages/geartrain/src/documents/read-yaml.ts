import {
  decodeUtf8,
  type ErrorCode,
  GeartrainError,
  type JsonDocument,
  type JsonFault,
  type JsonPath,
  type JsonValue,
  parseJson,
} from "@geartrain/spec"
import { type Document, isMap, isNode, LineCounter, type Node, type Pair, parseDocument, visit } from "yaml"
import { open } from "../system/files.ts"

/** A document that people write by hand, and where each of its values stands. */
export interface YamlDocument {
  readonly file: string
  readonly code: DocumentCode
  readonly value: JsonValue
  /** Where a value begins, or, for one that is missing, what it is missing in. Both count from 1. */
  place(path: JsonPath): { readonly line: number; readonly column: number }
}

/** The code of every error about documents of one kind. */
export type DocumentCode = Extract<ErrorCode, `${string}_INVALID`>

/** One fault of a document, and what mends it. */
export interface DocumentFault {
  readonly path: JsonPath
  readonly problem: string
  readonly fix: string
}

/** What a document of one kind may be. */
interface Bounds {
  readonly bytes: number
  /** Of one in JSON, as programs write it; it is read in a fraction of the time. Default: as many. */
  readonly jsonBytes?: number
  readonly levels: number
}

/** What a workflow may have at most as YAML. */
export const MOST_WORKFLOW_YAML_BYTES = 4 * 1024 * 1024
/** The same as JSON. */
export const MOST_WORKFLOW_JSON_BYTES = 32 * 1024 * 1024

/** What is written by hand has a few KiB. */
const BOUNDS: Bounds = { bytes: 256 * 1024, levels: 16 }

/** A hierarchy goes nine levels deep before there is anything of the user's own, and a project may have thousands of files. */
const OWN_BOUNDS: Readonly<Partial<Record<ErrorCode, Bounds>>> = {
  HIERARCHY_INVALID: { bytes: 4 * 1024 * 1024, levels: 48 },
  // 100,000 steps of 260 bytes in JSON take 6 s and 700 MB to read; in YAML, 20,000 would.
  WORKFLOW_INVALID: { bytes: MOST_WORKFLOW_YAML_BYTES, jsonBytes: MOST_WORKFLOW_JSON_BYTES, levels: 32 },
}

function boundsOf({ code }: { readonly code: DocumentCode }): Bounds {
  return OWN_BOUNDS[code] ?? BOUNDS
}

/**
 * Reads a file of YAML 1.2 that stays within JSON: no tags, no anchors and aliases, no key twice, one document.
 *
 * JSON is YAML, too. Dates, `yes` and `no` are texts.
 *
 * @param kind  Which error a fault is: its code.
 * @throws {GeartrainError} of that code, with the line and column; what opening the file throws, when it is not there.
 */
export async function readYamlFile(file: string, code: DocumentCode): Promise<YamlDocument> {
  const handle = await open(file, "r")
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) throw documentError({ file, code }, ["it is no regular file"])
    const head = Buffer.alloc(64)
    const { bytesRead: headBytes } = await handle.read(head, 0, head.length, 0)
    const most = mostBytes(head.subarray(0, headBytes), { code })
    if (stats.size > most) throw documentError({ file, code }, [tooLarge(stats.size, most, { code })])
    // Of memory that is not filled, only what is read is taken.
    const buffer = Buffer.allocUnsafe(most + 1)
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0)
    return parseYaml(buffer.subarray(0, bytesRead), { file, code })
  } finally {
    await handle.close()
  }
}

/** @throws {GeartrainError} of `code`. */
export function parseYaml(bytes: Uint8Array, of: { readonly file: string; readonly code: DocumentCode }): YamlDocument {
  const most = mostBytes(bytes, of)
  if (bytes.length > most) throw documentError(of, [`it has more than ${most} bytes`])
  const text = decodeUtf8(bytes)
  if (!text.ok) throw documentError(of, ["it is not UTF-8"])
  if (bytes.length > boundsOf(of).bytes) return readJson(text.text, of)
  const lines = new LineCounter()
  const document = parseWhole(text.text, lines, of)
  const place = (offset: number): { readonly line: number; readonly column: number } => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const faults = [...document.errors, ...document.warnings].map(({ message, pos }) => {
    const { line, column } = place(pos[0])
    return `${of.file}:${line}:${column} ${message.split("\n")[0]?.replace(/ at line \d+.*$/, "") ?? ""}`
  })
  if (faults.length > 0) throw documentError(of, faults)
  return {
    ...of,
    value: toJson(document, of),
    place: (path) => place(offsetOf(document, path)),
  }
}

/** White space, and the brace that a document in JSON begins with; one in YAML may, too. */
function beginsAsJson(bytes: Uint8Array): boolean {
  for (const byte of bytes) {
    if (byte === 0x7b) return true
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return false
  }
  return false
}

function mostBytes(begin: Uint8Array, of: { readonly code: DocumentCode }): number {
  const { bytes, jsonBytes = bytes } = boundsOf(of)
  return beginsAsJson(begin) ? jsonBytes : bytes
}

function tooLarge(size: number, most: number, of: { readonly code: DocumentCode }): string {
  const { jsonBytes = most } = boundsOf(of)
  return `it has ${size} bytes, and ${most} are the most${jsonBytes > most ? `; as JSON, ${jsonBytes}` : ""}`
}

/** Each value takes two bytes at least. */
const BYTES_A_VALUE = 2

/** A document that is too large for YAML: JSON to the letter. */
function readJson(text: string, of: { readonly file: string; readonly code: DocumentCode }): YamlDocument {
  const { bytes, levels, jsonBytes = bytes } = boundsOf(of)
  const limits = { maxBytes: jsonBytes, maxDepth: levels, maxValues: Math.ceil(jsonBytes / BYTES_A_VALUE) }
  const result = parseJson(text, limits)
  if (result.ok) return { ...of, value: result.document.value, place: (path) => jsonPlace(result.document, path) }
  throw documentError(
    of,
    result.faults.map(({ line, column, problem }: JsonFault) => `${of.file}:${line}:${column} ${problem}`),
  )
}

/** Where a value stands, or, for one that is missing, what it is missing in. */
function jsonPlace(document: JsonDocument, path: JsonPath): { readonly line: number; readonly column: number } {
  for (let length = path.length; length >= 0; length--) {
    const position = document.positionOf(path.slice(0, length))
    if (position !== undefined) return { line: position.line, column: position.column }
  }
  return { line: 1, column: 1 }
}

/**
 * Makes the error that tells of all faults of a document, a line each, 20 at most.
 *
 * @example
 *   documentFaultLine(parseYaml(Buffer.from("a: 1"), { file: "gear.yaml", code: "RECIPE_INVALID" }), { path: ["a"], problem: "found 1", fix: "Write 2" })
 *   // => "gear.yaml:1:4 /a: found 1; write 2"
 */
export function documentFaultLine(document: YamlDocument, fault: DocumentFault): string {
  const { line, column } = document.place(fault.path)
  const where = fault.path.length === 0 ? "/" : `/${fault.path.join("/")}`
  return `${document.file}:${line}:${column} ${where}: ${fault.problem}; ${fault.fix.charAt(0).toLowerCase()}${fault.fix.slice(1)}`
}

/** @param faults  At least one. */
export function documentFaults(document: YamlDocument, faults: readonly DocumentFault[]): GeartrainError {
  return documentError(
    document,
    faults.map((fault) => documentFaultLine(document, fault)),
  )
}

const MOST_SHOWN = 20

function documentError(
  of: { readonly file: string; readonly code: DocumentCode },
  faults: readonly string[],
): GeartrainError {
  const shown = faults.slice(0, MOST_SHOWN)
  const more = faults.length > shown.length ? [`… and ${faults.length - shown.length} more`] : []
  const [only = ""] = faults
  const message =
    faults.length === 1
      ? `Cannot read "${of.file}": ${only}`
      : [`Cannot read "${of.file}": it has ${faults.length} faults`, ...shown, ...more].join("\n")
  return new GeartrainError(of.code, message, {
    details: { file: of.file, faults: [...shown] },
    hint: SCHEMA_HINTS[of.code] ?? "Change it where the message says",
  })
}

const SCHEMA_HINTS: Readonly<Partial<Record<ErrorCode, string>>> = {
  RECIPE_INVALID: "See what a recipe may hold: gear schema recipe",
  GEAR_TEST_INVALID: "See what a test may hold: gear schema gear-test",
  HIERARCHY_INVALID: "See what a hierarchy may hold: gear schema hierarchy",
  PIPELINE_INVALID: "See what a pipeline may hold: gear schema pipeline",
  WORKFLOW_INVALID: "See what a workflow may hold: gear schema workflow",
}

function parseWhole(
  text: string,
  lineCounter: LineCounter,
  of: { readonly file: string; readonly code: DocumentCode },
): Document.Parsed {
  try {
    return parseDocument(text, { schema: "core", version: "1.2", strict: true, uniqueKeys: true, lineCounter })
  } catch (error) {
    // The parser follows brackets within brackets by calling itself.
    if (error instanceof RangeError) throw documentError(of, [`it is more than ${boundsOf(of).levels} levels deep`])
    throw error
  }
}

function toJson(document: Document.Parsed, of: { readonly file: string; readonly code: DocumentCode }): JsonValue {
  visit(document, {
    Value: (_, node) => {
      if (node.tag !== undefined) throw documentError(of, [`it has the tag ${node.tag}; a document has none`])
    },
    // A few lines of aliases can stand for gigabytes.
    Alias: (_, alias) => {
      throw documentError(of, [`it has the alias *${alias.source}; what it stands for has to be written out`])
    },
  })
  const value = document.toJS() as JsonValue
  const problem = unfit(value, boundsOf(of).levels)
  if (problem !== undefined) throw documentError(of, [problem])
  return value
}

function unfit(value: unknown, most: number, depth = 0): string | undefined {
  if (depth > most) return `it is more than ${most} levels deep`
  if (typeof value === "number") return Number.isFinite(value) ? undefined : "it has a number that is none in JSON"
  if (value === null || typeof value === "string" || typeof value === "boolean") return undefined
  if (typeof value !== "object") return `it has a value of type ${typeof value}, which JSON has not`
  for (const part of Object.values(value)) {
    const problem = unfit(part, most, depth + 1)
    if (problem !== undefined) return problem
  }
  return undefined
}

/** Where the value at a path begins; for a member that is missing, where the nearest thing around it does. */
function offsetOf(document: Document.Parsed, path: JsonPath): number {
  let node: unknown = document.contents
  let offset = startOf(node) ?? 0
  for (const step of path) {
    const pair = isMap(node) ? (node.items as Pair[]).find(({ key }) => keyText(key) === String(step)) : undefined
    const next = pair === undefined ? itemOf(node, step) : (pair.value ?? pair.key)
    const start = startOf(next) ?? startOf(pair?.key)
    if (start === undefined) return offset
    offset = start
    node = next
  }
  return offset
}

function itemOf(node: unknown, step: string | number): unknown {
  return isNode(node) && "items" in node && !isMap(node) ? (node.items as unknown[])[Number(step)] : undefined
}

function keyText(key: unknown): string {
  return isNode(key) && "value" in key ? String(key.value) : String(key)
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? (node as Node).range?.[0] : undefined
}
