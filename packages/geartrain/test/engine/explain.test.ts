import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { join } from "node:path"
import { after, before, suite, test } from "node:test"
import { type Digest, isGeartrainError, type JobRecord } from "@geartrain/spec"
import { findClockLibrary } from "../../src/engine/experiments/clock-library.ts"
import { explainJob } from "../../src/engine/explain/explain-job.ts"
import type { ExplainOptions } from "../../src/engine/explain/explain-means.ts"
import type { Explanation } from "../../src/engine/explain/explanation.ts"
import { nearestJob } from "../../src/engine/explain/nearest-job.ts"
import { EXIT } from "../../src/engine/explain/outcome.ts"
import { resolveJob } from "../../src/engine/life/resolve-job.ts"
import type { BusyboxGear } from "../programs/busybox-gear.ts"
import { type EngineHome, openEngineHome } from "../programs/engine-home.ts"
import { hostGearMissing, makeHostGear } from "../programs/host-gear.ts"

const skipClock = "why" in findClockLibrary() ? "needs libfaketime (package faketime)" : false

/** Chance that nothing here holds still: the device is read by the gear itself. */
const CHANCE = "open('/dev/urandom','rb').read(4).hex()"

function python(...lines: readonly string[]): string {
  return `python3 -c "${["import os, sys, time", ...lines].join("; ")}" > output/x`
}

let home: EngineHome
let gears = 0

suite("gear explain of a job", { skip: hostGearMissing() ?? false }, () => {
  before(async () => {
    home = await openEngineHome()
  })
  after(() => home.close())

  async function run(command: string, more: Partial<BusyboxGear> = {}, config = {}): Promise<JobRecord> {
    gears += 1
    const gear = { name: `explained-${gears}`, ...more, command }
    const record = await home.runRoot(makeHostGear(join(home.folder, "host"), gear), { config })
    assert.equal(record.state, "complete", record.failure?.evidence ?? record.failure?.message)
    return record
  }

  function explain(a: JobRecord, b?: JobRecord, options: Partial<ExplainOptions> = {}): Promise<Explanation> {
    return explainJob(a, b, { ports: home.engine, options: { repeat: 3, mostRuns: 200, ...options } })
  }

  function causeOf({ search }: Explanation): readonly string[] | undefined {
    return search?.cause?.series.conditions.map(({ name }) => name)
  }

  async function isExplainedBy(command: string, cause: string, more: Partial<BusyboxGear> = {}): Promise<Explanation> {
    const explanation = await explain(await run(command, more))
    assert.deepEqual([explanation.verdict, causeOf(explanation)], ["explained", [cause]], command)
    assert.ok((explanation.search?.cause?.chance ?? 1) <= 0.05)
    return explanation
  }

  test("a hash that is randomised", async () => {
    await isExplainedBy(python("print(hash('x'))"), "hash")
    await isExplainedBy("perl -e 'print join q( ), keys %{{map {$_ => 1} 1..50}}' > output/x", "hash")
  })

  test("memory addresses", async () => {
    await isExplainedBy(
      python("print([line for line in open('/proc/self/maps') if '[stack]' in line][0].split('-')[0])"),
      "addresses",
    )
  })

  test("a seed that the gear takes from its config", async () => {
    const command = python("s = int(os.environ['FW_CONFIG_SEED'])", `print(s or ${CHANCE})`)
    const explanation = await isExplainedBy(command, "seed", { config: { seed: { type: "integer", default: 0 } } })
    assert.equal(explanation.search?.cause?.series.conditions[0]?.says, "a fixed seed (seed=1)")
  })

  test("chance that the kernel gives", { skip: skipClock }, async () => {
    await isExplainedBy(python("import random", "print(random.random())"), "seed")
  })

  test("the clock, which is tried first where what differs looks like a time", { skip: skipClock }, async () => {
    const explanation = await isExplainedBy("date '+%Y-%m-%d %H:%M:%S.%N' > output/x", "clock")
    assert.equal(explanation.search?.tried.length, 1)
    const [difference] = explanation.differing
    assert.equal(difference?.path, "x")
    assert.equal(difference?.comparison?.format, "text")
    assert.equal(difference?.within, undefined)
  })

  test("SOURCE_DATE_EPOCH, of a gear that heeds it, where no clock can be held", async () => {
    await isExplainedBy(
      `test -z $LD_PRELOAD || exit 3; ${python("print(os.environ.get('SOURCE_DATE_EPOCH') or time.time_ns())")}`,
      "source-date",
    )
  })

  test("the number of threads that the gear takes from its config, or sees of the machine", async () => {
    const config = { n_threads: { type: "integer", minimum: 1, default: 4 } }
    const many = python("n = int(os.environ['FW_CONFIG_N_THREADS'])", `print(n if n == 1 else ${CHANCE})`)
    await isExplainedBy(many, "threads", { config })
    await isExplainedBy(python(`print(os.environ.get('OMP_NUM_THREADS') or ${CHANCE})`), "threads")
  })

  test("the time zone and the locale", async () => {
    await isExplainedBy(python(`print(os.environ['TZ'] == 'UTC0' or ${CHANCE})`), "time-zone")
    await isExplainedBy(python(`print(os.environ.get('LC_ALL') == 'C.UTF-8' or ${CHANCE})`), "locale")
  })

  test("the place of the job on the host, and its id", async () => {
    const find =
      "[line.split()[3] for line in open('/proc/self/mountinfo') if line.split()[4] == '/flywheel/v0/output']"
    await isExplainedBy(python(`print(${find})`), "path")
    await isExplainedBy("cat config.json > output/x", "path", { custom: { flywheel: { "show-job": true } } })
  })

  test("two causes in one file are named together, and nothing else", { skip: skipClock }, async () => {
    const explanation = await explain(await run(python("print(time.time_ns(), hash('x'))")))
    assert.deepEqual([explanation.verdict, causeOf(explanation)], ["explained", ["clock", "hash"]])
  })

  test("where nothing helps it says so, with all that was tried", async () => {
    const explanation = await explain(await run(python(`print(${CHANCE})`)))
    assert.equal(explanation.verdict, "unexplained")
    const alone = explanation.search?.tried.filter(({ conditions }) => conditions.length === 1) ?? []
    const tried = alone.map(({ conditions }) => conditions[0]?.name)
    const all = [...tried, ...explanation.unavailable.map(({ name }) => name)]
    for (const name of ["threads", "clock", "seed", "hash", "addresses", "path", "time-zone", "locale", "source-date"])
      assert.ok(all.includes(name as never), name)
    assert.equal(explanation.search?.tried.at(-1)?.conditions.length, tried.length, "all together")
    assert.equal(explanation.runs, 3 + 2 * tried.length + 2)
  })

  test("a gear that does not bear to be observed is told as that", { skip: skipClock }, async () => {
    const explanation = await explain(await run(`test -z $LD_PRELOAD || exit 3; ${python("print(time.time_ns())")}`))
    assert.equal(explanation.verdict, "unexplained")
    const clock = explanation.search?.tried.find(({ conditions }) => conditions[0]?.name === "clock")
    assert.equal(clock?.refused?.parts.get(EXIT), "3")
    assert.equal(clock?.outcomes.length, 1)
  })

  test("runs that do not differ need no explanation, nor do two jobs that came out the same", async () => {
    const record = await run("echo steady > output/x")
    const alone = await explain(record)
    assert.deepEqual([alone.verdict, alone.runs, alone.pair], ["repeats", 3, undefined])
    const together = await explain(record, record)
    assert.deepEqual([together.verdict, together.runs], ["same", 0])
  })

  test("a difference that does not show again is looked for longer, and is not explained by anything", async () => {
    const record = await run("echo steady > output/x")
    const digest: Digest = `sha256:${"0".repeat(64)}`
    const other: JobRecord = {
      ...record,
      outputs: record.outputs.map((file) => ({ ...file, digest })),
      provider: { name: "other", version: "1", rootless: false },
    }
    const explanation = await explain(record, other)
    assert.deepEqual([explanation.verdict, explanation.observed?.outcomes.length], ["unseen", 9])
    assert.deepEqual(
      explanation.circumstances.map(({ part }) => part),
      ["provider"],
    )
    assert.deepEqual(explanation.differing, [{ path: "x" }])
  })

  test("a job that came out as it did because of its day is run with the clock of then", {
    skip: skipClock,
  }, async () => {
    const record = await run("date -u +%F > output/x")
    const digest: Digest = `sha256:${createHash("sha256").update("2001-02-03\n").digest("hex")}`
    const then: JobRecord = {
      ...record,
      started: "2001-02-03T04:05:06.789Z",
      outputs: record.outputs.map((file) => ({ ...file, digest })),
    }
    const explanation = await explain(then)
    assert.deepEqual([explanation.verdict, causeOf(explanation)], ["explained", ["clock"]])
    assert.equal(explanation.search?.cause?.series.conditions[0]?.says, "the clock of 2001-02-03 04:05:06 UTC")
    assert.ok((explanation.search?.cause?.chance ?? 1) < 0.05)
  })

  test("there are never more runs than may be, and then nothing is claimed", async () => {
    const record = await run(python(`print(${CHANCE})`))
    const explanation = await explain(record, undefined, { mostRuns: 9 })
    assert.deepEqual([explanation.verdict, explanation.runs], ["undecided", 9])
    const few = await explain(record, undefined, { mostRuns: 1 })
    assert.deepEqual([few.verdict, few.runs], ["undecided", 1])
  })

  test("an experiment is nobody's latest job, changes no history, and is not explained itself", async () => {
    const record = await run(python("print(hash('x'))"))
    const { search } = await explain(record)
    assert.equal((await resolveJob("latest", home.engine)).id, record.id)
    assert.deepEqual((await home.engine.jobs.get(record.id))?.history, [])
    const held = search?.cause?.series.outcomes[0]?.job
    assert.equal(held?.conditions?.[0]?.name, "hash")
    await assert.rejects(explain(held as JobRecord), (error) => isGeartrainError(error, "JOB_NOT_REPLAYABLE"))
  })

  test("whoever interrupts ends the experiments, and no folder of theirs is left", async () => {
    const record = await run(`sleep 0.2; ${python(`print(${CHANCE})`)}`)
    const abort = new AbortController()
    const onSeries = (_: string, __: number): void => void setTimeout(() => abort.abort(), 100)
    await assert.rejects(
      explain(record, undefined, { signal: abort.signal, onSeries }),
      (error) => isGeartrainError(error, "JOB_NOT_REPLAYABLE") || (error as Error).name === "AbortError",
    )
    const running = await home.engine.jobs.list({ states: ["running", "pending"] })
    assert.deepEqual(running, [])
  })

  test("of several values in which two jobs differ, the one that makes the difference is found", async () => {
    const config = {
      unit: { type: "string", default: "m" },
      scale: { type: "integer", default: 1 },
      label: { type: "string", default: "" },
    }
    const command = "echo $FW_CONFIG_UNIT $FW_CONFIG_SCALE > output/x"
    gears += 1
    const root = makeHostGear(join(home.folder, "host"), { name: `explained-${gears}`, command, config })
    const a = await home.runRoot(root, { config: {} })
    const b = await home.runRoot(root, { config: { scale: 2, label: "b" } })
    const explanation = await explain(a, b)
    assert.equal(explanation.verdict, "explained")
    assert.deepEqual(explanation.change?.cause, [{ part: "config", name: "scale", a: 1, b: 2 }])
    assert.deepEqual(
      explanation.components.filter(({ part }) => part === "config").map(({ name }) => name),
      ["label", "scale"],
    )
    const c = await home.runRoot(root, { config: { scale: 2, unit: "km", label: "c" } })
    const both = await explain(a, c)
    assert.deepEqual(
      both.change?.cause?.map(({ name }) => name),
      ["scale", "unit"],
    )
    const between = both.change?.tried[0]?.outcome?.job
    assert.equal(between?.forVerification, true)
    assert.equal(between?.conditions?.[0]?.name, "config label")
  })

  test("where one of two jobs does not repeat itself, that is what is explained", async () => {
    const config = { salt: { type: "string", default: "x" } }
    const command = python("print(hash(os.environ['FW_CONFIG_SALT']))")
    const a = await run(command, { config })
    const request = { config: { salt: "y" } }
    const b = await home.runRoot(
      makeHostGear(join(home.folder, "host"), { name: `salted-${gears}`, command, config }),
      request,
    )
    const explanation = await explain(a, b)
    assert.deepEqual([explanation.verdict, causeOf(explanation)], ["explained", ["hash"]])
    assert.ok(explanation.components.some(({ part, name }) => part === "config" && name === "salt"))
  })

  test("the nearest earlier job is the one whose invocation differs in the fewest things", async () => {
    const config = { one: { type: "integer", default: 1 }, two: { type: "integer", default: 1 } }
    gears += 1
    const root = makeHostGear(join(home.folder, "host"), { name: `explained-${gears}`, command: "true", config })
    const far = await home.runRoot(root, { config: { one: 5, two: 5 } })
    const near = await home.runRoot(root, { config: { one: 5, two: 1 } })
    const record = await home.runRoot(root, {})
    assert.equal(await nearestJob(far, home.engine), undefined)
    const found = await nearestJob(record, home.engine)
    assert.equal(found?.job.id, near.id)
    assert.deepEqual(found?.components[0], { part: "config", name: "one", a: 5, b: 1 })
    const again = await home.runRoot(root, {})
    assert.deepEqual((await nearestJob(again, home.engine))?.components, [])
  })
})
