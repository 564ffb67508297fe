import assert from "node:assert/strict"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { digest, job } from "../../../test/stores/records/sample-records.ts"
import { readTest } from "./read-test.ts"
import type { TestResult } from "./run-test.ts"
import { updateTest } from "./update-test.ts"

async function testOf(t: TestContext, text: string) {
  const folder = mkdtempSync(join(tmpdir(), "geartrain-update-test-"))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, "case.yaml")
  writeFileSync(join(folder, "like.txt"), "text")
  writeFileSync(file, text)
  return { test: await readTest(file, folder), text: () => readFileSync(file, "utf8") }
}

/** What a provider came to: digests by number, by the path of the output. */
function ran(outputs: Readonly<Record<string, number>>, provider = "crun", code = 0): TestResult {
  const files = Object.entries(outputs).map(([path, number]) => ({ path, digest: digest(number), sizeBytes: 1 }))
  const record = job(1, { state: "complete", outputs: files, exit: { code } as never })
  return { test: "case", provider, passed: false, problems: [`exit code ${code}`], job: record }
}

test("digests are written as expected from now on, and comments stay", async (t) => {
  const given = await testOf(t, `# why\ntest: 1\noutputs:\n  a.txt: ${digest(1)} # the old\n`)
  const update = await updateTest(given.test, [ran({ "a.txt": 2, "d/b.txt": 3 })])
  assert.deepEqual(update, { written: ["a.txt", "d/b.txt"], refused: [] })
  assert.match(given.text(), /^# why\n/)
  assert.match(given.text(), new RegExp(`a\\.txt: ${digest(2)} # the old`))
  assert.match(given.text(), new RegExp(`d/b\\.txt: ${digest(3)}`))
})

test("where every digest is as expected, the file is left as it is, to the byte", async (t) => {
  const text = `{"test": 1,   "outputs": {"a": "${digest(1)}"}}\n`
  const given = await testOf(t, text)
  assert.deepEqual(await updateTest(given.test, [ran({ a: 1 })]), { written: [], refused: [] })
  assert.equal(given.text(), text)
})

test("what is expected in any other way than by digest stays so", async (t) => {
  const given = await testOf(t, "test: 1\noutputs:\n  a: { like: like.txt }\n")
  assert.deepEqual(await updateTest(given.test, [ran({ a: 1 })]), { written: [], refused: [] })
  assert.match(given.text(), /a: \{ like: like\.txt \}/)
})

test("of an output in which the providers do not agree, or that one lacks, no digest is written", async (t) => {
  const given = await testOf(t, "test: 1\n")
  const results = [ran({ a: 1, b: 2, c: 3 }), ran({ a: 1, b: 9 }, "runc")]
  assert.deepEqual(await updateTest(given.test, results), {
    written: ["a"],
    refused: ["b", "c"].map(
      (path) => `output ${path} is not the same under every provider, so no digest can be expected of it`,
    ),
  })
  assert.doesNotMatch(given.text(), /\b[bc]: sha256/)
})

test("nothing is written for what did not end as the test expects, or was never run", async (t) => {
  const given = await testOf(t, "test: 1\nexit: 3\n")
  const before = given.text()
  assert.deepEqual(await updateTest(given.test, []), { written: [], refused: ["it was not run"] })
  assert.deepEqual(await updateTest(given.test, [ran({ a: 1 }, "crun", 3), ran({ a: 1 }, "runc", 0)]), {
    written: [],
    refused: ["exit code 0"],
  })
  const { job: _, ...refused } = ran({}, "runc", 3)
  assert.deepEqual((await updateTest(given.test, [{ ...refused, problems: [] }])).written, [])
  assert.equal(given.text(), before)
  assert.deepEqual((await updateTest(given.test, [ran({ a: 1 }, "crun", 3)])).written, ["a"])
})

test("a path that every object has is an output like any other", async (t) => {
  const given = await testOf(t, "test: 1\n")
  assert.deepEqual((await updateTest(given.test, [ran({ constructor: 1 })])).written, ["constructor"])
})
