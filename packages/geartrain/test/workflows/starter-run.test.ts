import assert from "node:assert/strict"
import { readdirSync } from "node:fs"
import { chmod, copyFile, mkdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { after, before, suite, test } from "node:test"
import { type CliHome, openCliHome } from "../cli/cli-home.ts"
import { type GearResult, replyOf } from "../cli/gear-process.ts"
import { findHostProgram, makeHostRoot } from "../programs/host-root.ts"

const PROGRAMS = ["bash", "cat", "head", "ls", "sed", "sort", "split", "tr", "uniq", "wc"]
const MISSING = PROGRAMS.filter((name) => findHostProgram(name) === undefined)

interface PlannedRow {
  readonly key: string
  readonly action: string
}

suite("the workflow of gear workflow init, in boxes", {
  skip: MISSING.length > 0 ? `needs ${MISSING.join(", ")}` : false,
}, () => {
  let home: CliHome

  before(async () => {
    home = await openCliHome()
    const begun = await home.gear(["workflow", "init", "words"])
    assert.equal(begun.code, 0, begun.err)
    const text = await home.read("words/workflow.yaml")
    // A recipe takes minutes and Debian's servers: the same gears, of the programs of this machine.
    await home.write("words/workflow.yaml", text.replaceAll("./gears/", "./roots/"))
    for (const name of ["split", "count", "merge"]) await makeRoot(name)
  })
  after(() => home.close())

  async function makeRoot(name: string): Promise<void> {
    const root = join(home.folder, "words/roots", name)
    const programs = PROGRAMS.map((program) => ({ path: findHostProgram(program) ?? program, name: program }))
    await mkdir(join(home.folder, "words/roots"), { recursive: true })
    makeHostRoot(root, programs)
    for (const file of ["manifest.json", "run"]) {
      await copyFile(join(home.folder, "words/gears", name, file), join(root, "flywheel/v0", file))
    }
    await chmod(join(root, "flywheel/v0/run"), 0o755)
  }

  const workflow = (command: string, ...args: readonly string[]): Promise<GearResult> =>
    home.gear(["workflow", command, "words/workflow.yaml", ...args])

  /** How often each outcome is among the jobs of the newest run. */
  async function outcomes(): Promise<Readonly<Record<string, number>>> {
    const result = await home.gear(["workflow", "status", "--all", "--json"])
    assert.ok(result.out.startsWith("{"), result.out + result.err)
    const counts: Record<string, number> = {}
    for (const [, state = ""] of result.out.matchAll(/"key":"[^"]+"[^{}]*?"state":"(\w+)"/g)) {
      counts[state] = (counts[state] ?? 0) + 1
    }
    return counts
  }

  test("it runs, and gives the words of the text with their counts", async () => {
    const result = await workflow("run", "--out", join(home.folder, "results"))
    assert.equal(result.code, 0, result.out + result.err)
    const words = (await home.read("words/text.txt")).toLowerCase().match(/[a-z]+/g) ?? []
    const totals = new Map<string, number>()
    for (const word of words) totals.set(word, (totals.get(word) ?? 0) + 1)
    const wanted = [...totals].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    const [table = ""] = readdirSync(join(home.folder, "results/table"))
    assert.equal(
      await readFile(join(home.folder, "results/table", table), "utf8"),
      wanted.map(([word, count]) => `${word}\t${count}\n`).join(""),
    )
  })

  test("run again, nothing is done; with one line changed, only the part with that line, and what adds up", async () => {
    assert.equal((await workflow("run")).code, 0)
    assert.deepEqual(await outcomes(), { reused: 5 })
    const text = await home.read("words/text.txt")
    await home.write("words/text.txt", text.replace("A small gear", "A tiny gear"))
    const changed = await workflow("run")
    assert.equal(changed.code, 0, changed.err)
    // Of three parts, two are as they were.
    assert.deepEqual(await outcomes(), { complete: 3, reused: 2 })
  })

  test("a change that does not reach the outputs of a step goes no further", async () => {
    const text = await home.read("words/text.txt")
    await home.write("words/text.txt", text.replace("A tiny gear", "A TINY gear"))
    assert.equal((await workflow("run")).code, 0)
    // The part is counted again, and has the same counts: adding up is reused.
    assert.deepEqual(await outcomes(), { complete: 2, reused: 3 })
  })

  test("a parameter of the wrong type, an input that is not there and a text without parts are told before anything runs", async () => {
    const typed = await workflow("run", "--set", "lines=none")
    assert.match(typed.err, /parameter "lines": found "none", wanted an integer at least 1/)
    const input = await workflow("run", "--input", "text=no-such-file.txt")
    assert.notEqual(input.code, 0)
    assert.match(input.err, /no-such-file\.txt/)
    const unknown = await workflow("plan", "--set", "lnies=2")
    assert.match(unknown.err, /there is no parameter "lnies": write "lines"/)
  })

  test("a gear that does not write what it promises fails, and what reads of it is lost, not run", async () => {
    await home.write("words/empty.txt", "")
    const result = await workflow("run", "--input", `text=${join(home.folder, "words/empty.txt")}`)
    assert.equal(result.code, 1, result.err)
    assert.match(result.out + result.err, /did not write output "parts" \(part-\*\.txt\)/)
    assert.match(result.out + result.err, /lost +1 job/)
  })

  test("a scatter of nothing, and a glob that fits nothing, are no jobs, and are told", async () => {
    await home.write(
      "words/zero.yaml",
      `workflow: 1
name: zero
parameters: { list: { type: list, default: [] } }
inputs: { text: { default: text.txt }, texts: { takes: files } }
steps:
  none: { gear: ./roots/count, scatter: { over: { v: { from: parameters.list } } }, inputs: { text: { from: inputs.text } } }
  unfit: { gear: ./roots/count, scatter: { over: { t: { from: inputs.texts, glob: "*.fastq" } } }, inputs: { text: { from: each.t } } }
  one: { gear: ./roots/count, inputs: { text: { from: inputs.text } } }
outputs: { counts: { from: steps.none.counts } }
`,
    )
    const plan = await home.gear(["workflow", "plan", "words/zero.yaml", "--input", "texts=words/text.txt"])
    assert.equal(plan.code, 0, plan.err)
    for (const step of ["none", "unfit"])
      assert.match(plan.out + plan.err, new RegExp(`"${step}" has nothing to run for`))
    const run = await home.gear(["workflow", "run", "words/zero.yaml", "--input", "texts=words/text.txt"])
    assert.equal(run.code, 0, run.err)
  })

  test("files and folders with spaces and letters of any script are inputs like others", async () => {
    await mkdir(join(home.folder, "Größe 2 — データ"), { recursive: true })
    const file = join(home.folder, "Größe 2 — データ", "ein Text; $(id) 'x'.txt")
    await writeFile(file, "one two two\n")
    const result = await workflow("run", "--input", `text=${file}`, "--out", join(home.folder, "out ü"))
    assert.equal(result.code, 0, result.err)
    const [table = ""] = readdirSync(join(home.folder, "out ü/table"))
    assert.equal(await readFile(join(home.folder, "out ü/table", table), "utf8"), "two\t2\none\t1\n")
  })

  test("a plan is a file, and lists every job with what it does", async () => {
    const plan = join(home.folder, "plan.json")
    const result = await workflow("plan", "--out", plan)
    assert.equal(result.code, 0, result.err)
    const { jobs } = JSON.parse(await readFile(plan, "utf8")) as { readonly jobs: readonly PlannedRow[] }
    assert.ok(
      jobs.some(({ key, action }) => key === "split" && action === "reuse"),
      JSON.stringify(jobs),
    )
    assert.equal(replyOf(await home.gear(["workflow", "run", plan, "--json"]))["ok"], true)
  })
})
