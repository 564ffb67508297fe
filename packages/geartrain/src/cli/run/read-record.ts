import {
  GeartrainError,
  isDigest,
  JOB_RECORD_FORMAT,
  type JobRecord,
  type JsonObject,
  type JsonValue,
} from "@geartrain/spec"
import { readJsonFile } from "./read-json-file.ts"
import type { Refusal } from "./read-small-file.ts"

/** A record holds no bytes of inputs or outputs, only their names: the largest have some thousand of them. */
const LONGEST_BYTES = 64 * 1024 * 1024
/** Six for an output: more than 300,000 of them. */
const MOST_VALUES = 2_000_000

/**
 * Reads the record of a job from a file: bare, or as `gear show --json` prints it, so that it can come from another machine.
 *
 * @throws {GeartrainError} RECORD_FILE_INVALID
 */
export async function readRecordFile(path: string): Promise<JobRecord> {
  const refuse = (refusal: Refusal): GeartrainError => invalid(path, refusal)
  const document = await readJsonFile(path, { longestBytes: LONGEST_BYTES, maxValues: MOST_VALUES, refuse })
  const record = unwrap(document.value)
  const wrong = faultOf(record)
  if (wrong !== undefined) throw refuse({ is: wrong })
  return record as unknown as JobRecord
}

/** Tells a word that names a file from one that names a job: the latter has only hexadecimal digits. */
export function isRecordPath(word: string): boolean {
  return word.includes("/") || word.endsWith(".json")
}

function unwrap(document: JsonValue): JsonValue {
  if (!isObject(document) || document["format"] !== undefined) return document
  return document["data"] ?? document
}

/** What a replay needs; the rest of the record is not looked at. */
function faultOf(record: JsonValue): string | undefined {
  if (!isObject(record) || record["format"] !== JOB_RECORD_FORMAT)
    return `it is not the record of a job (format "${JOB_RECORD_FORMAT}")`
  const { id, gear, invocation, inputs, outputs, limits } = record
  if (typeof id !== "string" || !/^[0-9a-f]{24}$/.test(id)) return "its id is not that of a job"
  if (!isObject(gear) || typeof gear["id"] !== "string" || !isDigest(gear["id"]))
    return "it does not name the gear by its id"
  if (!isObject(gear["origin"]) || typeof gear["name"] !== "string") return "it does not say which gear it was"
  if (!isObject(invocation) || !isObject(invocation["config"]) || !isObject(invocation["inputs"]))
    return "its invocation has no config or no inputs"
  if (invocation["network"] !== "none" && invocation["network"] !== "outbound")
    return "its invocation does not say what network it had"
  if (!isObject(inputs) || !Array.isArray(outputs) || !isObject(limits))
    return "its inputs, outputs or limits are missing"
  const bad = Object.entries(invocation["inputs"]).find(([, input]) => !isInput(input))
  return bad === undefined ? undefined : `input "${bad[0]}" of its invocation has no digest`
}

function isInput(input: JsonValue): boolean {
  if (!isObject(input)) return false
  if (input["base"] !== "file") return input["base"] === "context" || input["base"] === "api-key"
  const { digest, name } = input
  return typeof digest === "string" && isDigest(digest) && typeof name === "string" && isObject(input["object"])
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function invalid(path: string, { is, cause, details }: Refusal): GeartrainError {
  return new GeartrainError("RECORD_FILE_INVALID", `Cannot read record "${path}": ${is}`, {
    details: { path, ...details },
    hint: "Write the record with: gear show JOB --json > job.json",
    ...(cause === undefined ? {} : { cause }),
  })
}
