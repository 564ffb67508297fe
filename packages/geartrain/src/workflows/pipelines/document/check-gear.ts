import { type Gear, nearestName } from "@geartrain/spec"
import { readAdditions } from "@geartrain/spec/additions"
import type { Pipeline } from "@geartrain/spec/workflow"
import type { DocumentFault } from "../../../documents/read-yaml.ts"
import { folderInputs, inputName } from "./input-tree.ts"

export type Takes = "file" | "files" | "folder"

/** What each file input of a gear takes. */
export function takesOf(gear: Gear): ReadonlyMap<string, Takes> {
  const { inputs: additions } = readAdditions(gear.manifest)
  return new Map(
    Object.entries(gear.manifest.inputs)
      .filter(([, { base }]) => base === "file")
      .map(([name]) => [
        name,
        (additions !== undefined && Object.hasOwn(additions, name) && additions[name]?.takes) || "file",
      ]),
  )
}

/** The gear's input that the files of a pipeline's input go into. */
export function targetOf(input: Parameters<typeof inputName>[0]): string {
  return input.to ?? inputName(input)
}

/** Finds inputs and config values that the gear has not, and inputs that it needs. What values may be is found when a datum is ordered. */
export function checkGear(pipeline: Pipeline, gear: Gear): readonly DocumentFault[] {
  const takes = takesOf(gear)
  const known = [...takes.keys()]
  const faults: DocumentFault[] = []
  const filled = new Set<string>()
  for (const input of folderInputs(pipeline.input)) {
    const to = targetOf(input)
    filled.add(to)
    if (takes.has(to)) continue
    const has = known.length === 0 ? "has no file inputs" : `has ${known.join(", ")}`
    faults.push({
      path: ["input"],
      problem: `gear "${gear.manifest.name}" has no file input "${to}"`,
      fix: `Say which takes "${inputName(input)}": to: ${nearestName(to, known) ?? known[0] ?? "NAME"}; it ${has}`,
    })
  }
  for (const [name, input] of Object.entries(gear.manifest.inputs)) {
    const isNeeded = input.base === "file" && input["optional"] !== true && !filled.has(name)
    if (isNeeded) {
      faults.push({
        path: ["input"],
        problem: `nothing goes into "${name}" of the gear`,
        fix: `Add an input with to: ${name}`,
      })
    }
  }
  const values = Object.keys(gear.manifest.config)
  for (const name of Object.keys(pipeline.config ?? {})) {
    if (values.includes(name)) continue
    const meant = nearestName(name, values)
    faults.push({
      path: ["config", name],
      problem: `gear "${gear.manifest.name}" has no config value "${name}"`,
      fix: meant === undefined ? "Remove it" : `Rename it to "${meant}"`,
    })
  }
  return faults
}
