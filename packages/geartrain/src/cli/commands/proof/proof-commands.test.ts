import assert from "node:assert/strict"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import type { JobRecord } from "@geartrain/spec"
import { contextOf, HOSTILE, hasControls, type ToldOptions, told } from "../../../../test/cli/told.ts"
import { digest, gear, job, jobId } from "../../../../test/stores/records/sample-records.ts"
import { openEngine } from "../../../compose/open-engine.ts"
import { readSettings } from "../../../settings/read-settings.ts"
import { sha256 } from "../../../system/hash.ts"
import { ownIdentity } from "../../../system/host.ts"
import type { Command } from "../../command.ts"
import { areFiles, diffFiles } from "../../proof/diff-files.ts"
import { bundleCommand } from "./bundle.ts"
import { citeCommand } from "./cite.ts"
import { explainCommand } from "./explain.ts"
import { probeCommand } from "./probe.ts"
import { proveCommand } from "./prove.ts"
import { provenanceCommand } from "./provenance.ts"
import { restoreCommand } from "./restore.ts"
import { traceCommand } from "./trace.ts"
import { whenceCommand } from "./whence.ts"

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "geartrain-proof-commands-"))
  context.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** Somebody with these jobs, the gears of which are stored where `hasGears`. */
async function home(context: TestContext, records: readonly JobRecord[] = [], hasGears = true) {
  const own = folder(context)
  const env = { HOME: own, GEARTRAIN_HOME: join(own, "gears"), XDG_CACHE_HOME: join(own, "cache") }
  const engine = await openEngine(readSettings(env), { write: true })
  try {
    for (const record of records) {
      if (hasGears) await engine.gears.putGear(gear(Number.parseInt(record.id, 16) % 10))
      await engine.jobs.create(record, ownIdentity())
    }
  } finally {
    await engine.close()
  }
  const tell = (command: Command, args: readonly string[], options: ToldOptions = {}) =>
    told(command, args, { env, ...options })
  return { folder: own, tell }
}

const ENDED = {
  state: "complete",
  started: "2026-01-01T00:00:01.000Z",
  ended: "2026-01-01T00:00:03.000Z",
  exit: { code: 0 },
} as const
const made = (number: number, outputs: Readonly<Record<string, string>>, more: Partial<JobRecord> = {}): JobRecord =>
  job(number, {
    ...ENDED,
    outputs: Object.entries(outputs).map(([path, text]) => ({
      ...{ path, digest: sha256(Buffer.from(text)), sizeBytes: text.length },
    })),
    ...more,
  })

test("words are files where each leads to one, and an id of a job unless it is written as a path", async (context) => {
  const own = folder(context)
  const [a, b] = [join(own, "a"), join(own, "b")]
  writeFileSync(a, "1")
  assert.ok(await areFiles([a, a]))
  // Written as a path, it is one that is wrong, and no job.
  assert.ok(await areFiles([a, b]))
  for (const words of [
    ["latest", a],
    [a, "abcd"],
    ["no-such-name", a],
  ])
    assert.ok(!(await areFiles(words)), words.join())
})

test("two files are the same, or what differs between them is the answer", async (context) => {
  const own = folder(context)
  const [a, b, c] = [join(own, "a.json"), join(own, "b.json"), join(own, "c.json")]
  writeFileSync(a, '{"x": 1, "y": 2}')
  writeFileSync(b, '{"y": 2,\n"x": 1}')
  writeFileSync(c, '{"x": 1, "y": 3}')
  const same = contextOf()
  assert.equal((await diffFiles(same.context, [a, b])).exitCode, undefined)
  assert.match(same.out(), /^same/)
  const other = contextOf()
  const { exitCode, error } = await diffFiles(other.context, [a, c])
  assert.deepEqual([exitCode, error?.code], [1, "DIFFERENT"])
  assert.ok(other.out().startsWith("different") && (error?.message.length ?? 0) > 0)
})

test("a job is cited in two ways unless one is asked for, and names in it move no cursor", async (context) => {
  const { tell } = await home(context, [made(1, {}, { command: [HOSTILE] })])
  const both = await tell(citeCommand, ["latest"])
  assert.match(both.out, /@\w+\{/)
  const bibtex = await tell(citeCommand, ["latest", "--as", "bibtex"])
  assert.ok(bibtex.out.startsWith("@") && both.out.endsWith(bibtex.out))
  assert.match((await tell(citeCommand, ["latest", "--as", "cff"])).out, /^cff-version: /m)
  assert.deepEqual(Object.keys(Object(both.result.data)).toSorted(), ["bibtex", "cff", "methods"])
  assert.ok(!hasControls(both.out))
  await assert.rejects(tell(citeCommand, ["latest", "--as", "apa"]), {
    code: "USAGE",
    message: /methods, bibtex, cff$/,
  })
})

test("a job whose gear is gone cannot be cited, and the gear is named by its id", async (context) => {
  const { tell } = await home(context, [made(1, {})], false)
  await assert.rejects(tell(citeCommand, ["latest"]), {
    ...{ code: "GEAR_NOT_FOUND", hint: `Import gear-1@1.0.0 again: its id has to be ${digest(0xa001)}` },
  })
})

test("a file is known by its bytes: who made it, from what, and who read it", async (context) => {
  const text = "result"
  const reads = {
    text: { base: "file", digest: sha256(Buffer.from(text)), name: "in", sizeBytes: text.length },
  } as const
  const { invocation } = job(2)
  const { folder: own, tell } = await home(context, [
    made(1, { "out.txt": text }),
    made(2, { next: "x" }, { invocation: { ...invocation, inputs: reads } as unknown as JobRecord["invocation"] }),
  ])
  const file = join(own, "renamed")
  writeFileSync(file, text)
  const { out, result } = await tell(whenceCommand, [file])
  const data = Object(result.data)
  assert.deepEqual(
    data.madeBy.map(({ job: id }: { readonly job: string }) => id),
    [jobId(1)],
  )
  assert.deepEqual(
    data.readBy.map(({ job: id }: { readonly job: string }) => id),
    [jobId(2)],
  )
  assert.ok(out.startsWith(`${file}  sha256:`))
  const by = await tell(whenceCommand, [sha256(Buffer.from(text))])
  assert.deepEqual(Object(by.result.data).madeBy, data.madeBy)
})

test("bytes that no job made or read are a no, and a file that is not there is none", async (context) => {
  const { folder: own, tell } = await home(context, [made(1, {})])
  const { result } = await tell(whenceCommand, [digest(1)])
  assert.deepEqual([result.exitCode, result.error?.code], [1, "UNKNOWN_FILE"])
  await assert.rejects(tell(whenceCommand, [join(own, "none")]), { code: "INPUT_NOT_FOUND", message: /came from: / })
  await assert.rejects(tell(whenceCommand, ["sha256:12"]), { code: "INPUT_NOT_FOUND" })
})

test("provenance is a document on standard output, in a file, or as the answer of a program", async (context) => {
  const { folder: own, tell } = await home(context, [made(1, { a: "1" }), made(2, {})])
  const { out } = await tell(provenanceCommand, [jobId(1), jobId(2), "--as", "prov-json"])
  assert.ok(Object.keys(JSON.parse(out)).includes("entity"))
  const file = join(own, "p.json")
  const written = await tell(provenanceCommand, [jobId(1), jobId(2), "--as", "prov-json", "-o", file])
  assert.deepEqual([written.out, Object(written.result.data).jobs], [`${file}\n`, [jobId(1), jobId(2)]])
  assert.equal(readFileSync(file, "utf8"), out)
  const json = await tell(provenanceCommand, [jobId(1), jobId(2), "--as", "prov-json"], { json: true })
  assert.deepEqual([json.out, json.result.data], ["", JSON.parse(out)])
})

test("a crate is a folder, and what is not in it is told; other formats and places are refused", async (context) => {
  const { folder: own, tell } = await home(context, [made(1, { a: "1" })])
  const crate = join(own, "crate")
  const { result, err } = await tell(provenanceCommand, ["latest", "-o", crate])
  assert.ok(existsSync(join(crate, "ro-crate-metadata.json")))
  // Its bytes were never stored here.
  assert.match(err, /^warning "a" of job 000000000000 is not in it: /)
  assert.equal(Object(result.data).leftOut.length, 1)
  for (const args of [
    ["--as", "turtle"],
    ["-o", "-"],
  ])
    await assert.rejects(tell(provenanceCommand, ["latest", ...args]), { code: "USAGE" }, args.join(" "))
  await assert.rejects(tell(provenanceCommand, ["latest", "--run"]), { code: "WORKFLOW_RUN_NOT_FOUND" })
  await assert.rejects(tell(provenanceCommand, ["latest", "latest", "--run"]), { code: "USAGE" })
})

test("what is to be restored is told without running, and what was never made is not", async (context) => {
  const { folder: own, tell } = await home(context, [made(1, {})])
  const none = await tell(restoreCommand, ["latest", "--dry-run"])
  assert.deepEqual(
    [none.out, none.result.data],
    ["nothing has to run: the job has no outputs\n", { steps: [], dryRun: true }],
  )
  await assert.rejects(tell(restoreCommand, [join(own, "none")]), { code: "OUTPUT_NOT_FOUND" })
  await assert.rejects(tell(restoreCommand, ["latest/none"]), { code: "OUTPUT_NOT_FOUND" })
  await assert.rejects(tell(restoreCommand, [digest(9)]), { code: "OUTPUT_NOT_FOUND" })
})

test("a file that has its bytes is whole, whoever freed them; one that is in the way is not written over", async (context) => {
  const { folder: own, tell } = await home(context, [made(1, { "out.txt": "1" })])
  const file = join(own, "out.txt")
  writeFileSync(file, "1")
  const { out, result } = await tell(restoreCommand, [file])
  assert.equal(out, `"${file}" is whole: it has the bytes of ${jobId(1)}/out.txt\n`)
  assert.deepEqual(result.data, { steps: [], written: [] })
  writeFileSync(file, "another")
  await assert.rejects(tell(restoreCommand, [file]), { code: "OUTPUT_EXISTS" })
  assert.equal(readFileSync(file, "utf8"), "another")
})

test("the nearest earlier job is told with what differs, and nothing is run for it", async (context) => {
  const { invocation } = job(1)
  const other = (label: string) => ({ ...invocation, config: { ...invocation.config, label } })
  const records = [made(1, {}), made(11, {}, { invocation: other(HOSTILE), invocationDigest: digest(0xc999) })]
  const { tell } = await home(context, records)
  const { out, err, result } = await tell(explainCommand, [jobId(11), "--reuse"])
  assert.match(out, /^The nearest earlier job of gear-1@1\.0\.0 is 0{23}1: its invocation differs in 1 thing\n/)
  assert.equal(err, `→ gear explain ${jobId(1)} ${jobId(11)}\n`)
  assert.deepEqual([Object(result.data).nearest, Object(result.data).components.length], [jobId(1), 1])
  assert.ok(!hasControls(out))
  const first = await tell(explainCommand, [jobId(1), "--reuse"])
  assert.equal(Object(first.result.data).job, jobId(1))
  await assert.rejects(tell(explainCommand, [jobId(1), jobId(11), "--reuse"]), { code: "USAGE" })
})

test("counts of runs are refused before any job is looked for", async (context) => {
  const { tell } = await home(context, [])
  for (const flag of ["--repeat=1", "--repeat=101", "--runs=0", "--runs=many"])
    await assert.rejects(tell(explainCommand, ["latest", flag]), { code: "USAGE" }, flag)
  await assert.rejects(tell(explainCommand, ["latest"]), { code: "JOB_NOT_FOUND" })
  await assert.rejects(tell(traceCommand, ["latest"]), { code: "JOB_NOT_FOUND" })
  await assert.rejects(tell(traceCommand, ["latest", "--input", "x"]), { code: "USAGE" })
})

test("a job is proven by its record, and takes nothing but where its inputs lie", async (context) => {
  const { tell } = await home(context, [made(1, {})])
  for (const args of [
    ["--set", "a=1"],
    ["--memory", "1g"],
    ["--tests", "t"],
    ["--network", "none"],
  ])
    await assert.rejects(tell(proveCommand, ["latest", ...args]), {
      ...{ code: "USAGE", hint: "Name the gear to give it something else: gear prove gear-1" },
    })
  await assert.rejects(tell(proveCommand, ["gear-1", "--tests", "t", "--set", "threshold=1"]), { code: "USAGE" })
})

test("a gear is probed by its tests, and proven by them where nothing else is given", async (context) => {
  const { folder: own, tell } = await home(context, [made(1, {})])
  mkdirSync(join(own, "tests"))
  const tests = ["--tests", join(own, "tests")]
  await assert.rejects(tell(probeCommand, ["gear-1", ...tests]), { code: "GEAR_TESTS_MISSING" })
  await assert.rejects(tell(proveCommand, [digest(0xa001), ...tests]), { code: "GEAR_TESTS_MISSING" })
  writeFileSync(join(own, "tests/a.yaml"), "test: 1\n")
  for (const count of ["0", "x", ""])
    await assert.rejects(tell(probeCommand, ["gear-1", ...tests, `--repeat=${count}`]), { code: "USAGE" }, count)
})

test("a bundle is not begun with flags that cannot be meant, or of a job that is not there", async (context) => {
  const { folder: own, tell } = await home(context, [made(1, {})])
  const path = join(own, "r.gtz")
  for (const flag of ["--stand-in==why", "--input=scan"])
    await assert.rejects(tell(bundleCommand, ["latest", "-o", path, flag]), { code: "USAGE" }, flag)
  await assert.rejects(tell(bundleCommand, ["latest", "-o", path, "--key", "none"]), { code: "KEY_NOT_FOUND" })
  await assert.rejects(tell(bundleCommand, ["ffff", "-o", path]), { code: "JOB_NOT_FOUND" })
  assert.ok(!existsSync(path))
})
