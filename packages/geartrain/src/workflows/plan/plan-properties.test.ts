import assert from "node:assert/strict"
import { test } from "node:test"
import type {
  GearStep,
  PlannedJob,
  StepCondition,
  SubWorkflowStep,
  Workflow,
  WorkflowPlan,
} from "@geartrain/spec/workflow"
import { carryOut, planOf, type SampleWish, sampleWorkflow, Workshop } from "../../../test/workflows/workshop.ts"

const SEEDS = Array.from({ length: 80 }, (_, index) => index + 1)

test("whatever is planned and carried out is found to be done, with the same jobs as were made on the way", async () => {
  let opened = 0
  for (const seed of SEEDS) {
    const { workflow, wish } = randomWorkflow(seed)
    const shop = new Workshop()
    const { plan } = await planOf(workflow, shop, wish)
    checkOrder(plan, seed)
    opened += plan.open.length
    const done = await carryOut(plan, shop)
    const again = (await planOf(workflow, shop, wish)).plan
    assert.deepEqual(again.open, [], `seed ${seed}: all is known`)
    assert.deepEqual(keysOf(again.jobs), [...done.keys()].toSorted(), `seed ${seed}: the same jobs`)
    for (const { key, action } of again.jobs) {
      const expected = done.get(key) === "skip" ? "skip" : "reuse"
      assert.equal(action, expected, `seed ${seed}: ${key}`)
    }
  }
  assert.ok(opened > 50, `only ${opened} steps were open`)
})

test("with another parameter, only what reads it runs, and what it gives unchanged stops there", async () => {
  for (const seed of SEEDS.slice(0, 40)) {
    const { workflow, wish } = randomWorkflow(seed)
    const shop = new Workshop()
    await carryOut((await planOf(workflow, shop, wish)).plan, shop)
    const changed = { ...wish, parameters: { tag: "other" } }
    const { plan } = await planOf(workflow, shop, changed)
    checkOrder(plan, seed)
    for (const { key, action, reason, config } of plan.jobs) {
      if (action === "run")
        assert.deepEqual([reason.kind, reason.component], ["changed", "config tag"], `seed ${seed}: ${key}`)
      if (action === "run") assert.equal(config["tag"], "other", `seed ${seed}: ${key}`)
    }
    const done = await carryOut(plan, shop)
    const again = (await planOf(workflow, shop, changed)).plan
    assert.deepEqual(keysOf(again.jobs), [...done.keys()].toSorted(), `seed ${seed}`)
    assert.ok(again.jobs.every(({ action }) => action === "reuse" || action === "skip"))
  }
})

test("what is cleaned up is made again only where somebody needs it, and never read while it is gone", async () => {
  for (const seed of SEEDS.slice(0, 40)) {
    const { workflow, wish } = randomWorkflow(seed)
    const shop = new Workshop()
    const { plan } = await planOf(workflow, shop, wish)
    await carryOut(plan, shop)
    for (const name of ["split", "count", "maybe"]) for (const digest of shop.outputsOfGear(name)) shop.free(digest)
    const calm = (await planOf({ ...workflow, outputs: {} }, shop, wish)).plan
    assert.ok(
      calm.jobs.every(({ action }) => action === "reuse" || action === "skip"),
      `seed ${seed}`,
    )
    const { plan: needy } = await planOf(workflow, shop, { ...wish, parameters: { tag: "other" } })
    for (const { action, reason, key } of needy.jobs)
      if (reason.kind === "bytes") assert.equal(action, "run", `seed ${seed}: ${key}`)
  }
})

/** A hundred jobs more are a hundred jobs, and nothing that grows with their square. */
test("all jobs of a level are looked up at once", async () => {
  const items = Array.from({ length: 3000 }, (_, index) => index)
  const workflow = sampleWorkflow({
    inputs: { text: {} },
    steps: {
      first: { gear: "count", inputs: { text: { from: "inputs.text" } } },
      many: {
        gear: "count",
        scatter: { over: { k: items } },
        inputs: { text: { from: "inputs.text" } },
        config: { tag: { text: `\${each.k}` } },
      },
      last: { gear: "merge", inputs: { counts: { from: "steps.many.count" } } },
    },
  })
  const shop = new Workshop()
  const { plan } = await planOf(workflow, shop, { inputs: { text: ["a"] } })
  assert.equal(plan.jobs.length, 3002)
  assert.deepEqual(shop.lookups, [3001])
  const last = plan.jobs.at(-1)
  assert.equal(last?.after.length, 3000)
  assert.equal(last?.reason.jobs?.length, 10)
})

function checkOrder({ jobs, open }: WorkflowPlan, seed: number): void {
  const seen = new Set<string>()
  const opens = new Set(open.map(({ step }) => step))
  for (const { key, after, afterOpen = [] } of jobs) {
    assert.ok(!seen.has(key), `seed ${seed}: ${key} is there twice`)
    for (const other of after) assert.ok(seen.has(other), `seed ${seed}: ${key} stands before ${other}`)
    for (const step of afterOpen) assert.ok(opens.has(step), `seed ${seed}: ${key} waits for ${step}`)
    seen.add(key)
  }
}

function keysOf(jobs: readonly PlannedJob[]): readonly string[] {
  return jobs.map(({ key }) => key).toSorted()
}

interface Sample {
  readonly workflow: Workflow
  readonly wish: SampleWish
}

/** A workflow of a few steps that split, count and merge, over each other, with sub-workflows and conditions. */
function randomWorkflow(seed: number): Sample {
  const random = randomNumbers(seed)
  const documents: Record<string, Workflow> = {}
  const steps: Record<string, GearStep | SubWorkflowStep> = {}
  const sources: Source[] = [{ from: "inputs.texts", isMany: true }]
  const count = 2 + random(5)
  for (let index = 0; index < count; index += 1) {
    const name = `s${index}`
    const source = sources[random(sources.length)] as Source
    const made = random(5) === 0 ? subWorkflow(source, random) : gearStep(source, random)
    if ("document" in made) documents[name] = made.document
    steps[name] = made.step
    sources.push({ from: `steps.${name}.${made.output}`, isMany: made.isMany })
  }
  const [first, last] = [sources[1] as Source, sources.at(-1) as Source]
  const workflow = sampleWorkflow({
    parameters: { tag: { type: "string", default: "a" } },
    inputs: { texts: { takes: "files" } },
    steps,
    outputs: { first: { from: first.from }, last: { from: last.from } },
  })
  const texts = Array.from({ length: 1 + random(3) }, (_, index) => `t${index} ${"w ".repeat(random(3))}x`)
  return { workflow, wish: { inputs: { texts }, documents } }
}

interface Source {
  readonly from: string
  readonly isMany: boolean
}

type Made<Step> = { readonly step: Step; readonly output: string; readonly isMany: boolean }

function gearStep({ from, isMany }: Source, random: (below: number) => number): Made<GearStep> {
  const tag = random(3) === 0 ? { tag: { from: "parameters.tag" } } : {}
  const when: { when?: StepCondition } = random(6) === 0 ? { when: { exists: from } } : {}
  if (isMany && random(3) === 0)
    return { step: { gear: "maybe", inputs: { counts: { from } }, ...when }, output: "all", isMany: false }
  const gear = random(3) === 0 ? "split" : "count"
  const output = gear === "split" ? "parts" : "count"
  if (!isMany && random(2) === 0)
    return { step: { gear, inputs: { text: { from } }, config: tag, ...when }, output, isMany: gear === "split" }
  const scatter = { over: { it: { from, ...(random(4) === 0 ? { glob: "*[0-9]*" } : {}) } } }
  const name = { name: { text: `\${each.it}` } }
  return {
    step: { gear, scatter, inputs: { text: { from: "each.it" } }, config: { ...tag, ...name } },
    output,
    isMany: true,
  }
}

function subWorkflow(
  source: Source,
  random: (below: number) => number,
): Made<SubWorkflowStep> & { readonly document: Workflow } {
  const inner = gearStep({ from: "inputs.given", isMany: true }, random)
  const second = gearStep({ from: `steps.one.${inner.output}`, isMany: inner.isMany }, random)
  const document: Workflow = {
    workflow: 1,
    name: "inner",
    parameters: { tag: { type: "string", default: "inner" } },
    inputs: { given: { takes: "files" } },
    steps: { one: inner.step, two: second.step },
    outputs: { given: { from: `steps.two.${second.output}` } },
  }
  const isScattered = random(2) === 0
  const scatter = isScattered ? { scatter: { over: { it: { from: source.from } } } } : {}
  const inputs = { given: { from: isScattered ? "each.it" : source.from } }
  const step = { workflow: "./inner.yaml", inputs, ...scatter, parameters: { tag: { from: "parameters.tag" } } }
  return { step, document, output: "given", isMany: true }
}

/** Numbers that are the same for the same seed. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 3_266_489_917) >>> 0
    return state % below
  }
}
