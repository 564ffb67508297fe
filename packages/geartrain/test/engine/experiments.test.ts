import assert from "node:assert/strict"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { after, before, suite, test } from "node:test"
import type { JobRecord } from "@geartrain/spec"
import { findClockLibrary } from "../../src/engine/experiments/clock-library.ts"
import type { ConditionName } from "../../src/engine/experiments/condition.ts"
import { conditionsOf } from "../../src/engine/experiments/conditions-of.ts"
import { runTrial } from "../../src/engine/experiments/run-trial.ts"
import { resolveJob } from "../../src/engine/life/resolve-job.ts"
import { busyboxMissing } from "../programs/busybox-gear.ts"
import { type EngineHome, openEngineHome } from "../programs/engine-home.ts"
import { hostGearMissing, makeHostGear } from "../programs/host-gear.ts"

let home: EngineHome

async function trial(record: JobRecord, ...names: readonly ConditionName[]): Promise<JobRecord> {
  const { available } = await conditionsOf(record, home.engine)
  const conditions = available.filter(({ name }) => names.includes(name))
  assert.equal(conditions.length, names.length, names.join())
  return runTrial(record, conditions, { ports: home.engine })
}

async function text(record: JobRecord, path: string): Promise<string> {
  const output = record.outputs.find((file) => file.path === path)
  const place = output === undefined ? undefined : await home.engine.blobs.locate(output.digest)
  assert.ok(place !== undefined, `${path}: ${record.failure?.evidence ?? record.failure?.message}`)
  return await readFile(place, "utf8")
}

suite("a run that is held to conditions", { skip: hostGearMissing() ?? false }, () => {
  before(async () => {
    home = await openEngineHome()
  })
  after(() => home.close())

  const SHOW = [
    "cat /proc/self/personality > output/personality",
    "env > output/environment",
    'python3 -c "import os; print(len(os.sched_getaffinity(0)))" > output/processors',
    "cat config.json > output/config; cat /proc/self/mountinfo > output/mounts",
  ].join("; ")

  const showing = (name: string) =>
    home.runRoot(
      makeHostGear(join(home.folder, "host"), {
        name,
        command: SHOW,
        config: {
          n_threads: { type: "integer", minimum: 1, default: 4 },
          "random-seed": { type: "integer", default: 0 },
          threshold: { type: "number", default: 0.5 },
        },
        custom: { flywheel: { "show-job": true } },
      }),
    )

  test("one thread is one in the config that says so, in the variables of libraries, and one processor", async () => {
    const record = await showing("shows-one")
    const held = await trial(record, "threads")
    assert.equal(held.state, "complete", held.failure?.message)
    assert.equal((await text(held, "processors")).trim(), "1")
    assert.match(await text(held, "environment"), /^OMP_NUM_THREADS=1$/m)
    const { config } = JSON.parse(await text(held, "config"))
    assert.deepEqual(config, { n_threads: 1, "random-seed": 0, threshold: 0.5 })
    assert.doesNotMatch(await text(record, "environment"), /OMP_NUM_THREADS/)
  })

  test("addresses, seed and hashes are held in the box and its environment", async () => {
    const held = await trial(await showing("shows-two"), "addresses", "seed", "hash")
    assert.equal(await text(held, "personality"), "00040000\n")
    assert.match(await text(held, "environment"), /^PYTHONHASHSEED=0$/m)
    assert.equal(JSON.parse(await text(held, "config")).config["random-seed"], 1)
  })

  test("the same job folder and id are those of the job that is repeated", async () => {
    const record = await showing("shows-three")
    const held = await trial(record, "path")
    assert.equal(JSON.parse(await text(held, "config")).job.id, record.id)
    assert.ok((await text(held, "mounts")).includes(record.id))
    assert.ok(!(await text(held, "mounts")).includes(held.id))
    assert.equal(await text(held, "config"), await text(record, "config"))
  })

  test("it is recorded as an experiment: its conditions are named, it is nobody's latest job, and its invocation is its own", async () => {
    const record = await showing("shows-four")
    const held = await trial(record, "threads", "locale")
    assert.deepEqual(
      held.conditions?.map(({ name, says }) => [name, says]),
      [
        ["threads", "one thread (n_threads=1)"],
        ["locale", "the locale C.UTF-8"],
      ],
    )
    assert.equal(held.replayOf, record.id)
    assert.equal(held.forVerification, true)
    assert.notEqual(held.invocationDigest, record.invocationDigest)
    assert.equal((await resolveJob("latest", home.engine)).id, record.id)
    const plain = await runTrial(record, [], { ports: home.engine })
    assert.equal(plain.conditions, undefined)
    assert.equal(plain.invocationDigest, record.invocationDigest)
  })

  test("the clock stands still for the gear's programs, and what chance begins with is the same", {
    skip: "why" in findClockLibrary() ? "needs libfaketime (package faketime)" : false,
  }, async () => {
    const command = "date +%s > output/time; python3 -c 'import os; print(os.urandom(8).hex())' > output/random"
    const record = await home.runRoot(makeHostGear(join(home.folder, "host"), { name: "tells", command }))
    const [first, second] = [await trial(record, "clock"), await trial(record, "clock", "seed")]
    assert.equal((await text(first, "time")).trim(), "1577836800")
    assert.notEqual(await text(first, "random"), await text(second, "random"))
    const third = await trial(record, "seed")
    assert.equal(await text(third, "random"), await text(second, "random"))
    assert.notEqual((await text(third, "time")).trim(), "1577836800")
  })
})

suite("a gear whose programs are linked statically", { skip: busyboxMissing() ?? false }, () => {
  before(async () => {
    home = await openEngineHome()
  })
  after(() => home.close())

  test("cannot be shown another clock, and that is told", async () => {
    const record = await home.run({ command: "date > output/date" })
    const { available, unavailable } = await conditionsOf(record, home.engine)
    assert.ok(!available.some(({ name }) => name === "clock"))
    const why = unavailable.find(({ name }) => name === "clock")?.why ?? ""
    assert.match(why, /linked statically|not installed/)
  })
})
