import assert from "node:assert/strict"
import { test } from "node:test"
import type { WorkflowPlan } from "@geartrain/spec/workflow"
import { digest } from "../../../../test/stores/records/sample-records.ts"
import { planned, sampleAccount, samplePlan, sampleWorkflow } from "../../../../test/workflows/sample-runs.ts"
import { reportPage } from "./report-page.ts"

const HOSTILE = `"><script>alert(1)</script><img src=x onerror=alert(2)>&\u202e\u0000`

function hostilePlan(): WorkflowPlan {
  const document = sampleWorkflow({
    name: HOSTILE,
    description: HOSTILE,
    parameters: { [HOSTILE]: { type: "string", description: HOSTILE } },
    inputs: { [HOSTILE]: {} },
    steps: { [HOSTILE]: { gear: HOSTILE } },
    outputs: { [HOSTILE]: { from: `steps.${HOSTILE}` } },
  })
  const file = { name: HOSTILE, digest: digest(1), sizeBytes: 1 }
  const plan = samplePlan(3, { documents: { "": document } })
  return {
    ...plan,
    workflow: { ...plan.workflow, file: HOSTILE },
    parameters: { [HOSTILE]: HOSTILE },
    inputs: { [HOSTILE]: [file] },
    gears: { [HOSTILE]: { id: digest(0xa002), name: HOSTILE, version: HOSTILE } },
    jobs: plan.jobs.map((job) => ({ ...job, step: job.step === "align" ? HOSTILE : job.step })),
    outputs: { [HOSTILE]: { takes: "files", parts: [file, { jobs: ["align[0]"] }] } },
  }
}

test("the page tells of the graph, what ran when, steps, failures, results and what it was made from", () => {
  const page = reportPage(sampleAccount())
  for (const id of ["summary", "failures", "graph", "timeline", "steps", "results", "jobs", "provenance"]) {
    assert.ok(page.includes(`<h2 id="${id}">`), id)
    assert.ok(page.includes(`href="#${id}"`), id)
  }
  const wanted = [
    "no such read group",
    "1 failed · 2 complete",
    "gear logs 000000000000",
    "2 MiB (25 % used)",
    digest(0xe001),
    digest(0xf001),
    digest(1).slice(7),
    "For each part",
    "1 job failed, 1 was lost to it",
  ]
  for (const text of wanted) assert.ok(page.includes(text), text)
})

test("whatever names say is text on the page; it loads nothing and runs nothing", () => {
  const page = reportPage(sampleAccount(3, hostilePlan()))
  for (const bad of ["<script", "<img", "\u202e", "\u0000"]) assert.ok(!page.includes(bad), bad)
  assert.doesNotMatch(page, /<[^>]*\s(src|on\w+|style)=|@import|url\(/)
  assert.match(page, /default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'/)
  assert.ok(page.includes("&lt;script&gt;alert(1)"))
  // Nothing but links to places of the page itself.
  for (const [, target] of page.matchAll(/href="([^"]*)"/g)) assert.match(target!, /^#[a-z]+$/)
})

test("a run in which all was done before has no bars, and says so", () => {
  const account = sampleAccount()
  const jobs = account.jobs.filter(({ state }) => state === "reused")
  const page = reportPage({ ...account, jobs })
  assert.ok(page.includes("all that there was to do was done before"))
  assert.ok(!page.includes('id="failures"'))
})

test("the page of ten thousand jobs, a third of them failed, is small", () => {
  const account = sampleAccount()
  const [, complete, , failed] = account.jobs
  const jobs = Array.from({ length: 10_000 }, (_, index) => {
    const like = index % 3 === 0 ? failed! : complete!
    return { ...like, planned: planned(`align[${index}]`, { after: ["split"] }) }
  })
  const page = reportPage({ ...account, jobs })
  assert.ok(page.length < 1_000_000, `${page.length}`)
  assert.ok(page.includes("And 9,000 more: <code>gear workflow trace 0123456789ab</code>"))
  assert.ok(page.includes("And 3,134 more: <code>gear workflow analyze 0123456789ab</code>"))
})

test("a workflow of ten thousand steps has a page, without its picture", () => {
  const names = Array.from({ length: 10_000 }, (_, index) => `step-${index}`)
  const steps = Object.fromEntries(names.map((name) => [name, { gear: "align@1.0.0" }]))
  const plan = samplePlan(3, { documents: { "": sampleWorkflow({ steps, outputs: {} }) } })
  const account = sampleAccount()
  const page = reportPage({
    ...account,
    plan,
    jobs: names.map((name) => ({ ...account.jobs[1]!, planned: planned(name) })),
  })
  assert.ok(page.length < 2_000_000, `${page.length}`)
  assert.ok(page.includes("too large to be looked at here"))
})
