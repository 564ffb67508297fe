import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { busyboxMissing } from "../programs/busybox-gear.ts"
import { type CliHome, openCliHome } from "./cli-home.ts"
import { codeOf, replyOf } from "./gear-process.ts"

const skip = busyboxMissing() ?? false
let home: CliHome
before(async () => {
  if (skip !== false) return
  home = await openCliHome()
  await home.import({
    name: "table",
    command:
      "cat input/text/* > output/same.txt; echo 'id,value' > output/t.csv; echo \"1,$FW_CONFIG_VALUE\" >> output/t.csv; cat /proc/sys/kernel/random/uuid > output/when.bin",
    inputs: { text: { base: "file" } },
    config: { value: { type: "number", default: 1.5 } },
  })
  await home.write("in.txt", "hello\n")
})
after(() => home?.close())

test("of two jobs, outputs that differ are compared by their format", { skip }, async () => {
  const [a, b] = [
    await home.run("table", "--text", "in.txt", "--no-output"),
    await home.run("table", "--text", "in.txt", "--no-output", "--value", "2.5"),
  ]
  const shown = await home.gear(["diff", a.id, b.id])
  assert.equal(shown.code, 1, shown.err)
  assert.match(shown.out, /^config +value +1\.5 +2\.5$/m)
  assert.match(
    shown.out,
    /^t\.csv {2}csv: 1 of 2 rows differ, in 1 cells; 1 of 2 numbers differ, by 1 at most \(relative 0\.4\)$/m,
  )
  assert.match(shown.out, /^ {2}row 2, value +1\.5 +2\.5$/m)
  const { outputs } = replyOf(await home.gear(["diff", a.id, b.id, "--json"]))["data"] as {
    readonly outputs: readonly { readonly path: string; readonly comparison: { readonly format: string } }[]
  }
  assert.deepEqual(
    outputs.map(({ path, comparison }) => [path, comparison.format]),
    [
      ["t.csv", "csv"],
      ["when.bin", "text"],
    ],
  )
  assert.doesNotMatch((await home.gear(["diff", a.id, b.id, "--brief"])).out, /rows differ/)
})

test("two files are compared by what they mean", { skip: false }, async (context) => {
  const own = await openCliHome()
  context.after(() => own.close())
  await own.write("a.json", '{"x": 1, "y": [1, 2]}')
  await own.write("b.json", '{"y": [1, 2],\n "x": 1.0}')
  await own.write("c.json", '{"x": 1, "y": [1, 3]}')
  const same = await own.gear(["diff", "a.json", "b.json"])
  assert.equal(same.code, 0, same.err)
  assert.match(same.out, /^same {2}json: the same values; other bytes, which mean the same$/m)
  const different = await own.gear(["diff", "a.json", "c.json"])
  assert.equal(different.code, 1)
  assert.match(different.out, /^ {2}\$\.y\[1\] +2 +3$/m)
  assert.equal(codeOf(await own.gear(["diff", "a.json", "c.json", "--json"])), "DIFFERENT")
  const missing = await own.gear(["diff", "./a.json", "./none.json"])
  assert.equal(missing.code, 3)
  assert.match(missing.err, /^error INPUT_NOT_FOUND: /)
})
