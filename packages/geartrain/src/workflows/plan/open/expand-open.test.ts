import assert from "node:assert/strict"
import { test } from "node:test"
import { planOf, sampleWorkflow, Workshop } from "../../../../test/workflows/workshop.ts"
import { expandOpen, preparePlan } from "./expand-open.ts"

const SUB = sampleWorkflow({
  parameters: { tag: { type: "string" } },
  inputs: { text: {} },
  steps: {
    split: { gear: "split", inputs: { text: { from: "inputs.text" } }, config: { tag: { from: "parameters.tag" } } },
    count: {
      gear: "count",
      scatter: { over: { part: { from: "steps.split.parts" } } },
      inputs: { text: { from: "each.part" } },
      config: { tag: { from: "parameters.tag" } },
    },
  },
})

const WHOLE = sampleWorkflow({
  inputs: { text: {} },
  steps: {
    first: { gear: "split", inputs: { text: { from: "inputs.text" } } },
    qc: {
      workflow: "./sub.yaml",
      scatter: { over: { tag: ["a", "b", "c"] } },
      parameters: { tag: { from: "each.tag" } },
      inputs: { text: { from: "inputs.text" } },
    },
  },
})

test("a step of one scope of many becomes the jobs of that scope, and a plan is looked through once for all such steps", async () => {
  const shop = new Workshop()
  const { plan } = await planOf(WHOLE, shop, { documents: { qc: SUB }, inputs: { text: ["one two"] } })
  assert.deepEqual(
    plan.open.map(({ step }) => step),
    ["qc[0]/count", "qc[1]/count", "qc[2]/count"],
  )
  const outputs = ["one", "two"].map((text, index) => {
    const { digest, sizeBytes } = shop.give(text, `part.${index}`)
    return { path: `part.${index}`, digest, sizeBytes, output: "parts" }
  })
  const means = { jobs: shop.jobs, outputsOf: () => outputs, keysOf: () => [] }
  const prepared = await preparePlan(plan, shop.jobs)
  const once = { ...plan, jobs: undefined as never }
  Object.defineProperty(once, "jobs", { get: () => assert.fail("all jobs are looked at") })
  for (const [index, open] of plan.open.entries()) {
    const alone = await expandOpen(open, plan, means)
    assert.deepEqual(
      alone.jobs.map(({ key, config }) => [key, config["tag"]]),
      [
        [`qc[${index}]/count[0]`, "abc"[index]],
        [`qc[${index}]/count[1]`, "abc"[index]],
      ],
    )
    assert.deepEqual(await expandOpen(open, once, { ...means, prepared }), alone)
  }
})
