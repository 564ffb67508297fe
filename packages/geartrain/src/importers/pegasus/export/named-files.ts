import { compilePathGlob, type PlannedInput, type WorkflowPlan } from "@geartrain/spec/workflow"

/** What a job leaves behind, by path, and which declared output each is. */
export interface NamedOutput {
  readonly path: string
  readonly output?: string
}

/** What is picked of a job's files. */
export interface Picking {
  readonly output?: string
  readonly files?: string
}

/**
 * The one path that a pattern fits; undefined for a pattern that several may fit.
 *
 * @example
 *   onlyPath("out\\[1\\].txt") // => "out[1].txt"
 *   onlyPath("*.txt") // => undefined
 */
export function onlyPath(pattern: string): string | undefined {
  let path = ""
  for (let at = 0; at < pattern.length; at++) {
    const letter = pattern.charAt(at)
    if (letter === "\\") path += pattern.charAt(++at)
    else if (/[*?[\]{}()]/.test(letter)) return undefined
    else path += letter
  }
  return path
}

export function pickNamed(outputs: readonly NamedOutput[], { output, files }: Picking): readonly string[] {
  const glob = files === undefined ? undefined : compilePathGlob(files)
  return outputs
    .filter(
      (one) =>
        (output === undefined || one.output === output) && (glob === undefined || glob.match(one.path) !== undefined),
    )
    .map(({ path }) => path)
    .toSorted()
}

/** By job: files that others, or the workflow, ask of it by their one name. A plan that was not run knows no more of what a gear without declared outputs writes. */
export function askedByName({ jobs, outputs }: WorkflowPlan): ReadonlyMap<string, readonly NamedOutput[]> {
  const asked = new Map<string, Map<string, NamedOutput>>()
  const ask = ({ parts }: Pick<PlannedInput, "parts">): void => {
    for (const part of parts ?? []) {
      if (!("jobs" in part) || part.files === undefined || part.output !== undefined) continue
      const path = onlyPath(part.files)
      if (path === undefined) continue
      for (const key of part.jobs) {
        const known = asked.get(key) ?? new Map<string, NamedOutput>()
        asked.set(key, known.set(path, { path }))
      }
    }
  }
  for (const { inputs } of jobs) for (const input of Object.values(inputs)) ask(input)
  for (const output of Object.values(outputs)) ask(output)
  return new Map([...asked].map(([key, paths]) => [key, [...paths.values()]]))
}
