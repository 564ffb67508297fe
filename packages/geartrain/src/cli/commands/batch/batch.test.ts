import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { answerWith, SERVER_ENV } from "../../../../test/cli/answering-server.ts"
import { HOSTILE, hasControls, told } from "../../../../test/cli/told.ts"
import { batchCancelCommand } from "./batch-cancel.ts"
import { batchLsCommand } from "./batch-ls.ts"
import { batchRetryCommand } from "./batch-retry.ts"
import { batchRunCommand } from "./batch-run.ts"
import { batchShowCommand } from "./batch-show.ts"

const env = SERVER_ENV
const PROJECT = "ab".repeat(12)
const BATCH = "cd".repeat(12)

const batch = (willRun: number, more: object = {}) => ({
  ...{ id: BATCH, proposal: "sha256:p", state: "proposed", createdMs: 0, gear: { name: "bet", version: "1" } },
  accounts: {
    targets: willRun + 1,
    outcomes: { "will-run": willRun, "already-done": 0, ambiguous: 0, "no-match": 1, "no-permission": 0 },
    ...{ notSubmitted: 0, refused: 0 },
    jobs: { pending: 0, running: 0, complete: 3, failed: 1, cancelled: 0 },
  },
  ...more,
})

const MANIFEST = {
  ...{ name: "bet", version: "1" },
  inputs: { nifti: { base: "file" } },
  config: { frac: { type: "number" }, label: { type: "string" } },
}

function answering(context: TestContext, willRun = 2) {
  return answerWith(context, {
    "GET /api/v1/gears/*": () => ({ id: "sha256:g", manifest: MANIFEST }),
    "POST /api/v1/projects/*/batches": () => batch(willRun),
    "GET /api/v1/batches/*/targets": ({ query }) => ({
      items: query["outcome"] === "no-match" ? [{ path: HOSTILE, outcome: "no-match", says: "no file fits" }] : [],
    }),
    "POST /api/v1/batches/*/run": () => batch(willRun, { state: "running" }),
  })
}

test("a batch is proposed, told of, and run by what was proposed, where nobody can be asked", async (context) => {
  const requests = answering(context)
  const args = [PROJECT, "bet", "-s", "frac=0.4", "--choose", "nifti=*T1*", "--tag", "t", "--memory", "1g"]
  const { out, err, result } = await told(batchRunCommand, args, { env })
  const ordered = requests.find(({ path }) => path.endsWith("/batches"))
  assert.deepEqual(ordered?.body, {
    ...{ gear: "bet", config: { frac: 0.4 }, targets: { query: { type: "session" } }, again: false, tags: ["t"] },
    ...{ inputs: { nifti: { name: "*T1*" } }, limits: { memoryBytes: 1024 ** 3 } },
  })
  assert.deepEqual(requests.at(-1)?.body, { proposal: "sha256:p" })
  assert.equal(Object(result.data).state, "running")
  assert.match(err, /no-match: no file fits\n[\s\S]*→ gear batch show cdcd/)
  assert.ok(!hasControls(out) && !hasControls(err))
})

test("a batch that is only looked at, or has nothing to run, begins nothing", async (context) => {
  const requests = answering(context, 0)
  const dry = await told(batchRunCommand, [PROJECT, "bet", "--dry-run"], { env })
  assert.equal(dry.result.exitCode, undefined)
  const none = await told(batchRunCommand, [PROJECT, "bet"], { env })
  assert.deepEqual([none.result.exitCode, none.result.error?.code], [1, "NOTHING_TO_RUN"])
  assert.ok(requests.every(({ path }) => !path.endsWith("/run")))
})

test("places are named, or looked for, and not both", async (context) => {
  const requests = answering(context)
  const targetsOf = async (...args: readonly string[]): Promise<unknown> => {
    await told(batchRunCommand, [PROJECT, "bet", "-n", ...args], { env })
    return Object(requests.findLast(({ path }) => path.endsWith("/batches"))?.body).targets
  }
  assert.deepEqual(await targetsOf("--place", "a", "--place", "b"), { places: ["a", "b"] })
  assert.deepEqual(await targetsOf("--each", "subject", "--below", "x", "--label", "s*"), {
    query: { type: "subject", below: "x", label: "s*" },
  })
  for (const flag of ["--each=subject", "--below=x", "--label=x"])
    await assert.rejects(targetsOf("--place", "a", flag), { code: "USAGE", message: /--place with --each/ }, flag)
  for (const level of ["Session", "analysis", ""])
    await assert.rejects(targetsOf(`--each=${level}`), { code: "USAGE" }, level)
})

test("a config value that the gear has not, or without a value, is refused before anything is proposed", async (context) => {
  const requests = answering(context)
  for (const flags of [
    ["-s", "none=1"],
    ["-s", "frac"],
    ["-s", "frac=1", "-s", "frac=2"],
    ["--choose", "nifti"],
  ])
    await assert.rejects(told(batchRunCommand, [PROJECT, "bet", ...flags], { env }), { code: "USAGE" }, flags.join(" "))
  assert.ok(requests.every(({ method }) => method === "GET"))
})

test("batches of a project are listed, and shown with what failed and what was left out", async (context) => {
  const items = [batch(4, { gear: { name: HOSTILE, version: "1" } })]
  answerWith(context, {
    "GET /api/v1/projects/*/batches": () => ({ items }),
    "GET /api/v1/batches/*": () => batch(4),
    "GET /api/v1/batches/*/failures": () => ({
      items: [{ group: "g1", count: 3, message: HOSTILE, reason: "TIME_LIMIT", example: { path: "p", job: "j" } }],
    }),
    "GET /api/v1/batches/*/targets": () => ({ items: [{ path: "p", outcome: "ambiguous", says: "two fit" }] }),
  })
  const list = await told(batchLsCommand, [PROJECT], { env })
  assert.match(list.out, /proposed +1970-01-01[^\n]* +4 +3 +1\n$/)
  const show = await told(batchShowCommand, [BATCH], { env })
  assert.match(show.out, /failures:\n[\s\S]*--group g1[\s\S]*left out:\n[\s\S]*two fit/)
  assert.ok(!hasControls(list.out) && !hasControls(show.out))
  assert.deepEqual(Object.keys(Object(show.result.data)), ["batch", "failures", "leftOut"])
})

test("a project without batches says how one begins", async (context) => {
  answerWith(context, { "GET /api/v1/projects/*/batches": () => ({ items: [] }) })
  assert.match((await told(batchLsCommand, [PROJECT], { env })).err, /no batches\n→ gear batch run PROJECT GEAR/)
})

test("failures are tried again with what is changed, and nothing else is said to change", async (context) => {
  const requests = answerWith(context, {
    "POST /api/v1/batches/*/retry": () => ({ retried: 3, batch: batch(1) }),
    "POST /api/v1/batches/*/cancel": () => batch(1, { state: "cancelled" }),
  })
  assert.equal((await told(batchRetryCommand, [BATCH], { env })).out, "3 jobs are tried again\n")
  await told(batchRetryCommand, [BATCH, "--group", "g1", "--memory", "2g", "--timeout", "1h"], { env })
  assert.deepEqual(
    requests.map(({ body }) => body),
    [{}, { group: "g1", changes: { limits: { memoryBytes: 2 * 1024 ** 3, timeMs: 3_600_000 } } }],
  )
  const ended = await told(batchCancelCommand, [BATCH], { env })
  assert.equal(Object(ended.result.data).state, "cancelled")
})

test("what is no id of a batch is sent to no server", async (context) => {
  const requests = answerWith(context, {})
  for (const command of [batchShowCommand, batchRetryCommand, batchCancelCommand])
    await assert.rejects(told(command, ["../../users"], { env }), { code: "BATCH_NOT_FOUND" }, command.name)
  assert.equal(requests.length, 0)
})
