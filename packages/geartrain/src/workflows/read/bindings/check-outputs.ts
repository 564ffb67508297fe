import { nearestName } from "@geartrain/spec"
import { readSource, stepSources, type WorkflowFault } from "@geartrain/spec/workflow"
import type { KnownDocument } from "./source-face.ts"

/** Whether steps give the outputs that are read of them. */
export function findOutputFaults({ document, faces }: KnownDocument): readonly WorkflowFault[] {
  const { steps, outputs = {} } = document.workflow
  const read = [
    ...Object.entries(steps).flatMap(([name, step]) =>
      stepSources(step).map(({ from, path }) => ({ from, path: ["steps", name, ...path] })),
    ),
    ...Object.entries(outputs).map(([name, { from }]) => ({ from, path: ["outputs", name, "from"] })),
  ]
  return read.flatMap(({ from, path }) => {
    const source = readSource(from)
    if (source?.kind !== "step" || source.output === undefined) return []
    const face = faces.get(source.step)
    if (face === undefined || face.outputs?.has(source.output) === true) return []
    const pick = `{ from: steps.${source.step}, files: "PATTERN" }`
    if (face.outputs === undefined) {
      return [{ path, problem: `${face.what} does not say what its outputs are called`, fix: `Pick files: ${pick}` }]
    }
    const names = [...face.outputs.keys()]
    const meant = nearestName(source.output, names)
    const there = names.length === 0 ? "it has none" : `it has ${names.slice(0, 10).join(", ")}`
    return [
      {
        path,
        problem: `${face.what} has no output "${source.output}"; ${there}`,
        fix: meant === undefined ? `Write one of them, or pick files: ${pick}` : `Write steps.${source.step}.${meant}`,
      },
    ]
  })
}
