import type { Gear, JsonValue } from "@geartrain/spec"
import { readAdditions } from "@geartrain/spec/additions"
import type { FileSource, InputSource, KnownFile, PlannedInput } from "@geartrain/spec/workflow"
import { type Items, NO_ITEMS } from "./item.ts"
import type { Part, Scope } from "./scope.ts"
import { sourceParts } from "./source-parts.ts"

/** What goes into the inputs of a step, worked out once for what is the same in all its items. */
export interface StepInputs {
  /** The inputs for one item. */
  of(items: Items): Readonly<Record<string, PlannedInput>>
}

export interface InputPlace {
  readonly scope: Scope
  readonly files: Readonly<Record<string, readonly KnownFile[]>>
}

/** By its manifest, what each input of a gear takes. */
export function gearInputs(
  sources: Readonly<Record<string, InputSource>> | undefined,
  gear: Gear,
  place: InputPlace,
): StepInputs {
  const additions = readAdditions(gear.manifest).inputs ?? {}
  const fixed: Record<string, PlannedInput> = {}
  const varying: (readonly [string, InputSource, PlannedInput["takes"]])[] = []
  for (const [name, source] of Object.entries(sources ?? {})) {
    const takes = Object.hasOwn(additions, name) ? (additions[name]?.takes ?? "file") : "file"
    if ("value" in source) fixed[name] = { takes: "value", value: source.value as JsonValue }
    else if (isOfItem(source)) varying.push([name, source, takes])
    else {
      const parts = inputParts(source, place, NO_ITEMS)
      if (!isNothing(parts) || !isOptional(gear, name)) fixed[name] = { takes, parts }
    }
  }
  return {
    of: (items) => {
      if (varying.length === 0) return fixed
      const inputs = { ...fixed }
      for (const [name, source, takes] of varying) inputs[name] = { takes, parts: inputParts(source, place, items) }
      return inputs
    },
  }
}

/** Files for the input of a sub-workflow, or of a gear. */
export function inputParts(source: InputSource, place: InputPlace, items: Items): readonly Part[] {
  if (Array.isArray(source)) return source.flatMap((part: FileSource) => sourceParts(part, place.scope, items))
  if ("file" in source) return place.files[namedFile(place.scope.path, source.file)] ?? []
  if ("from" in source) return sourceParts(source, place.scope, items)
  return []
}

/** What a file that a document names is known by in a plan: the path of the step whose document it is, a colon, and what is written. */
export function namedFile(scopePath: string, written: string): string {
  return `${scopePath.replace(/\/$/, "")}:${written}`
}

function isOfItem(source: InputSource): boolean {
  if (Array.isArray(source)) return source.some((part: FileSource) => part.from.startsWith("each."))
  return "from" in source && source.from.startsWith("each.")
}

function isNothing(parts: readonly Part[]): boolean {
  return parts.every((part) => "jobs" in part && part.jobs.length === 0)
}

function isOptional({ manifest }: Gear, name: string): boolean {
  const declared = Object.hasOwn(manifest.inputs, name) ? manifest.inputs[name] : undefined
  return declared?.["optional"] === true
}
