import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { carryOut, planOf, sampleWorkflow, Workshop } from "../../../test/workflows/workshop.ts"

const WORDS = sampleWorkflow({
  parameters: { tag: { type: "string", default: "a" } },
  inputs: { text: {} },
  steps: {
    split: { gear: "split", inputs: { text: { from: "inputs.text" } } },
    count: {
      gear: "count",
      scatter: { over: { part: { from: "steps.split.parts", glob: "part.(*)" } } },
      inputs: { text: { from: "each.part" } },
      config: { tag: { from: "parameters.tag" }, name: { text: `\${each.part.1}-\${parameters.tag}` } },
    },
    merge: { gear: "merge", inputs: { counts: { from: "steps.count.count" } } },
  },
  outputs: { all: { from: "steps.merge.all" } },
})

test("a plan says what runs, what awaits, and what is open, each after all that it waits for", async () => {
  const shop = new Workshop()
  const { plan } = await planOf(WORDS, shop, { inputs: { text: ["1 2 3"] } })
  assert.deepEqual(
    plan.jobs.map(({ key, action, reason }) => [key, action, reason.kind]),
    [
      ["split", "run", "new"],
      ["merge", "await", "awaits"],
    ],
  )
  assert.deepEqual(
    plan.open.map(({ step, awaits }) => [step, awaits]),
    [["count", ["split"]]],
  )
  assert.deepEqual(plan.jobs[1]?.afterOpen, ["count"])
})

test("what was done is reused, and an open step whose maker is reused is jobs at once", async () => {
  const shop = new Workshop()
  const wish = { inputs: { text: ["1 2 3"] } }
  await carryOut((await planOf(WORDS, shop, wish)).plan, shop)
  const { plan } = await planOf(WORDS, shop, wish)
  assert.deepEqual(
    plan.jobs.map(({ key, action, each }) => [key, action, each]),
    [
      ["split", "reuse", undefined],
      ["count[0]", "reuse", { part: "part.0", "part.1": "0" }],
      ["count[1]", "reuse", { part: "part.1", "part.1": "1" }],
      ["count[2]", "reuse", { part: "part.2", "part.1": "2" }],
      ["merge", "reuse", undefined],
    ],
  )
  assert.deepEqual(plan.open, [])
})

test("a job that runs names the first thing that differs, with both values, and only what reads of it awaits", async () => {
  const shop = new Workshop()
  await carryOut((await planOf(WORDS, shop, { inputs: { text: ["1 2 3"] } })).plan, shop)
  const { plan } = await planOf(WORDS, shop, { inputs: { text: ["1 2 3"] }, parameters: { tag: "b" } })
  const count = plan.jobs.find(({ key }) => key === "count[1]")
  assert.deepEqual(count?.reason, { kind: "changed", component: "config name", before: "1-a", now: "1-b" })
  assert.deepEqual(
    plan.jobs.map(({ action }) => action),
    ["reuse", "run", "run", "run", "await"],
  )
})

test("what a job gives again unchanged stops the ripple", async () => {
  const shop = new Workshop()
  const wish = { inputs: { text: ["1 2 3"] } }
  await carryOut((await planOf(WORDS, shop, wish)).plan, shop)
  // The gear counts words: another order of them gives the same counts.
  const changed = (await planOf(WORDS, shop, { inputs: { text: ["3 2 1"] } })).plan
  const done = await carryOut(changed, shop)
  assert.equal(done.get("split"), "run")
  assert.equal(done.get("merge"), "reuse")
})

test("what is asked not to be reused runs, as a whole or by step", async () => {
  const shop = new Workshop()
  const wish = { inputs: { text: ["1"] } }
  await carryOut((await planOf(WORDS, shop, wish)).plan, shop)
  const none = await planOf(WORDS, shop, { ...wish, options: { reuse: "none", cleanup: "none" } })
  assert.deepEqual(none.plan.jobs[0]?.reason, { kind: "asked" })
  const split = { ...WORDS.steps["split"]!, reuse: "never" as const }
  const never = await planOf({ ...WORDS, steps: { ...WORDS.steps, split } }, shop, wish)
  assert.deepEqual([never.plan.jobs[0]?.action, never.plan.jobs[0]?.reason.kind], ["run", "asked"])
})

test("where only some jobs may be reused, others are as if they had never been", async () => {
  const shop = new Workshop()
  const wish = { inputs: { text: ["1"] } }
  await carryOut((await planOf(WORDS, shop, wish)).plan, shop)
  const { plan } = await planOf(WORDS, shop, { ...wish, reusable: new Set() })
  assert.deepEqual([plan.jobs[0]?.action, plan.jobs[0]?.reason.kind], ["run", "asked"])
})

test("bytes that are gone and needed are made again, through all that made them, and no others", async () => {
  const shop = new Workshop()
  const wish = { inputs: { text: ["1 2 3"] } }
  await carryOut((await planOf(WORDS, shop, wish)).plan, shop)
  for (const digest of shop.outputsOfGear("split")) shop.free(digest)
  assert.ok((await planOf(WORDS, shop, wish)).plan.jobs.every(({ action }) => action === "reuse"))
  const { plan } = await planOf(WORDS, shop, { ...wish, parameters: { tag: "b" } })
  assert.deepEqual(plan.jobs[0]?.reason, { kind: "bytes", jobs: ["count[0]", "count[1]", "count[2]"] })
  for (const digest of shop.outputsOfGear("merge")) shop.free(digest)
  for (const digest of shop.outputsOfGear("count")) shop.free(digest)
  const delivered = await planOf(WORDS, shop, wish)
  assert.deepEqual(
    delivered.plan.jobs.map(({ action, reason }) => [action, reason.jobs?.[0]]),
    [
      ["run", "count[0]"],
      ["run", "merge"],
      ["run", "merge"],
      ["run", "merge"],
      ["run", undefined],
    ],
  )
})

test("a file that its gear promises under one name is an item before it is there", async () => {
  const workflow = sampleWorkflow({
    inputs: { texts: { takes: "files" } },
    steps: {
      count: {
        gear: "count",
        scatter: { over: { text: { from: "inputs.texts", glob: "in(*).txt" } } },
        inputs: { text: { from: "each.text" } },
      },
      again: {
        gear: "count",
        scatter: { over: { count: { from: "steps.count.count" } } },
        inputs: { text: { from: "each.count" } },
      },
    },
  })
  const { plan } = await planOf(workflow, new Workshop(), { inputs: { texts: ["a", "b", "c"] } })
  assert.deepEqual(plan.open, [])
  assert.deepEqual(
    plan.jobs.map(({ key, action, after }) => [key, action, after]),
    [
      ["count[0]", "run", []],
      ["count[1]", "run", []],
      ["count[2]", "run", []],
      ["again[0]", "await", ["count[0]"]],
      ["again[1]", "await", ["count[1]"]],
      ["again[2]", "await", ["count[2]"]],
    ],
  )
})

test("a condition leaves out a step, an item, and all that reads of them", async () => {
  const workflow = sampleWorkflow({
    parameters: { strict: { type: "boolean", default: false } },
    inputs: { text: {} },
    steps: {
      some: {
        gear: "count",
        scatter: { over: { k: [1, 2, 3] } },
        when: { value: "each.k", atMost: 2 },
        inputs: { text: { from: "inputs.text" } },
        config: { tag: { text: `\${each.k}` } },
      },
      gather: { gear: "merge", inputs: { counts: { from: "steps.some.count" } } },
      check: {
        gear: "count",
        when: { value: "parameters.strict", equals: true },
        inputs: { text: { from: "inputs.text" } },
      },
      after: { gear: "merge", inputs: { counts: { from: "steps.check.count" } } },
    },
  })
  const { plan } = await planOf(workflow, new Workshop(), { inputs: { text: ["a"] } })
  const found = new Map(plan.jobs.map(({ key, action, reason }) => [key, [action, reason.kind]]))
  assert.deepEqual(found.get("some[2]"), ["skip", "condition"])
  assert.deepEqual(found.get("gather"), ["await", "awaits"])
  assert.deepEqual(found.get("check"), ["skip", "condition"])
  assert.deepEqual(found.get("after"), ["skip", "left-out"])
  const reason = plan.jobs.find(({ key }) => key === "check")?.reason
  assert.deepEqual(reason, { kind: "condition", component: "parameters.strict", now: false })
})

test("a scatter of nothing gives an empty list, and says so", async () => {
  const workflow = sampleWorkflow({
    inputs: { texts: { takes: "files" } },
    steps: {
      count: {
        gear: "count",
        scatter: { over: { text: { from: "inputs.texts", glob: "*.nii" } } },
        inputs: { text: { from: "each.text" } },
      },
      merge: { gear: "maybe", inputs: { counts: { from: "steps.count.count" } } },
    },
  })
  const { plan, notes } = await planOf(workflow, new Workshop(), { inputs: { texts: ["a"] } })
  assert.deepEqual(
    plan.jobs.map(({ key, action }) => [key, action]),
    [["merge", "run"]],
  )
  assert.match(notes.join(), /step "count" has nothing to run for/)
})

test("cross is each with each, the last turning fastest; zip wants lists of one length", async () => {
  const scatter = { over: { a: [1, 2], b: ["x", "y", "z"] }, by: "cross" as const }
  const step = {
    gear: "count",
    inputs: { text: { from: "inputs.text" } },
    config: { tag: { text: `\${each.a}\${each.b}` } },
  }
  const workflow = sampleWorkflow({ inputs: { text: {} }, steps: { grid: { ...step, scatter } } })
  const { plan } = await planOf(workflow, new Workshop(), { inputs: { text: ["t"] } })
  assert.deepEqual(
    plan.jobs.map(({ config }) => config["tag"]),
    ["1x", "1y", "1z", "2x", "2y", "2z"],
  )
  const zipped = sampleWorkflow({
    inputs: { text: {} },
    steps: { grid: { ...step, scatter: { ...scatter, by: "zip" } } },
  })
  await assert.rejects(planOf(zipped, new Workshop(), { inputs: { text: ["t"] } }), /"a" has 2 items and "b" 3/)
  const many = Array.from({ length: 2000 }, (_, index) => index)
  const huge = sampleWorkflow({
    inputs: { text: {} },
    steps: { grid: { ...step, scatter: { over: { a: many, b: many }, by: "cross" } } },
  })
  await assert.rejects(planOf(huge, new Workshop(), { inputs: { text: ["t"] } }), (error) => {
    assert.ok(isGeartrainError(error, "WORKFLOW_TOO_LARGE"))
    assert.match(error.message, /there are 4000000 jobs/)
    return true
  })
})

test("clean-up takes what others read and nobody is to get, after the last reader", async () => {
  const wish = { inputs: { text: ["1 2"] } }
  const shop = new Workshop()
  await carryOut((await planOf(WORDS, shop, wish)).plan, shop)
  const options = { reuse: "none", cleanup: "inplace" } as const
  const words = await planOf(WORDS, new Workshop(), { ...wish, options })
  // Who will read of it is not known yet.
  assert.deepEqual(words.plan.cleanup, [])
  const chain = sampleWorkflow({
    inputs: { text: {} },
    steps: {
      a: { gear: "count", inputs: { text: { from: "inputs.text" } } },
      b: { gear: "count", inputs: { text: { from: "steps.a.count" } } },
      c: { gear: "count", inputs: { text: { from: "steps.a.count" } }, config: { tag: "c" } },
      d: { gear: "merge", keep: true, inputs: { counts: [{ from: "steps.b.count" }, { from: "steps.c.count" }] } },
    },
    outputs: { b: { from: "steps.b.count" } },
  })
  const inplace = await planOf(chain, new Workshop(), { ...wish, options })
  assert.deepEqual(inplace.plan.cleanup, [
    { job: "a", after: ["b", "c"] },
    { job: "c", after: ["d"] },
  ])
  const leaf = await planOf(chain, new Workshop(), { ...wish, options: { reuse: "any", cleanup: "leaf" } })
  assert.deepEqual(
    leaf.plan.cleanup.map(({ after }) => after),
    [[], []],
  )
})

test("what a gear cannot be run with is told before anything runs, by job", async () => {
  const workflow = sampleWorkflow({
    inputs: { text: {} },
    steps: { count: { gear: "count", inputs: { text: { from: "inputs.text" } }, config: { tag: 7 } } },
  })
  const planned = planOf(workflow, new Workshop(), { inputs: { text: ["a"] } })
  await assert.rejects(planned, /Cannot plan job "count":/)
})
