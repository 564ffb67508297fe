import assert from "node:assert/strict"
import { test } from "node:test"
import type { Gear } from "@geartrain/spec"
import { CONDITION_NAMES } from "./condition.ts"
import { heldEnvironment } from "./experiment.ts"
import { isSeedName, isThreadName } from "./fixed-values.ts"
import { holdRequest } from "./hold-request.ts"
import { type ConditionMeans, knownConditions } from "./known-conditions.ts"

const MEANS: ConditionMeans = {
  declared: {},
  config: {},
  constraints: ["one-cpu", "fixed-addresses"],
  clockLibrary: { path: "/usr/lib/libfaketimeMT.so.1" },
  job: "0123456789abcdef01234567",
}

const REQUEST = { gear: {} as unknown as Gear, config: { threads: 4, keep: "x" }, files: {} }

function condition(name: string, means: Partial<ConditionMeans> = {}) {
  const found = knownConditions({ ...MEANS, ...means }).available.find((one) => one.name === name)
  assert.ok(found !== undefined, name)
  return found
}

test("every condition is offered where all can be had, each once, the likeliest cause first", () => {
  const { available, unavailable } = knownConditions(MEANS)
  assert.deepEqual(
    available.map(({ name }) => name),
    CONDITION_NAMES,
  )
  assert.deepEqual(unavailable, [])
})

test("what cannot be had is named with the reason, and the rest is offered", () => {
  const { available, unavailable } = knownConditions({ ...MEANS, constraints: [], clockLibrary: { why: "no library" } })
  assert.deepEqual(
    unavailable.map(({ name }) => name),
    ["clock", "addresses"],
  )
  assert.equal(unavailable[0]?.why, "no library")
  const threads = available.find(({ name }) => name === "threads")
  assert.equal(threads?.constraints, undefined)
  assert.equal(threads?.environment?.["OMP_NUM_THREADS"], "1")
  assert.equal(available.find(({ name }) => name === "seed")?.preload, undefined)
})

test("config values that say how many threads there are become 1, where the manifest lets them", () => {
  const declared = {
    threads: { type: "integer", minimum: 1 },
    "n-cpus": { type: "integer", minimum: 2 },
    cores: { type: "string" },
    jobs: { enum: [1, 2, 4] },
    workers: { type: "integer", minimum: 1, exclusiveMinimum: true },
    nproc: { type: "integer" },
  }
  const { config, says } = condition("threads", { declared, config: { threads: 8, nproc: 1 } })
  assert.deepEqual(config, { threads: 1, jobs: 1 })
  assert.equal(says, "one thread (threads=1, jobs=1)")
})

test("a seed that the user chose is kept; one that means chance is set", () => {
  const declared = { seed: { type: "integer" }, random_state: { type: "integer", maximum: 0 } }
  assert.deepEqual(condition("seed", { declared, config: { seed: 7 } }).config, {})
  for (const seed of [0, -1, undefined])
    assert.deepEqual(condition("seed", { declared, config: seed === undefined ? {} : { seed } }).config, { seed: 1 })
})

test("names that only look like threads or seeds are left alone", () => {
  for (const name of ["threads", "nThreads", "num_cores", "omp_nthreads", "max-cpus", "n_jobs", "number_of_threads"])
    assert.ok(isThreadName(name), name)
  for (const name of ["thread_depth", "threshold", "corecount_map", "jobname", "score", "process"])
    assert.ok(!isThreadName(name), name)
  for (const name of ["seed", "random_seed", "randomState", "RandomSeed", "rng-seed"]) assert.ok(isSeedName(name), name)
  for (const name of ["seed_region", "seeds", "random", "seedlist"]) assert.ok(!isSeedName(name), name)
})

test("a request without conditions is a plain re-run; with some, it carries all that they change", () => {
  assert.deepEqual(holdRequest(REQUEST, []), { ...REQUEST, forVerification: true })
  const declared = { threads: { type: "integer" } }
  const conditions = [condition("threads", { declared, config: REQUEST.config }), condition("clock"), condition("seed")]
  const held = holdRequest(REQUEST, conditions)
  assert.deepEqual(held.config, { threads: 1, keep: "x" })
  assert.equal(held.forVerification, true)
  assert.deepEqual(held.experiment?.constraints, ["one-cpu"])
  assert.deepEqual(held.experiment?.mounts, [
    {
      source: "/usr/lib/libfaketimeMT.so.1",
      target: "/run/geartrain/libfaketimeMT.so.1",
      access: "read-only",
    },
  ])
  assert.equal(held.experiment?.environment["FAKETIME"], "2020-01-01 00:00:00")
  assert.equal(held.experiment?.seenAs, undefined)
  assert.equal(holdRequest(REQUEST, [condition("path")]).experiment?.seenAs, MEANS.job)
})

test("variables go over the gear's own, and libraries before those that the gear loads itself", () => {
  const own = { PATH: "/bin", LD_PRELOAD: "/opt/own.so", TZ: "CET" }
  assert.equal(heldEnvironment(own, undefined), own)
  assert.deepEqual(heldEnvironment(own, { environment: { TZ: "UTC0" }, preloads: ["/run/a.so"] }), {
    PATH: "/bin",
    TZ: "UTC0",
    LD_PRELOAD: "/run/a.so:/opt/own.so",
  })
  assert.equal(heldEnvironment(own, { environment: {}, preloads: [] })["LD_PRELOAD"], "/opt/own.so")
})
