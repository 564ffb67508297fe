import { GeartrainError } from "@geartrain/spec"
import { compilePathGlob, type FileSource, readSource } from "@geartrain/spec/workflow"
import { type Items, NO_ITEMS } from "./item.ts"
import type { Part, Scope } from "./scope.ts"

/** The files that a source names, in the scope and for one item of a scatter. */
export function sourceParts(source: FileSource, scope: Scope, items: Items = NO_ITEMS): readonly Part[] {
  const named = readSource(source.from)
  if (named?.kind === "each") {
    const file = items.get(named.name)?.file
    if (file !== undefined) return pickParts([file], source)
  } else if (named?.kind === "input") return pickParts(scope.inputs.get(named.name) ?? [], source)
  else if (named?.kind === "step") {
    const result = scope.results.get(named.step)
    if (result?.kind === "workflow") return pickParts(result.outputs.get(named.output ?? "") ?? [], source)
    const what = {
      ...(named.output === undefined ? {} : { output: named.output }),
      ...(source.files === undefined ? {} : { files: source.files }),
    }
    if (result?.kind === "open") return [{ step: result.step, ...what }]
    if (result !== undefined) return [{ jobs: result.keys, ...what }]
  }
  // Only workflows that were checked are planned, so that this is a mistake of the program.
  throw new RangeError(`The workflow was not checked: there are no files "${source.from}"`)
}

function pickParts(parts: readonly Part[], { from, files }: FileSource): readonly Part[] {
  if (files === undefined) return parts
  const glob = compilePathGlob(files)
  return parts.flatMap((part): readonly Part[] => {
    if ("digest" in part) return glob.match(part.name) === undefined ? [] : [part]
    if (part.files === undefined || part.files === files) return [{ ...part, files }]
    throw new GeartrainError(
      "WORKFLOW_INVALID",
      `Cannot pick files "${files}" of "${from}": there, files "${part.files}" are picked already`,
      { details: { from, files, picked: part.files }, hint: "Pick in one place: leave files away in the other" },
    )
  })
}
