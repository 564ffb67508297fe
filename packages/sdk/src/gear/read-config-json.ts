import {
  decodeUtf8,
  deriveInvocationSchema,
  type GearManifest,
  GeartrainError,
  isolateConfigSchema,
  type JsonObject,
  type JsonValue,
  parseJson,
  validateDraft04,
} from "@geartrain/spec"

/**
 * Reads what a gear is run with, and makes sure of what the types of its context promise.
 *
 * @throws {GeartrainError} CONFIG_FILE_INVALID
 */
export function readConfigJson(bytes: Uint8Array, manifest: GearManifest, path: string): JsonObject {
  const text = decodeUtf8(bytes)
  if (!text.ok) throw invalid(path, "it is not UTF-8")
  const read = parseJson(text.text)
  if (!read.ok) throw invalid(path, read.faults[0]?.problem ?? "it is no JSON")
  const document = read.document.value
  if (!isObject(document)) throw invalid(path, "it is no JSON object")
  for (const member of ["config", "inputs", "destination"]) {
    const value = document[member]
    if (value !== undefined && !isObject(value)) throw invalid(path, `its member "${member}" is no object`)
  }
  const schema = isolateConfigSchema(deriveInvocationSchema(manifest))
  const [broken] = validateDraft04(schema, document["config"] ?? {})
  if (broken === undefined) return document
  const where = broken.path.length === 0 ? "config" : `config ${JSON.stringify(broken.path.join("."))}`
  throw invalid(path, `${where} is not what the manifest says: ${broken.problem}`)
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function invalid(path: string, problem: string): GeartrainError {
  return new GeartrainError("CONFIG_FILE_INVALID", `Cannot read "${path}": ${problem}`, {
    hint: "Run the gear with gear run, which writes this file",
  })
}
