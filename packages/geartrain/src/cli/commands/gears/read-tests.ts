import { dirname, resolve } from "node:path"
import type { ReadTest } from "../../../author/gear-tests/read-test.ts"
import type { Flag, Given } from "../../command.ts"
import { isImage } from "../../run/is-image.ts"

/** The flag of commands that run a gear's own tests. */
export const TESTS_FLAG = {
  tests: {
    type: "text",
    value: "DIR",
    says: "Folder with the tests. Default: tests in the gear's folder",
    complete: "folder",
  },
} as const satisfies Readonly<Record<string, Flag>>

/** Where the tests of a gear lie: where the user says, in its folder, or for a stored gear in this one. */
export function testsFolder(word: string, given: Given, flag = "tests"): string {
  return resolve(given.text(flag) ?? (isImage(word) ? `${word}/tests` : "tests"))
}

/** @throws {GeartrainError} GEAR_TESTS_MISSING, GEAR_TEST_INVALID */
export async function readTests(folder: string): Promise<readonly ReadTest[]> {
  const [{ findTests }, { readTest }] = await Promise.all([
    import("../../../author/gear-tests/find-tests.ts"),
    import("../../../author/gear-tests/read-test.ts"),
  ])
  const tests: ReadTest[] = []
  for (const file of await findTests(folder)) tests.push(await readTest(file, dirname(folder)))
  return tests
}
