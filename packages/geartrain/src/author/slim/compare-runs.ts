import type { JobRecord } from "@geartrain/spec"

/** What came of a test, as far as runs are compared by it. */
export interface RunOutcome {
  readonly test: string
  readonly passed: boolean
  readonly problems: readonly string[]
  readonly job?: Pick<JobRecord, "exit" | "outputs">
}

/**
 * In what two runs of the same tests differ: exit codes, the paths of outputs, and every byte of them by digest.
 *
 * @returns a sentence each; none when they are equal.
 */
export function compareRuns(one: readonly RunOutcome[], other: readonly RunOutcome[]): readonly string[] {
  return one.flatMap((before) => {
    const after = other.find(({ test }) => test === before.test)
    return after === undefined ? [`test ${before.test} was not run`] : differencesOf(before, after)
  })
}

function differencesOf(one: RunOutcome, other: RunOutcome): readonly string[] {
  const { test } = one
  const [before, after] = [one.job, other.job]
  if (before === undefined || after === undefined) return [`test ${test} could not be run`]
  const codes = [before, after].map(({ exit }) => exit?.code ?? "missing")
  const outputs = new Map(after.outputs.map(({ path, digest }) => [path, digest]))
  const paths = new Set(before.outputs.map(({ path }) => path))
  return [
    ...(codes[0] === codes[1] ? [] : [`test ${test}: the exit code was ${codes[0]} and is ${codes[1]}`]),
    ...before.outputs.flatMap(({ path, digest }) => {
      const now = outputs.get(path)
      if (now === digest) return []
      return [`test ${test}: output ${path} ${now === undefined ? "is missing" : "has other bytes"}`]
    }),
    ...[...outputs.keys()].filter((path) => !paths.has(path)).map((path) => `test ${test}: output ${path} is new`),
    ...(other.passed ? [] : other.problems.map((problem) => `test ${test}: ${problem}`)),
  ]
}
