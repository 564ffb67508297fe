import {
  fileType,
  findInvocationFaults,
  type Gear,
  type GearManifest,
  type InputDeclaration,
  type JsonObject,
  type JsonValue,
  validateDraft04,
} from "@geartrain/spec"
import { type GearAdditions, type OutputAddition, readAdditions } from "@geartrain/spec/additions"
import type { InputFace, OutputFace, StepFace, ValueFault } from "./step-face.ts"

/**
 * What a gear takes and gives, by its manifest.
 *
 * @throws {GeartrainError} MANIFEST_INVALID for additions that cannot be followed.
 */
export function gearFace({ manifest }: Pick<Gear, "manifest">): StepFace {
  const additions = readAdditions(manifest)
  return {
    what: `gear "${manifest.name}"`,
    inputs: new Map(
      Object.entries(manifest.inputs).map(([name, input]) => [name, inputFace(name, input, additions)] as const),
    ),
    outputs: outputFaces(additions),
    values: "config",
    items: new Map(Object.entries(manifest.config)),
    valueFaults: (values) => configFaults(manifest, values),
  }
}

function inputFace(name: string, input: InputDeclaration, { inputs = {} }: GearAdditions): InputFace {
  const rule = Object.hasOwn(input, "type") ? (input as JsonObject)["type"] : undefined
  const isRule = typeof rule === "object" && rule !== null && !Array.isArray(rule)
  const takes = Object.hasOwn(inputs, name) ? (inputs[name]?.takes ?? "file") : "file"
  return {
    takes: input.base === "file" ? takes : input.base === "context" ? "context" : "key",
    isRequired: input.base !== "context" && (input as JsonObject)["optional"] !== true,
    fitsType: (type) => !isRule || validateDraft04(rule as JsonObject, type).length === 0,
    wantedType: isRule ? typeWords(rule as JsonObject) : undefined,
  }
}

function typeWords(rule: JsonObject): string {
  const types: JsonValue | undefined = rule["enum"]
  return Array.isArray(types) ? types.map((type) => JSON.stringify(type)).join(" or ") : "another type"
}

function outputFaces({ outputs }: GearAdditions): StepFace["outputs"] {
  if (outputs === undefined) return undefined
  return new Map(Object.entries(outputs).map(([name, output]) => [name, outputFace(output)] as const))
}

function outputFace({ files, type }: OutputAddition): OutputFace {
  const [only = ""] = files
  const types = type === undefined ? files.map(typeOfPattern) : [type]
  return {
    count: files.length === 1 && !/[*?]/.test(only) ? "one" : "some",
    types: types.includes(undefined) ? undefined : (types as readonly string[]),
  }
}

/**
 * The type of the files that a pattern fits, where their names tell it.
 *
 * @example
 *   typeOfPattern("sub/*.nii.gz") // => "nifti"
 *   typeOfPattern("*") // => undefined
 */
export function typeOfPattern(pattern: string): string | undefined {
  return fileType(pattern.slice(pattern.lastIndexOf("/") + 1))
}

function configFaults(manifest: GearManifest, values: JsonObject): readonly ValueFault[] {
  const faults = findInvocationFaults(manifest, { config: values, inputs: {} })
  return faults.flatMap(({ path, keyword, problem, fix }) => {
    const [part, name, ...rest] = path
    if (part !== "config") return []
    return [{ name: String(name), path: rest, isMissing: keyword === "required" && rest.length === 0, problem, fix }]
  })
}
