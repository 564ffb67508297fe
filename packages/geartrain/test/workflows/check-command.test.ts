import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, suite, test } from "node:test"
import { gear, replyOf } from "../cli/gear-process.ts"

let folder = ""
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "geartrain-check-"))
})
after(() => rm(folder, { recursive: true }))

const run = (...args: readonly string[]) => gear(args, { env: { GEARTRAIN_HOME: join(folder, "home"), HOME: folder } })

interface CheckReply {
  readonly ok: boolean
  readonly data: {
    readonly digest?: string
    readonly faults: readonly {
      readonly line: number
      readonly column: number
      readonly problem: string
      readonly fix: string
    }[]
  }
  readonly error: { readonly code: string } | null
}

const checked = (reply: unknown): CheckReply => reply as CheckReply

suite("gear workflow init and check", () => {
  test("what is begun has nothing wrong, and no gear is built to tell that", async () => {
    const file = join(folder, "words/workflow.yaml")
    const begun = await run("workflow", "init", join(folder, "words"))
    assert.equal(begun.code, 0, begun.err)
    const result = await run("workflow", "check", file, "--json")
    const reply = checked(replyOf(result))
    assert.deepEqual([result.code, reply.ok, reply.data.faults], [0, true, []])
    assert.match(reply.data.digest ?? "", /^sha256:/)
    const told = await run("workflow", "check", file)
    assert.match(told.err, /3 steps, 3 gears: nothing is wrong/)
    assert.deepEqual(await readdir(join(folder, "words/gears")), ["count", "merge", "split"])
  })

  test("the gears of what is begun do what they say", async () => {
    const gears = join(folder, "words/gears")
    const base = join(folder, "box")
    const call = async (name: string, inputs: Readonly<Record<string, readonly string[]>>) => {
      await rm(base, { recursive: true, force: true })
      await mkdir(join(base, "output"), { recursive: true })
      for (const [input, files] of Object.entries(inputs)) {
        await mkdir(join(base, "input", input), { recursive: true })
        for (const [index, file] of files.entries()) await copyFile(file, join(base, "input", input, `${index}.txt`))
      }
      const env = { PATH: process.env["PATH"] ?? "", LC_ALL: "C", FW_CONFIG_LINES: "4" }
      execFileSync(join(gears, name, "run"), { cwd: base, env })
      const made = join(folder, `made-${name}-${Object.values(inputs).flat().join().length}`)
      await rm(made, { recursive: true, force: true })
      await mkdir(made)
      const names = await readdir(join(base, "output"))
      for (const file of names) await copyFile(join(base, "output", file), join(made, file))
      return names.map((file) => join(made, file))
    }
    const parts = await call("split", { text: [join(folder, "words/text.txt")] })
    assert.equal(parts.length, 3)
    const counts: string[] = []
    for (const [index, part] of parts.entries()) {
      const [made = ""] = await call("count", { text: [part] })
      const kept = join(folder, `counts-${index}.tsv`)
      await copyFile(made, kept)
      counts.push(kept)
    }
    const [table = ""] = await call("merge", { counts })
    const text = await readFile(join(folder, "words/text.txt"), "utf8")
    const words = text.toLowerCase().match(/[a-z]+/g) ?? []
    const totals = new Map<string, number>()
    for (const word of words) totals.set(word, (totals.get(word) ?? 0) + 1)
    const wanted = [...totals]
      .toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
      .map(([word, n]) => `${word}\t${n}\n`)
    assert.equal(await readFile(table, "utf8"), wanted.join(""))
  })

  test("nothing is written over, and a name has to be one", async () => {
    const again = await run("workflow", "init", join(folder, "words"), "--json")
    assert.equal(checked(replyOf(again)).error?.code, "OUTPUT_EXISTS")
    const named = await run("workflow", "init", join(folder, "other"), "--name", "a b")
    assert.equal(named.code, 2)
    assert.match(named.err, /Cannot call a workflow "a b"/)
  })

  test("every fault is told at its line, with what mends it, in files with spaces and letters of any script", async () => {
    const file = join(folder, "Größe 2.yaml")
    await writeFile(
      file,
      `workflow: 1
name: w
steps:
  a: { gear: ./words/gears/splitt, inputs: { text: { from: steps.c.x } } }
  b: { gear: ./words/gears/count, inputs: { txt: { from: inputs.none } } }
  c: { gear: unknown-gear, after: [a] }
  "é è": { gear: ./words/gears/count }
`,
    )
    const result = await run("workflow", "check", file, "--json")
    const { data, error } = checked(replyOf(result))
    assert.deepEqual([result.code, error?.code], [1, "WORKFLOW_INVALID"])
    const told = data.faults.map(({ line, column, problem, fix }) => `${line}:${column} ${problem} → ${fix}`)
    assert.deepEqual(
      told.map((line) => line.split(" ")[0]),
      ["4:6", "4:14", "5:43", "5:50", "5:58", "6:14", "7:10", "7:10"],
      told.join("\n"),
    )
    assert.match(told.join("\n"), /4:6 steps wait for each other: a → c → a|4:6 steps wait for each other: a → c → a/)
    assert.match(
      told.join("\n"),
      /4:14 Cannot find gear "\.\/words\/gears\/splitt": there is no ".*\/words\/gears\/splitt"/,
    )
    assert.match(told.join("\n"), /6:14 Cannot find gear "unknown-gear": no gear is stored/)
    const people = await run("workflow", "check", file)
    assert.match(people.out, /Größe 2\.yaml:5:50: error: gear "words-count" has no input "txt" \[workflow\]/)
    assert.match(people.err, /8 faults in/)
  })

  test("what is not there, and what is no workflow, is told by its code", async () => {
    const none = await run("workflow", "check", join(folder, "none.yaml"), "--json")
    assert.deepEqual([none.code, checked(replyOf(none)).error?.code], [3, "WORKFLOW_NOT_FOUND"])
    const bomb = join(folder, "bomb.yaml")
    await writeFile(bomb, `a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n`)
    const refused = await run("workflow", "check", bomb)
    assert.equal(refused.code, 1)
    assert.match(refused.err, /alias/)
  })

  test("the schema is printed", async () => {
    const result = await run("schema", "workflow")
    assert.equal((JSON.parse(result.out) as { readonly $id: string }).$id, "geartrain-workflow/1")
  })
})
