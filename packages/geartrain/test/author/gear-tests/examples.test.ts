import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { existsSync, globSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, dirname, join, resolve } from "node:path"
import { suite, test } from "node:test"
import { readRecipe } from "../../../src/author/build/recipe/read-recipe.ts"
import { findTests } from "../../../src/author/gear-tests/find-tests.ts"
import { readTest } from "../../../src/author/gear-tests/read-test.ts"
import { gear, MAIN, replyOf } from "../../cli/gear-process.ts"

const TOP = resolve(import.meta.dirname, "../../../../..")
const EXAMPLES = join(TOP, "examples")
const DEMO_HOME = join(TOP, ".demo/home")
const WITH_TESTS = globSync("*/tests", { cwd: EXAMPLES }).map((path) => join(EXAMPLES, dirname(path)))

suite("the examples", () => {
  for (const folder of WITH_TESTS) {
    test(`${basename(folder)} has a recipe and tests that can be understood`, async () => {
      if (existsSync(join(folder, "gear.yaml"))) await readRecipe(join(folder, "gear.yaml"))
      const files = await findTests(join(folder, "tests"))
      for (const file of files) assert.ok((await readTest(file, folder)).test.about !== undefined, file)
    })
  }

  for (const folder of WITH_TESTS) {
    const name = basename(folder)
    test(`${name}, as the demo has built it, passes its tests`, { skip: demoMissing(name) ?? false }, async () => {
      const args = ["test", name, "--tests", join(folder, "tests"), "--json"]
      const result = await gear(args, { env: { GEARTRAIN_HOME: DEMO_HOME, HOME: tmpdir() } })
      assert.equal(result.code, 0, result.out + result.err)
      const { data } = replyOf(result) as unknown as { readonly data: { readonly passed: number } }
      assert.ok(data.passed > 0)
    })
  }
})

/** Building them takes minutes and Debian's servers, which the demo is for. */
function demoMissing(name: string): string | undefined {
  if (existsSync(join(DEMO_HOME, "records.db"))) {
    const listed = execFileSync(process.execPath, [MAIN, "ls", "--json"], {
      env: { ...process.env, GEARTRAIN_HOME: DEMO_HOME },
      encoding: "utf8",
    })
    if (listed.includes(`"name":"${name}"`)) return undefined
  }
  return "needs the gears that npm run demo builds"
}
