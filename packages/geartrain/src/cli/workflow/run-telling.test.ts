import assert from "node:assert/strict"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import type { JobRecord } from "@geartrain/spec"
import type { RunEvent, WorkflowPlan } from "@geartrain/spec/workflow"
import { contextOf, HOSTILE, hasControls, type ToldOptions } from "../../../test/cli/told.ts"
import { job as sampleJob } from "../../../test/stores/records/sample-records.ts"
import { type FakeBehavior, FakeJobs } from "../../../test/workflows/fake-jobs.ts"
import { idOf, plannedJob, samplePlan } from "../../../test/workflows/sample-plan.ts"
import { jobEvent, second } from "../../../test/workflows/sample-runs.ts"
import { createRun } from "../../workflows/run/run-folder.ts"
import { createPaint } from "../output/paint.ts"
import { carryOutWorkflow } from "./carry-out-workflow.ts"
import { faultLines } from "./fault-lines.ts"
import type { RunRecords, Workplace } from "./place/workplace.ts"
import { mark, type RunLinesMeans, runLines } from "./run-lines.ts"
import { writeDocument } from "./write-document.ts"

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "geartrain-telling-"))
  context.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

const RECORDS: RunRecords = {
  get: async () => undefined,
  tail: async () => ({ lines: [] }),
  commands: (id) => [`gear logs ${id}`, `gear debug ${id}`],
}

async function linesOf(events: readonly RunEvent[], more: Partial<RunLinesMeans> = {}): Promise<readonly string[]> {
  const said: string[] = []
  const lines = runLines({
    ...{ records: RECORDS, say: (line) => said.push(line), paint: createPaint(false) },
    ...{ id: (id) => id.slice(0, 4), isWhole: false, jobs: 5 },
    ...more,
  })
  for (const event of events) lines.onEvent(event)
  await lines.settled()
  return said
}

test("jobs that were there already are one line, told when the next thing happens", async () => {
  const events = [
    ...["a", "b", "c"].map((key) => jobEvent(1, key, "reused")),
    jobEvent(2, "d", "running", { job: idOf(1) }),
    jobEvent(5, "d", "complete", { job: idOf(1) }),
  ]
  assert.deepEqual(await linesOf(events), ["reused     3 jobs  (3/5)", "complete   d  0000  3.0 s  (4/5)"])
  assert.deepEqual(await linesOf(events.slice(0, 3)), [])
  const end = { at: second(9), event: "run", state: "paused" } as const
  assert.deepEqual(await linesOf([...events.slice(0, 3), end]), ["reused     3 jobs  (3/5)"])
})

test("a job that begins is told on demand, and one that is tried again says so", async () => {
  const events = [jobEvent(1, "d", "running", { job: idOf(1), attempt: 2 })]
  assert.deepEqual(await linesOf(events), [])
  assert.deepEqual(await linesOf(events, { isWhole: true }), ["running    d try 2  0000"])
})

test("a failure is told at once, with its last words and what to type, none of which moves a cursor", async () => {
  const record = sampleJob(1, { exit: { code: 3 }, command: ["run", HOSTILE, "x".repeat(300)] }) as JobRecord
  const said = await linesOf([jobEvent(1, "d", "failed", { job: record.id, why: HOSTILE })], {
    records: {
      ...RECORDS,
      get: async () => record,
      tail: async () => ({ lines: Array.from({ length: 9 }, (_, at) => `${at}${HOSTILE}`) }),
    },
  })
  assert.match(said[0] ?? "", /^failed {5}d {2}0000 {2}\(0\/5\)$/)
  assert.match(said[2] ?? "", /^ {2}command {2}run a.*… {2}exit code 3$/)
  assert.ok((said[2] ?? "").length < 250)
  assert.deepEqual(
    said.slice(3, -1).map((line) => line.slice(0, 5)),
    ["  │ 4", "  │ 5", "  │ 6", "  │ 7", "  │ 8"],
  )
  assert.equal(said.at(-1), "  → gear logs 0000   → gear debug 0000")
  assert.ok(said.every((line) => !hasControls(line)))
})

test("a log that cannot be read keeps nobody from the rest of a failure, nor does a record that is gone", async () => {
  const failing = { ...RECORDS, get: async () => sampleJob(1), tail: () => Promise.reject(new Error("gone")) }
  const event = jobEvent(1, "d", "failed", { job: idOf(1), why: "it broke" })
  assert.equal((await linesOf([event], { records: failing })).length, 4)
  assert.deepEqual((await linesOf([event])).slice(1), ["  it broke"])
  const away = { ...RECORDS, get: () => Promise.reject(new Error(HOSTILE)) }
  const [, why, record, ...more] = await linesOf([event], { records: away })
  assert.deepEqual([why, more], ["  it broke", []])
  assert.ok(record?.startsWith("  its record cannot be read: a") && !hasControls(record))
})

test("lines come out in the order of the events, however long a record takes", async () => {
  const slow = { ...RECORDS, get: () => new Promise<undefined>((resolve) => setImmediate(resolve, undefined)) }
  const events = [
    jobEvent(1, "d", "failed", { job: idOf(1), why: "first" }),
    jobEvent(2, "e", "complete", { job: idOf(2) }),
  ]
  const said = await linesOf(events, { records: slow })
  assert.deepEqual(
    said.map((line) => line.trim().split(" ")[0]),
    ["failed", "first", "complete"],
  )
})

test("a step that opens adds to the whole, and what is waited for is said in sentences", async () => {
  const events = [
    { at: second(1), event: "opened", step: HOSTILE, jobs: [{}, {}] },
    jobEvent(2, "a", "lost"),
    { at: second(3), event: "waiting", for: ["memory", HOSTILE] },
    { at: second(4), event: "freed", key: "a", bytes: 2048 },
    jobEvent(5, "b", "skipped"),
  ] as unknown as readonly RunEvent[]
  const said = await linesOf(events)
  assert.deepEqual(said.slice(1, 3), ["lost       1 job that need what failed", "waiting    memory"])
  assert.match(said[0] ?? "", /: 2 jobs$/)
  assert.match(said.at(-1) ?? "", /^skipped {4}b {2}\(2\/7\)$/)
  assert.ok(said.every((line) => !hasControls(line)))
  assert.ok((await linesOf(events, { isWhole: true })).includes("freed      a  2 KiB"))
})

test("states are as wide as the widest, so that what follows stands in a column", () => {
  const words = ["complete", "failed", "cancelled", "not begun", "waiting"] as const
  assert.deepEqual(new Set(words.map((word) => mark(word, createPaint(false)).length)), new Set(["cancelled".length]))
})

test("faults are shown with the line and the word that they are about, and without it where the file is gone", async (context) => {
  const home = folder(context)
  const file = join(home, "w.yaml")
  writeFileSync(file, 'name: w\r\nsteps: { "one two": 1 }\n')
  const fault = { line: 2, column: 10, where: "/steps", problem: HOSTILE, fix: "Mend it" }
  const { context: with_ } = contextOf()
  const lines = await faultLines([{ ...fault, file }], with_.terminal)
  const at = lines.findIndex((line) => line.includes('"one two"'))
  // Nine letters with their quotes are marked, right below where they stand.
  assert.equal(lines[at + 1]?.match(/[~^]+/)?.[0].length, 9)
  assert.equal(lines[at + 1]?.search(/[~^]/), lines[at]?.indexOf('"one'))
  assert.ok(lines.every((line) => !hasControls(line)))
  const gone = await faultLines([{ ...fault, file: join(home, "none"), line: 99 }], with_.terminal)
  assert.ok(gone.length > 0 && gone.length < lines.length)
})

test("a document goes to a file whole or not at all, or to standard output, where programs get it otherwise", async (context) => {
  const path = join(folder(context), "d")
  const { context: with_, out } = contextOf()
  assert.equal(await writeDocument(with_, ["a", "b"], undefined), null)
  assert.equal(await writeDocument(with_, ["c"], "-"), null)
  assert.equal(out(), "abc")
  const json = contextOf({ json: true })
  assert.equal(await writeDocument(json.context, ["a"], "-"), null)
  assert.equal(json.out(), "")
  assert.equal(await writeDocument(json.context, ["a", "b"], path), path)
  assert.equal(readFileSync(path, "utf8"), "ab")
  const broken = function* () {
    yield "half"
    throw new Error("no more")
  }
  await assert.rejects(writeDocument(with_, broken(), path), { message: "no more" })
  assert.equal(readFileSync(path, "utf8"), "ab")
})

interface Carried {
  readonly plan?: WorkflowPlan
  readonly behavior?: FakeBehavior
  readonly header?: object
  readonly onOpen?: (run: string) => void
  readonly options?: ToldOptions
}

/** Carries a plan out on jobs in memory. */
async function carried(context: TestContext, { plan, behavior, header, onOpen, options }: Carried = {}) {
  const home = folder(context)
  const jobs = new FakeJobs(behavior)
  const id = "ab".repeat(12)
  const about = { id, name: "sample", created: second(0), ...header }
  const stored = await createRun(
    join(home, "runs"),
    plan ?? samplePlan([plannedJob("a"), plannedJob("b", ["a"])]),
    about,
  )
  const delivered: string[] = []
  const records: RunRecords = { ...RECORDS, get: async (one) => sampleJob(1, { id: one, exit: { code: 3 } }) }
  let closed = 0
  const place = {
    records,
    open: async () => {
      onOpen?.(stored.folder)
      return {
        means: { jobs, history: { newest: async () => undefined, figures: async () => new Map() }, home },
        records,
        deliver: async (_: object, to: { readonly folder: string }) => [`${to.folder}/out`],
        file: async () => (Object.hasOwn(about, "server") ? 3 : undefined),
        close: () => {
          closed++
        },
      }
    },
  } as unknown as Workplace
  const { context: with_, out, err } = contextOf(options)
  const result = await carryOutWorkflow(with_, { stored, place, force: false })
  return { result, out: out(), err: err(), closed, delivered, id, folder: stored.folder }
}

test("a run that completes says so, and where its page is; programs are told each job", async (context) => {
  const { result, err, closed, id } = await carried(context)
  assert.match(err, /^run (ab){12} of sample: 2 jobs\n/)
  assert.match(err, /\ncomplete( after [^\n]*)? · 2 complete\n→ gear workflow report (ab){12}\n$/)
  assert.equal(result.exitCode, undefined)
  const data = Object(result.data)
  assert.deepEqual([data.run, data.state], [id, "complete"])
  assert.deepEqual(
    data.jobs.map((one: { readonly key: string; readonly state: string }) => [one.key, one.state]),
    [
      ["a", "complete"],
      ["b", "complete"],
    ],
  )
  assert.equal(closed, 1)
})

test("outputs are delivered to the folder of the run, and filed where the server was told", async (context) => {
  const server = { url: "https://gear.example", project: "p", to: { id: "x", path: HOSTILE } }
  const { result, err } = await carried(context, { header: { out: "/r/a b", server } })
  assert.match(err, /\n3 files in a\\x1b/)
  assert.match(err, /\n1 file in '\/r\/a b'\n/)
  assert.deepEqual([Object(result.data).delivered, Object(result.data).filed], [["/r/a b/out"], 3])
  assert.ok(!hasControls(err))
})

test("a run in which a job failed is a no, with what tells why and what goes on", async (context) => {
  const failure = { reason: "NONZERO_EXIT", message: "it ended with 3" } as const
  const { result, err, id, closed } = await carried(context, { behavior: { end: () => ({ failure }) } })
  assert.deepEqual([result.exitCode, result.error?.code, result.error?.retryable], [1, "RUN_FAILED", false])
  assert.equal(result.error?.fix, `gear workflow resume ${id}`)
  assert.match(
    err,
    /\nfailed[^\n]*1 failed, 1 lost\n→ gear workflow analyze (ab){12}\n→ gear workflow resume (ab){12}\n$/,
  )
  assert.equal(closed, 1)
})

test("an interrupt cancels the run, and is given back to the process afterwards", async (context) => {
  const before = process.listenerCount("SIGINT")
  const { result, err } = await carried(context, { onOpen: () => void process.emit("SIGINT", "SIGINT") })
  assert.deepEqual([result.exitCode, result.error?.code, result.error?.retryable], [130, "RUN_CANCELLED", true])
  assert.match(err, /Ending the jobs that run; once more ends them at once\n/)
  assert.equal(process.listenerCount("SIGINT"), before)
})

test("a place that cannot be opened leaves the run as it was", async (context) => {
  let folderOf = ""
  const opening = carried(context, {
    onOpen: (run) => {
      folderOf = run
      throw new RangeError("no place")
    },
  })
  await assert.rejects(opening, { message: "no place" })
  assert.ok(!existsSync(join(folderOf, "events.jsonl")))
})
