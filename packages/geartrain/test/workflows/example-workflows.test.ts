import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"
import { after, suite, test } from "node:test"
import { readRecipe } from "../../src/author/build/recipe/read-recipe.ts"
import { gear, MAIN, replyOf } from "../cli/gear-process.ts"

const TOP = resolve(import.meta.dirname, "../../../..")
const EXAMPLES = join(TOP, "examples")
const DEMO_HOME = join(TOP, ".demo/home")
const WORKFLOWS = globSync("*/workflow.yaml", { cwd: EXAMPLES })
const SAMPLES = join(EXAMPLES, "lambda-variants/tests")

suite("the example workflows", () => {
  const folder = mkdtempSync(join(tmpdir(), "geartrain-examples-"))
  after(() => rmSync(folder, { recursive: true }))

  for (const path of WORKFLOWS) {
    const home = { GEARTRAIN_HOME: join(folder, "home"), HOME: folder }

    test(`${dirname(path)} has nothing wrong, and the gears of its steps have recipes that can be understood`, async () => {
      const result = await gear(["workflow", "check", join(EXAMPLES, path), "--json"], { env: home })
      assert.equal(result.code, 0, result.out + result.err)
      for (const recipe of globSync("gears/*/gear.yaml", { cwd: join(EXAMPLES, dirname(path)) })) {
        await readRecipe(join(EXAMPLES, dirname(path), recipe))
      }
      const gears = globSync("gears/*", { cwd: join(EXAMPLES, dirname(path)) })
      const lint = await gear(["lint", ...gears.map((name) => join(EXAMPLES, dirname(path), name))], { env: home })
      assert.equal(lint.code, 0, lint.out)
    })
  }

  test("lambda-workflow, as the demo has built its gears, finds what the one gear finds, and nothing is done twice", {
    skip: demoMissing("lambda-align") ?? false,
  }, async () => {
    const env = { GEARTRAIN_HOME: DEMO_HOME, HOME: tmpdir() }
    const run = async (out: string, ...more: readonly string[]) => {
      const file = join(EXAMPLES, "lambda-workflow/workflow.yaml")
      const result = await gear(["workflow", "run", file, "--out", join(folder, out), "--json", ...more], { env })
      assert.equal(result.code, 0, result.out + result.err)
      assert.equal(replyOf(result)["ok"], true)
      const [report = ""] = globSync("report/**/summary.json", { cwd: join(folder, out) })
      const [calls = ""] = globSync("calls/**/calls.vcf", { cwd: join(folder, out) })
      const summary = JSON.parse(readFileSync(join(folder, out, report), "utf8")) as Record<string, number>
      return { summary, calls: linesOf(join(folder, out, calls)), reply: result.out }
    }
    const four = await run("four")
    assert.equal(four.summary["parts"], 4)
    const expected = linesOf(join(SAMPLES, "expected/calls.vcf"))
    assert.deepEqual(four.calls, expected)
    const again = await run("again")
    assert.doesNotMatch(again.reply, /"state":"complete","attempt/)
    const two = await run("two", "--set", "pairs=300")
    assert.equal(two.summary["parts"], 2)
    assert.deepEqual(two.calls, expected)
  })
})

/** The variants themselves: a header tells of the run. */
function linesOf(file: string): readonly string[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
}

/** Building them takes minutes and Debian's servers, which the demo is for. */
function demoMissing(name: string): string | undefined {
  if (existsSync(join(DEMO_HOME, "records.db"))) {
    const listed = execFileSync(process.execPath, [MAIN, "ls", "--json"], {
      env: { ...process.env, GEARTRAIN_HOME: DEMO_HOME },
      encoding: "utf8",
    })
    if (listed.includes(`"name":"${name}"`)) return undefined
  }
  return "needs the gears that npm run demo -- workflow builds"
}
