import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { answerWith, refusal, SERVER, SERVER_ENV } from "../../../../test/cli/answering-server.ts"
import { contextOf, HOSTILE, hasControls, told } from "../../../../test/cli/told.ts"
import { openLoginFile } from "../../server/login-file.ts"
import { loginCommand } from "./login.ts"
import { logoutCommand } from "./logout.ts"
import { retryCommand } from "./retry.ts"
import { submitCommand } from "./submit.ts"
import { trashCommand } from "./trash.ts"
import { usageCommand } from "./usage.ts"
import { waitCommand } from "./wait.ts"

const env = SERVER_ENV
const ID = "ab".repeat(12)
const OTHER = "cd".repeat(12)

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "geartrain-remote-"))
  context.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

test("a key of a file is kept with whose it is, and never shown", async (context) => {
  const own = { XDG_CONFIG_HOME: folder(context) }
  answerWith(context, { "GET /api/v1/me": () => ({ user: { login: HOSTILE } }) })
  const path = join(own.XDG_CONFIG_HOME, "key")
  writeFileSync(path, "gtk_0af_secret\n")
  const { out, result } = await told(loginCommand, [SERVER, "--key-file", path], { env: own })
  assert.ok(out.startsWith(`Logged in to ${SERVER} as `) && !hasControls(out))
  assert.ok(!`${out}${JSON.stringify(result)}`.includes("secret"))
  const [login] = await openLoginFile(contextOf({ env: own }).settings.config).read()
  assert.deepEqual([login?.token, login?.key, login?.isOwn], ["gtk_0af_secret", "0af", false])
  const list = await told(loginCommand, [], { env: own })
  assert.ok(list.out.startsWith(`${SERVER}  `) && !hasControls(list.out) && !list.out.includes("secret"))
})

test("nobody is asked for a password where nobody sits, and nobody having logged in is no fault", async (context) => {
  const own = { XDG_CONFIG_HOME: folder(context) }
  const requests = answerWith(context, {})
  await assert.rejects(told(loginCommand, [SERVER, "--user", "ada"], { env: own }), {
    ...{
      code: "TERMINAL_NEEDED",
      hint: `Make an API key on the server, and give it: gear login ${SERVER} --key-file PATH`,
    },
  })
  const { out, err, result } = await told(loginCommand, [], { env: own })
  assert.deepEqual([out, err.split("\n")[1], result.data], ["", "→ gear login URL", []])
  assert.equal(requests.length, 0)
})

/** Logs in and out again; the server answers what it is asked to end the key with. */
async function loggedOut(context: TestContext, isOwn: boolean, answer: () => unknown) {
  const own = { XDG_CONFIG_HOME: folder(context) }
  const file = openLoginFile(contextOf({ env: own }).settings.config)
  await file.keep({ url: SERVER, user: "ada", token: "gtk_k1_x", key: "k1", isOwn })
  const requests = answerWith(context, { "DELETE /api/v1/keys/k1": answer })
  const { result, err } = await told(logoutCommand, [], { env: own })
  return { ended: Object(result.data).keyEnded, err, asked: requests.length, left: await file.read() }
}

test("logging out ends the key that logging in made, and forgets it even if the server is away", async (context) => {
  const well = await loggedOut(context, true, () => undefined)
  assert.deepEqual([well.ended, well.err, well.asked, well.left], [true, "", 1, []])
  const before = await loggedOut(context, true, () => refusal(401, "NOT_AUTHENTICATED"))
  assert.deepEqual([before.ended, before.left], [true, []])
  const away = await loggedOut(context, true, () => {
    throw new TypeError("fetch failed")
  })
  assert.deepEqual([away.ended, away.left], [false, []])
  assert.match(away.err, /^warning the server did not answer/)
})

test("a key that was made for more is forgotten and not ended", async (context) => {
  const given = await loggedOut(context, false, () => undefined)
  assert.deepEqual([given.ended, given.err, given.asked, given.left], [false, "", 0, []])
})

test("a login that the server refuses to end stays, and one that is not there is no login", async (context) => {
  await assert.rejects(
    loggedOut(context, true, () => refusal(403, "NOT_PERMITTED")),
    { code: "NOT_PERMITTED" },
  )
  const own = { XDG_CONFIG_HOME: folder(context) }
  await assert.rejects(told(logoutCommand, [SERVER], { env: own }), {
    ...{ code: "LOGIN_NEEDED", message: `Nobody has logged in to "${SERVER}" here` },
  })
})

test("jobs are tried again by name, or all that failed by what the flags say", async (context) => {
  const requests = answerWith(context, {
    "GET /api/v1/jobs/*": () => ({ id: ID }),
    "GET /api/v1/jobs": ({ query }) =>
      query["cursor"] === undefined ? { items: [{ id: ID }], next: "2" } : { items: [{ id: OTHER }] },
    "POST /api/v1/jobs/*/retry": () => ({}),
  })
  assert.equal((await told(retryCommand, [ID, "--again"], { env })).out, `${ID}\n`)
  assert.deepEqual(requests.at(-1)?.body, { again: true })
  const { out, result } = await told(retryCommand, ["--failed", "--tag", "t", "--reason", "OUT_OF_MEMORY"], { env })
  assert.deepEqual([out, result.data], [`${ID}\n${OTHER}\n`, [ID, OTHER]])
  assert.deepEqual(requests.at(-1)?.body, {})
  const lists = requests.filter(({ path }) => path === "/api/v1/jobs").map(({ query }) => query)
  assert.deepEqual(lists[1], { state: "failed", limit: "1000", tag: "t", reason: "OUT_OF_MEMORY", cursor: "2" })
})

test("jobs to try again are named in one way, and none is tried for nothing", async (context) => {
  const requests = answerWith(context, { "GET /api/v1/jobs": () => ({ items: [] }) })
  for (const args of [[], [ID, "--failed"]]) await assert.rejects(told(retryCommand, args, { env }), { code: "USAGE" })
  assert.equal(requests.length, 0)
  assert.equal((await told(retryCommand, ["--failed"], { env })).err, "There is no such failed job\n")
})

const GEAR = {
  id: `sha256:${"0".repeat(64)}`,
  manifest: {
    ...{ name: "bet", version: "1" },
    inputs: { nifti: { base: "file" }, scans: { base: "file" } },
    config: { threads: { type: "integer" }, label: { type: "string" } },
    custom: { geartrain: { inputs: { scans: { takes: "files" } } } },
  },
}

test("an order has values of the types that the gear's manifest gives them", async (context) => {
  const requests = answerWith(context, {
    "GET /api/v1/gears/*": () => GEAR,
    "POST /api/v1/jobs": () => ({ job: { id: ID }, how: "queued", same: OTHER }),
  })
  const args = ["bet", "-s", "threads=4", "-s", "label=4", "-i", "nifti=file:1", "--priority", "-100", "--to", "g/p"]
  const { out, err, result } = await told(submitCommand, [...args, "--tag", "a", "--tag", "b"], { env })
  const { body, headers } = requests.at(-1) ?? assert.fail()
  assert.deepEqual(body, {
    ...{ gear: GEAR.id, config: { threads: 4, label: "4" }, inputs: { nifti: "file:1" }, limits: {} },
    ...{ tags: ["a", "b"], keys: [], reuse: false, destination: "g/p", priority: -100 },
  })
  assert.match(headers.get("idempotency-key") ?? "", /^[0-9a-f]{32}$/)
  assert.deepEqual([out, err], [`${ID}\n`, `job ${OTHER} did the same already; --reuse answers with it\n`])
  assert.deepEqual(result, { data: { job: ID, how: "queued", same: OTHER } })
})

test("several files of one input are one list, and a job that is reused is said to be", async (context) => {
  const requests = answerWith(context, {
    "GET /api/v1/gears/*": () => GEAR,
    "POST /api/v1/jobs": () => ({ job: { id: ID }, how: "reused" }),
  })
  const { err } = await told(submitCommand, ["bet", "-i", "scans=file:1", "-i", "scans=file:2", "--reuse"], { env })
  assert.deepEqual(Object(requests.at(-1)?.body).inputs, { scans: ["file:1", "file:2"] })
  assert.match(err, /^this job did the same already/)
})

test("an order that cannot be meant is not sent", async (context) => {
  const requests = answerWith(context, { "GET /api/v1/gears/*": () => GEAR })
  const wrong = ["--priority=101", "--priority=1.5", "--priority=", "--network=all", "--set=none=1", "--memory=lots"]
  for (const flag of wrong) await assert.rejects(told(submitCommand, ["bet", flag], { env }), { code: "USAGE" }, flag)
  assert.ok(requests.every(({ method }) => method === "GET"))
})

test("an order that waits ends as its job does", async (context) => {
  answerWith(context, {
    "GET /api/v1/gears/*": () => GEAR,
    "POST /api/v1/jobs": () => ({ job: { id: ID }, how: "queued" }),
    "GET /api/v1/jobs/*": () => ({ id: ID, state: "failed", exitCode: 3, culprit: "gear", outputs: [] }),
  })
  assert.equal((await told(submitCommand, ["bet", "--wait"], { env })).result.exitCode, 3)
})

test("of several jobs the last one that ended badly is the answer, with what is known of each", async (context) => {
  const third = "ef".repeat(12)
  const ends: Readonly<Record<string, object>> = {
    [third]: { state: "failed", exitCode: 3, culprit: "gear" },
    [ID]: { state: "failed", exitCode: 4, culprit: "gear" },
    [OTHER]: { state: "complete" },
  }
  answerWith(context, {
    "GET /api/v1/jobs/*": ({ path }) => {
      const id = path.split("/").at(-1) ?? ""
      return { id, outputs: [], ...ends[id] }
    },
  })
  const { result } = await told(waitCommand, [third, ID, OTHER], { env })
  assert.equal(result.exitCode, 4)
  assert.equal((result.data as readonly unknown[]).length, 3)
  assert.equal((await told(waitCommand, [OTHER], { env })).result.exitCode, undefined)
})

test("what is thrown away is told with what brings it back; a group is not", async (context) => {
  const requests = answerWith(context, {
    "GET /api/v1/lookup": ({ query }) =>
      query["path"] === "lab"
        ? { kind: "group", group: { id: "lab" } }
        : String(query["path"]).includes("files")
          ? { kind: "file", file: { id: "f1" } }
          : { kind: "place", place: { id: "p1", type: "subject" } },
    "DELETE /api/v1/files/*": () => undefined,
    "DELETE /api/v1/places/*": () => undefined,
  })
  const { out, err } = await told(trashCommand, ["lab/s/files/x", `lab/${HOSTILE}`], { env })
  assert.match(out, /^f1 {2}lab\/s\/files\/x\np1 {2}lab\/a/)
  assert.equal(err, "→ gear trash f1 --undo\n→ gear trash p1 --undo\n")
  assert.ok(!hasControls(out))
  await assert.rejects(told(trashCommand, ["lab"], { env }), { code: "USAGE", message: /it is a group$/ })
  assert.equal(requests.filter(({ method }) => method === "DELETE").length, 2)
})

test("an id is taken back as a place, and else as a file; other refusals are told", async (context) => {
  let code = "PLACE_NOT_FOUND"
  answerWith(context, {
    "POST /api/v1/places/*/restore": () => refusal(code === "NOT_PERMITTED" ? 403 : 404, code),
    "POST /api/v1/files/*/restore": () => undefined,
  })
  const { result, err } = await told(trashCommand, [ID, "--undo"], { env })
  assert.deepEqual([result.data, err], [[{ path: ID, kind: "file", id: ID }], ""])
  code = "NOT_PERMITTED"
  await assert.rejects(told(trashCommand, [ID, "--undo"], { env }), { code: "NOT_PERMITTED" })
})

test("what was used is told in hours and in parts of what was asked for, users below their project", async (context) => {
  const sum = (cpuMs: number, askedCpuMs: number) => ({ attempts: 2, cpuMs, askedCpuMs, wallMs: 5_400_000 })
  const users = [{ user: HOSTILE, ...sum(0, 0) }]
  const projects = [{ group: "lab", label: "study", storedBytes: 2048, users, ...sum(1_800_000, 7_200_000) }]
  const requests = answerWith(context, { "GET /api/v1/usage": () => ({ projects }) })
  const { out } = await told(usageCommand, ["--since", "2026-01-31"], { env })
  assert.match(out, /\nlab\/study +2 +1\.50 +0\.50 +25 % +2 KiB\n$/)
  assert.equal(requests[0]?.query["fromMs"], String(Date.UTC(2026, 0, 31)))
  const by = await told(usageCommand, ["--users"], { env })
  // Nothing was asked for, of which nothing can be a part.
  assert.match(by.out, /\n {2}a[^\n]* 2 +1\.50 +0\.00\n$/)
  assert.ok(!hasControls(by.out))
})

test("a day or a time that is none is refused", async (context) => {
  const requests = answerWith(context, {})
  for (const since of ["2026-02-31", "2026-02-01T", "2026-13-01", "lots", ""])
    await assert.rejects(told(usageCommand, [`--since=${since}`], { env }), { code: "USAGE" }, since)
  assert.equal(requests.length, 0)
})
