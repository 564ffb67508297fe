import type { Failure, JobId, JobRecord, OutputFile } from "@geartrain/spec"
import { matchesFile } from "@geartrain/spec/additions"
import type { Collected } from "./collect-outputs.ts"
import { failure } from "./explain-failure.ts"

type Promised = NonNullable<JobRecord["promised"]>

/**
 * Says why a job fails whose gear wrote nothing where its manifest promises an output.
 *
 * @returns undefined when everything is there that is not optional.
 */
export function missingOutput(id: JobId, collected: Collected, promised: Promised): Failure | undefined {
  const missing = Object.entries(promised).filter(
    ([, output]) => output.optional !== true && !collected.outputs.some((file) => matches(file, output.files)),
  )
  const [first] = missing
  if (first === undefined) return undefined
  const [name, output] = first
  const others = missing.length === 1 ? "" : `, nor ${missing.length - 1} more that it promises`
  const lost = collected.skipped.find((file) => matches(file, output.files))
  const wrote = collected.outputs.slice(0, 5).map((file) => `"${file.path}"`)
  return failure("OUTPUT_MISSING", {
    message: `The gear ended with exit code 0, but did not write output "${name}" (${output.files.join(", ")})${others}`,
    evidence:
      lost === undefined
        ? `it wrote ${wrote.length === 0 ? "nothing" : wrote.join(", ")}`
        : `"${lost.path}" was not taken: ${lost.why}`,
    next: `gear logs ${id}`,
  })
}

/** Tells of each output what the manifest says of it. The first promise that an output matches is the one that it keeps. */
export function markOutputs(outputs: readonly OutputFile[], promised: Promised): readonly OutputFile[] {
  const promises = Object.entries(promised)
  if (promises.length === 0) return outputs
  return outputs.map((file) => {
    const kept = promises.find(([, output]) => matches(file, output.files))
    if (kept === undefined) return file
    const [name, { type, sensitivity }] = kept
    return {
      ...file,
      ...(type === undefined ? {} : { type }),
      output: name,
      ...(sensitivity === undefined ? {} : { sensitivity }),
    }
  })
}

function matches(file: { readonly path: string }, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matchesFile(pattern, file.path))
}
