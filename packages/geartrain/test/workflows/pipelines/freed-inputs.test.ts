import assert from "node:assert/strict"
import { mkdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { type CliHome, openCliHome } from "../../cli/cli-home.ts"
import { replyOf } from "../../cli/gear-process.ts"
import { busyboxMissing } from "../../programs/busybox-gear.ts"

const skip = busyboxMissing() ?? false

const FOLDER = { geartrain: { outputs: { out: { files: ["out.txt"] } }, inputs: { data: { takes: "folder" } } } }
const READ = "cat $(find input/data -type f | sort)"

interface Told {
  readonly state: string
  readonly counts: Readonly<Record<string, number>>
  readonly datums: readonly { readonly state: string; readonly problem?: string }[]
}

let home: CliHome
before(async () => {
  if (skip !== false) return
  home = await openCliHome()
  const inputs = { data: { base: "file" } }
  await home.import({ name: "twice", command: `(${READ}; ${READ}) > output/out.txt`, inputs, custom: FOLDER })
  await home.import({ name: "count", command: `${READ} | wc > output/out.txt`, inputs, custom: FOLDER })
  // Comes out the same as long as nobody looks twice.
  const chance = `${READ} > output/out.txt; cat /proc/sys/kernel/random/uuid >> output/out.txt`
  await home.import({ name: "chance", command: chance, inputs, custom: FOLDER })
})
after(() => home?.close())

const FREE = ["store", "gc", "--keep-records", "--larger-than", "1", "--unverified", "-y"]

/** Pipelines of which each reads what the one before gives; the first, a folder of two files. */
async function chain(name: string, gears: readonly string[]): Promise<readonly string[]> {
  const data = join(home.folder, `${name}-data`)
  await mkdir(data)
  await home.write(`${name}-data/a.txt`, `a of ${name}\n`)
  await home.write(`${name}-data/b.txt`, `b of ${name}\n`)
  const files = gears.map((_, at) => `${name}-${at}.yaml`)
  for (const [at, gear] of gears.entries()) {
    const source = at === 0 ? `folder: ./${name}-data, name: from` : `pipeline: ${name}-${at - 1}, name: from`
    await home.write(
      files[at] ?? "",
      `pipeline: 1\nname: ${name}-${at}\ngear: ${gear}\ninput: { ${source}, to: data, glob: "/*" }\nplace: "\${from}/"\n`,
    )
  }
  return files
}

async function run(file: string): Promise<{ readonly told: Told; readonly code: number | null; readonly err: string }> {
  const result = await home.gear(["pipeline", "run", file, "--json"])
  const { data } = replyOf(result) as unknown as { readonly data: { readonly pipelines: readonly [Told] } }
  return { told: data.pipelines[0], code: result.code, err: result.err }
}

test("what a pipeline reads and was freed is made again from its record, and said", { skip }, async () => {
  const [first = "", second = ""] = await chain("told", ["twice", "count"])
  assert.equal((await run(first)).code, 0)
  assert.equal((await home.gear(FREE)).code, 0)
  const result = await home.gear(["pipeline", "run", second])
  assert.equal(result.code, 0, result.err)
  assert.match(result.err, /^making again what is read and stored no more: 2 freed outputs, 40 B, by 2 jobs$/m)
  assert.match(result.err, /^restored {2}"out\.txt" of job \S+, 20 B, with the digest of the record; job \S+ on \S+$/m)
  assert.match(result.out, /^told-1: complete; 2 datums: 2 run; /)
  const again = await home.gear(["pipeline", "run", second])
  assert.doesNotMatch(again.err, /again/)
})

test("a chain is made from its beginning, where what lies between was freed, too", { skip }, async () => {
  const [first = "", second = "", third = ""] = await chain("deep", ["twice", "twice", "count"])
  assert.equal((await run(first)).code, 0)
  assert.equal((await run(second)).code, 0)
  assert.equal((await home.gear(FREE)).code, 0)
  const { told, code, err } = await run(third)
  assert.equal(code, 0, err)
  assert.deepEqual([told.state, told.counts["run"]], ["complete", 2])
})

test("a datum of which the bytes come out otherwise fails with the reason and what helps, and the others are done", {
  skip,
}, async () => {
  const [first = "", second = ""] = await chain("chance", ["chance", "count"])
  assert.equal((await run(first)).code, 0)
  assert.equal((await home.gear(FREE)).code, 0)
  await home.write("chance-data/c.txt", "c\n")
  assert.equal((await run(first)).code, 0)
  const { told, code } = await run(second)
  assert.equal(code, 1)
  assert.deepEqual(
    told.datums.map(({ state }) => state),
    ["failed", "failed", "complete"],
  )
  for (const { problem = "" } of told.datums.slice(0, 2)) {
    assert.match(
      problem,
      /^Cannot give input "data\/from\/[ab]\.txt\/out\.txt": sha256:[0-9a-f]{64} is stored no more, /,
    )
    assert.match(problem, / and job [0-9a-f]{24} gave other bytes when it was run again; run this pipeline together /)
  }
  const both = await home.gear(["pipeline", "run", first, second])
  assert.equal(both.code, 0, both.err)
})

test("what cannot be made again is told before anything runs, with the input that is gone", { skip }, async () => {
  const [first = "", second = ""] = await chain("lost", ["twice", "count"])
  assert.equal((await run(first)).code, 0)
  assert.equal((await home.gear(FREE)).code, 0)
  await rm(join(home.folder, "lost-data/a.txt"))
  const { told, code } = await run(second)
  assert.equal(code, 1)
  assert.match(told.datums[0]?.problem ?? "", / and input "data\/from\/a\.txt" of its job is neither stored nor /)
  assert.equal(told.datums[1]?.state, "complete")
})

test("a job that is to run again, and whose input was freed, is refused with what makes that again", {
  skip,
}, async () => {
  await home.write("text.txt", "some text\n")
  await home.import({ name: "copy", command: "cat input/text/* > output/out.txt", inputs: { text: { base: "file" } } })
  await home.run("copy", "--input", "text=text.txt", "-o", "copied")
  const second = await home.run("copy", "--input", "text=copied/out.txt", "--no-output")
  await rm(join(home.folder, "copied"), { recursive: true })
  assert.equal((await home.gear(FREE)).code, 0)
  const refused = await home.gear(["verify", second.id])
  assert.equal(refused.code, 6)
  const [, command = ""] = /\n→ Make it again: gear (restore sha256:[0-9a-f]{64})\n$/.exec(refused.err) ?? []
  assert.equal((await home.gear(command.split(" "))).code, 0, refused.err)
  assert.equal((await home.gear(["verify", second.id])).code, 0)
})
