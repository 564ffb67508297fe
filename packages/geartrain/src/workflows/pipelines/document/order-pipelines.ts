import { GeartrainError } from "@geartrain/spec"
import { folderInputs } from "./input-tree.ts"
import type { CheckedPipeline } from "./read-pipeline.ts"

/**
 * Puts pipelines into an order in which each comes after those whose output it reads. Those that read nothing of each other stay as they came.
 *
 * @throws {GeartrainError} PIPELINE_INVALID for two of one name, and for a circle.
 */
export function orderPipelines(pipelines: readonly CheckedPipeline[]): readonly CheckedPipeline[] {
  const byName = new Map<string, CheckedPipeline>()
  for (const checked of pipelines) {
    const { name } = checked.pipeline
    const other = byName.get(name)
    if (other !== undefined) {
      throw new GeartrainError(
        "PIPELINE_INVALID",
        `Cannot run "${other.file}" and "${checked.file}" together: both are called "${name}"`,
        { hint: "Rename one of them", details: { name } },
      )
    }
    byName.set(name, checked)
  }
  const ordered: CheckedPipeline[] = []
  const done = new Set<string>()
  for (const checked of pipelines) visit(checked, { byName, done, ordered, on: [] })
  return ordered
}

function visit(
  checked: CheckedPipeline,
  way: {
    readonly byName: ReadonlyMap<string, CheckedPipeline>
    readonly done: Set<string>
    readonly ordered: CheckedPipeline[]
    readonly on: readonly string[]
  },
): void {
  const { name } = checked.pipeline
  if (way.done.has(name)) return
  if (way.on.includes(name)) {
    const circle = [...way.on.slice(way.on.indexOf(name)), name].join(" → ")
    throw new GeartrainError("PIPELINE_INVALID", `Cannot run "${checked.file}": it reads its own output, ${circle}`, {
      hint: "Read a folder in one of them",
      details: { name },
    })
  }
  for (const { pipeline } of folderInputs(checked.pipeline.input)) {
    const before = pipeline === undefined ? undefined : way.byName.get(pipeline)
    if (before !== undefined) visit(before, { ...way, on: [...way.on, name] })
  }
  way.done.add(name)
  way.ordered.push(checked)
}
