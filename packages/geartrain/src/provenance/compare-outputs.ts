import type { JobRecord, Verification } from "@geartrain/spec"

type Difference = Verification["differences"][number]

/**
 * Compares what two jobs put out, file by file, by digest.
 *
 * @returns the files that differ, are missing (`there` absent) or are new (`here` absent), in the order of their paths; none when all outputs
 *   are the same bytes under the same names.
 */
export function compareOutputs(
  here: Pick<JobRecord, "outputs">,
  there: Pick<JobRecord, "outputs">,
): readonly Difference[] {
  const left = new Map(here.outputs.map((file) => [file.path, file]))
  const right = new Map(there.outputs.map((file) => [file.path, file]))
  const paths = [...new Set([...left.keys(), ...right.keys()])].toSorted()
  return paths.flatMap((path) => {
    const a = left.get(path)
    const b = right.get(path)
    if (a !== undefined && b !== undefined && a.digest === b.digest && a.executable === b.executable) return []
    return [{ path, ...(a === undefined ? {} : { here: a.digest }), ...(b === undefined ? {} : { there: b.digest }) }]
  })
}
