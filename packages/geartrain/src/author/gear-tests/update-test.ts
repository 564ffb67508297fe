import type { Digest } from "@geartrain/spec"
import { editYaml } from "../../documents/edit-yaml.ts"
import { writeAtomically } from "../../system/atomic-write.ts"
import { readFile } from "../../system/files.ts"
import type { ReadTest } from "./read-test.ts"
import type { TestResult } from "./run-test.ts"

/** What became of a test that was to be updated. */
export interface TestUpdate {
  /** Outputs whose digests were written. */
  readonly written: readonly string[]
  /** Why others were not, a sentence each. */
  readonly refused: readonly string[]
}

/**
 * Writes the digests of what the gear put out into its test, as what is expected from now on. Comments stay, and so does what is expected in
 * any other way than by digest.
 *
 * Nothing is written for a job that did not end as the test expects, nor for an output in which the providers do not agree.
 *
 * @param results  Those of this test, under each provider.
 */
export async function updateTest(test: ReadTest, results: readonly TestResult[]): Promise<TestUpdate> {
  const wanted = test.test.exit ?? 0
  const bad = results.find(({ job }) => job?.exit?.code !== wanted)
  if (results.length === 0 || bad !== undefined) {
    return { written: [], refused: [bad?.problems[0] ?? "it was not run"] }
  }
  const { agreed, refused } = agree(results)
  const expected = test.test.outputs ?? {}
  const changes = [...agreed]
    .filter(([path, digest]) => {
      const before = Object.hasOwn(expected, path) ? expected[path] : undefined
      return before === undefined || (typeof before === "string" && before.startsWith("sha256:") && before !== digest)
    })
    .map(([path, digest]) => ({ path: ["outputs", path], set: digest }))
  if (changes.length > 0) {
    const text = editYaml(await readFile(test.file, "utf8"), changes)
    await writeAtomically(test.file, async (file) => {
      await file.writeFile(text)
    })
  }
  return { written: changes.map(({ path }) => String(path[1])), refused }
}

/** Digests by path, where all providers came to the same. */
function agree(results: readonly TestResult[]): {
  readonly agreed: ReadonlyMap<string, Digest>
  readonly refused: readonly string[]
} {
  const agreed = new Map<string, Digest>()
  const refused: string[] = []
  const paths = new Set(results.flatMap(({ job }) => (job?.outputs ?? []).map(({ path }) => path)))
  for (const path of [...paths].toSorted()) {
    const digests = new Set(results.map(({ job }) => job?.outputs.find((file) => file.path === path)?.digest))
    const [digest] = digests
    if (digests.size === 1 && digest !== undefined) agreed.set(path, digest)
    else refused.push(`output ${path} is not the same under every provider, so no digest can be expected of it`)
  }
  return { agreed, refused }
}
