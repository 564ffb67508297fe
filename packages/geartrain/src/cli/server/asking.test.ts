import assert from "node:assert/strict"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { answerWith, refusal, SERVER, SERVER_ENV } from "../../../test/cli/answering-server.ts"
import { contextOf, givenOf, HOSTILE, hasControls, type ToldOptions } from "../../../test/cli/told.ts"
import { cancelServerJobs } from "./cancel-jobs.ts"
import { connectServer, connectTo, loginTo } from "./connect.ts"
import { doctorServer } from "./doctor-server.ts"
import { hasEnded, waitForServerJob } from "./follow-job.ts"
import { listServerJobs } from "./list-jobs.ts"
import { logInWithKey, logInWithPassword } from "./log-in.ts"
import { openLoginFile } from "./login-file.ts"
import { printServerLog } from "./print-log.ts"
import { SERVER_FLAG } from "./server-flag.ts"

const ID = "ab".repeat(12)
const FLAGS = {
  ...SERVER_FLAG,
  "no-wait": { type: "switch", says: "" },
  follow: { type: "switch", says: "" },
  tail: { type: "text", says: "" },
  stdout: { type: "switch", says: "" },
} as const

function asked(options: ToldOptions = {}) {
  return contextOf({ env: SERVER_ENV, ...options })
}

function configFolder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "geartrain-connect-"))
  context.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** Settings of somebody who has logged in to two servers, the second one last. */
async function loggedIn(context: TestContext, env: Readonly<Record<string, string>> = {}) {
  const { settings } = contextOf({ env: { XDG_CONFIG_HOME: configFolder(context), ...env } })
  const file = openLoginFile(settings.config)
  const login = { user: "ada", key: "k", isOwn: true }
  await file.keep({ ...login, url: "https://old.example", token: "gtk_old" })
  await file.keep({ ...login, url: SERVER, token: "gtk_new" })
  return settings
}

async function tokenOf(context: TestContext, open: () => Promise<{ send(path: string): Promise<Response> }>) {
  const requests = answerWith(context, { "GET /x": () => ({}) })
  await (await open()).send("/x")
  return requests.at(-1)?.headers.get("authorization")
}

test("the server that is named counts before that of the environment, and that before the last login", async (context) => {
  const given = (...args: readonly string[]) => givenOf(FLAGS, args)
  const settings = await loggedIn(context)
  assert.equal((await connectServer(settings, given("--server"))).url, SERVER)
  assert.equal((await connectServer(settings, given())).url, SERVER)
  assert.equal((await connectServer(settings, given("--server=https://old.example"))).url, "https://old.example")
  const named = await loggedIn(context, { GEARTRAIN_SERVER: "https://old.example/" })
  assert.equal((await connectServer(named, given("--server"))).url, "https://old.example")
  assert.equal((await loginTo(named, undefined))?.url, SERVER)
  assert.equal((await loginTo(named, "https://old.example/"))?.token, "gtk_old")
  assert.equal(await loginTo(named, "https://other.example"), undefined)
})

test("the key of the environment counts before that of the login, which it does not need", async (context) => {
  const settings = await loggedIn(context)
  assert.equal(await tokenOf(context, () => connectTo(settings, SERVER)), "Bearer gtk_new")
  const { settings: own } = contextOf({ env: { GEARTRAIN_TOKEN: "gtk_env", XDG_CONFIG_HOME: configFolder(context) } })
  assert.equal(await tokenOf(context, () => connectTo(own, SERVER)), "Bearer gtk_env")
  const both = await loggedIn(context, { GEARTRAIN_TOKEN: "gtk_env" })
  assert.equal(await tokenOf(context, () => connectTo(both, undefined)), "Bearer gtk_env")
})

test("without a login a server is not asked, and the hint says how to log in to that one", async (context) => {
  const { settings } = contextOf({ env: { XDG_CONFIG_HOME: configFolder(context), GEARTRAIN_TOKEN: "gtk_x" } })
  await assert.rejects(connectTo(settings, undefined), {
    ...{ code: "LOGIN_NEEDED", message: "No server is named, and none was logged in to", hint: /gear login URL$/ },
  } as object)
  const bare = contextOf({ env: { XDG_CONFIG_HOME: configFolder(context) } }).settings
  await assert.rejects(connectTo(bare, SERVER), { code: "LOGIN_NEEDED", hint: `Log in first: gear login ${SERVER}` })
  for (const url of ["gear.example", "ftp://gear.example", "https://ada@gear.example", "https://gear.example/?a"])
    await assert.rejects(connectTo(settings, url), { code: "SERVER_ADDRESS_INVALID" }, url)
})

test("jobs are all found before one is cancelled, and one that has ended is not waited for", async (context) => {
  const { context: with_, out } = asked()
  const requests = answerWith(context, {
    "GET /api/v1/jobs/*": ({ path }) => ({ id: path.split("/").at(-1), state: "running" }),
    "POST /api/v1/jobs/*/cancel": ({ path }) => ({
      state: path.includes(ID) ? "cancelled" : "running",
    }),
  })
  const other = "cd".repeat(12)
  const { data } = await cancelServerJobs(with_, { ...givenOf(FLAGS, ["--no-wait"]), words: [ID, other] })
  assert.deepEqual(
    requests.map(({ method }) => method),
    ["GET", "GET", "POST", "POST"],
  )
  assert.equal(out(), `${ID}  cancelled\n${other}  asked to end\n`)
  assert.deepEqual(data, [
    { id: ID, state: "cancelled" },
    { id: other, state: "running" },
  ])
})

test("a job that cannot be found cancels none of those before it", async (context) => {
  const requests = answerWith(context, {
    "GET /api/v1/jobs/*": ({ path }) => (path.endsWith(ID) ? { id: ID } : refusal(404, "JOB_NOT_FOUND")),
    "GET /api/v1/jobs": () => ({ items: [] }),
  })
  const given = { ...givenOf(FLAGS, []), words: [ID, "ff"] }
  await assert.rejects(cancelServerJobs(asked().context, given), { code: "JOB_NOT_FOUND" })
  assert.ok(requests.every(({ method }) => method === "GET"))
})

test("a job is waited for until an event says that it may have ended, and asked about anew", async (context) => {
  const states = ["running", "running", "complete"]
  const event = (id: number): string => `id: ${id}\nevent: job.changed\ndata: {}\n\n`
  answerWith(context, {
    "GET /api/v1/jobs/*": () => ({ id: ID, state: states.shift() }),
    "GET /api/v1/events": ({ query }) => {
      assert.deepEqual(query, { subject: ID, kind: "job.changed" })
      return new Response(event(1) + event(2))
    },
  })
  const client = await connectServer(asked().settings, givenOf(FLAGS, []))
  assert.equal((await waitForServerJob(client, ID)).state, "complete")
  assert.deepEqual(
    (["pending", "running", "complete", "failed", "cancelled"] as const).map((state) => hasEnded({ state })),
    [false, false, true, true, true],
  )
})

test("the findings of a server are told each with its remedy, the first bad one being the answer", async (context) => {
  const findings = [
    { state: "good", check: "disk", says: "plenty" },
    { state: "poor", check: "runners", says: HOSTILE, fix: "Start one" },
    { state: "bad", check: "database", says: "it is away" },
    { state: "bad", check: "blobs", says: "gone", fix: "Bring them back" },
  ]
  answerWith(context, { "GET /api/v1/doctor": () => ({ findings }) })
  const { context: with_, out } = asked()
  const { exitCode, error, data } = await doctorServer(with_, givenOf(FLAGS, []))
  assert.deepEqual([exitCode, error?.code, error?.message, error?.fix], [1, "SERVER_NOT_READY", "it is away", null])
  assert.deepEqual(data, findings)
  assert.equal(out().split("\n").length, 4 + 2 + 1)
  assert.match(out(), /^ok {4}disk: plenty\npoor {2}runners: /)
  assert.ok(!hasControls(out()))
})

test("a server that finds nothing bad is well", async (context) => {
  answerWith(context, { "GET /api/v1/doctor": () => ({ findings: [{ state: "poor", check: "c", says: "s" }] }) })
  assert.equal((await doctorServer(asked().context, givenOf(FLAGS, []))).exitCode, undefined)
})

const job = (at: number) => ({
  ...{ id: at.toString(16).padStart(24, "0"), gear: { name: "g", version: "1" }, state: "complete", queuedMs: 0 },
})

test("jobs are asked for page by page up to as many as are wanted, and it is said that there are more", async (context) => {
  const requests = answerWith(context, {
    "GET /api/v1/jobs": ({ query }) => {
      const from = Number(query["cursor"] ?? 0)
      const count = Number(query["limit"])
      return { items: Array.from({ length: count }, (_, at) => job(from + at)), next: String(from + count) }
    },
  })
  const { context: with_, out, err } = asked({ quiet: false, json: true })
  await listServerJobs(with_, givenOf(FLAGS, []), { states: ["failed", "complete"], gear: "g", limit: 1500 })
  assert.deepEqual(
    requests.map(({ query }) => [query["limit"], query["cursor"]]),
    [
      ["1000", undefined],
      ["500", "1000"],
    ],
  )
  assert.deepEqual(requests[0]?.query["state"], ["failed", "complete"])
  assert.equal(out().trimEnd().split("\n").length, 1500)
  assert.equal(err(), "")
  const people = asked()
  await listServerJobs(people.context, givenOf(FLAGS, []), { limit: 2 })
  assert.match(people.err(), /There are more\n→ gear jobs --server --all\n$/)
})

test("no job at all is told with what makes one", async (context) => {
  answerWith(context, { "GET /api/v1/jobs": () => ({ items: [] }) })
  const { context: with_, out, err } = asked()
  await listServerJobs(with_, givenOf(FLAGS, []), {})
  assert.deepEqual([out(), err()], ["", "There is no such job\n→ gear submit GEAR\n"])
})

test("a log is written as it is to a file, and without controls to a terminal, which keeps its colours", async (context) => {
  const log = "\u001b[31mred\u001b[0m\u001b]0;title\u0007\nend"
  answerWith(context, {
    "GET /api/v1/jobs/*": () => ({ id: ID }),
    "GET /api/v1/jobs/*/logs": () => new Response(log),
    "GET /api/v1/jobs/*/logs/stream": () =>
      new Response(
        `event: text\ndata: ${JSON.stringify({ text: log })}\n\nevent: other\ndata: {}\n\nevent: end\ndata: {}\n\n`,
      ),
  })
  const safe = "\u001b[31mred\u001b[0m\\x1b]0;title\\x07\nend"
  for (const flags of [[], ["--follow"]]) {
    const given = { ...givenOf(FLAGS, flags), words: [ID] }
    const file = asked()
    await printServerLog(file.context, given)
    assert.equal(file.out(), log, flags.join())
    const screen = asked({ isTerminal: true })
    await printServerLog(screen.context, given)
    assert.equal(screen.out(), safe, flags.join())
  }
})

test("what the log of a server cannot be told apart by is refused before the server is asked", async (context) => {
  const requests = answerWith(context, {})
  for (const flags of [["--stdout"], ["--tail", "5"]])
    await assert.rejects(printServerLog(asked().context, givenOf(FLAGS, flags)), {
      ...{ code: "USAGE", message: `Cannot read ${flags[0]} with --server: its log is one text` },
    })
  assert.equal(requests.length, 0)
})

test("with a password a key of this machine is made, and the session ended", async (context) => {
  const requests = answerWith(context, {
    "POST /api/v1/login": () =>
      new Response("{}", { headers: { "content-type": "application/json", "set-cookie": "s=1; HttpOnly; Path=/" } }),
    "POST /api/v1/keys": () => ({ id: "k1", key: "gtk_k1_secret" }),
    "POST /api/v1/logout": () => undefined,
    "GET /api/v1/me": () => ({ user: { login: "ada" } }),
  })
  const login = await logInWithPassword(SERVER, { login: "Ada", password: "pw" }, "m".repeat(300))
  assert.deepEqual(login, { url: SERVER, user: "ada", token: "gtk_k1_secret", key: "k1", isOwn: true })
  const [first, keys, end, me] = requests
  assert.deepEqual(first?.body, { login: "Ada", password: "pw" })
  for (const request of [keys, end]) {
    assert.deepEqual([request?.headers.get("cookie"), request?.headers.get("x-gear-csrf")], ["s=1", "1"])
  }
  assert.equal(Object(keys?.body).label.length, 256)
  assert.equal(me?.headers.get("authorization"), "Bearer gtk_k1_secret")
})

test("a key that was made elsewhere is taken from a person only, and is not ended on logging out", async (context) => {
  let user: object | undefined = { login: "ada" }
  answerWith(context, { "GET /api/v1/me": () => ({ user }) })
  assert.deepEqual(await logInWithKey(`${SERVER}/`, "gtk_0af_x"), {
    ...{ url: SERVER, user: "ada", token: "gtk_0af_x", key: "0af", isOwn: false },
  })
  assert.equal((await logInWithKey(SERVER, "odd")).key, "")
  user = undefined
  await assert.rejects(logInWithKey(SERVER, "gtk_0af_x"), { code: "LOGIN_FAILED", message: /it is no person's$/ })
})
