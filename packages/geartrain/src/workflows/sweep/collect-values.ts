import { GeartrainError, type JsonValue, type OutputFile } from "@geartrain/spec"
import { compilePathGlob, type PathGlob } from "@geartrain/spec/workflow"

/** A value to pick out of the outputs of each job. */
export interface Collected {
  /** Title of its column. */
  readonly title: string
  readonly file: PathGlob
  /** Names and indices from the root of the document. */
  readonly pointer: readonly string[]
}

/**
 * Reads what is to be collected: `qc.json:/snr`, or `SNR=qc.json:/snr` with a title. The file may be a glob; of several that fit, the first counts.
 *
 * @throws {GeartrainError} USAGE, GLOB_INVALID
 * @see RFC 6901, "JavaScript Object Notation (JSON) Pointer"
 */
export function readCollected(text: string): Collected {
  const match = /^(?:([^=:/]+)=)?(.+?):((?:\/.*)?)$/s.exec(text)
  const [, title, file, pointer = ""] = match ?? []
  if (file === undefined) {
    throw new GeartrainError("USAGE", `Cannot read --collect "${text}": it has to be FILE:/POINTER`, {
      hint: "Name an output and a value in it: --collect qc.json:/snr",
    })
  }
  const steps = pointer === "" ? [] : pointer.slice(1).split("/").map(unescapeStep)
  return { title: title ?? `${file}:${pointer}`, file: compilePathGlob(file), pointer: steps }
}

function unescapeStep(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~")
}

/** The output that a value is collected from. */
export function collectedFile(
  { file }: Collected,
  outputs: readonly Pick<OutputFile, "path" | "digest" | "sizeBytes">[],
): Pick<OutputFile, "path" | "digest" | "sizeBytes"> | undefined {
  return outputs.filter(({ path }) => file.match(path) !== undefined).toSorted((a, b) => (a.path < b.path ? -1 : 1))[0]
}

/** What is at the pointer; nothing where there is none. */
export function valueAt(document: JsonValue, pointer: readonly string[]): JsonValue | undefined {
  let at: JsonValue | undefined = document
  for (const step of pointer) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined
    at = (at as Readonly<Record<string, JsonValue>>)[step]
  }
  return at
}
