import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { openClient } from "@geartrain/sdk/client"
import { answerWith, refusal, SERVER, SERVER_ENV } from "../../../../test/cli/answering-server.ts"
import { contextOf, givenOf, HOSTILE, hasControls, told } from "../../../../test/cli/told.ts"
import { findUserThere } from "./find-user.ts"
import { newPassword, PASSWORD_FLAG, readPasswords, tellPassword } from "./new-password.ts"
import { usersAddCommand } from "./users-add.ts"
import { usersDisableCommand } from "./users-disable.ts"
import { usersGrantCommand } from "./users-grant.ts"
import { usersKeysCommand } from "./users-keys.ts"
import { usersLsCommand } from "./users-ls.ts"
import { usersPasswordCommand } from "./users-password.ts"

const ADA = { id: "u1", login: "ada", name: "Ada", siteAdmin: false, disabled: false }
const FINDS_ADA = { "GET /api/v1/users": () => ({ items: [ADA] }) }
const env = SERVER_ENV

function fileWith(context: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "geartrain-people-"))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, "password")
  writeFileSync(path, text)
  return path
}

test("a user is found by the whole name in any case, and by no beginning of it", async (context) => {
  answerWith(context, FINDS_ADA)
  const client = openClient({ url: SERVER })
  for (const login of ["ada", "ADA", "\uff41da"]) assert.equal((await findUserThere(client, login)).id, "u1", login)
  for (const login of ["ad", "", "adaa"])
    await assert.rejects(findUserThere(client, login), { code: "USER_NOT_FOUND" }, login)
})

test("a password is that of the file, without the line's end, or made up and told once", async (context) => {
  const path = fileWith(context, "correct horse\n")
  const read = await newPassword(givenOf(PASSWORD_FLAG, ["--password-file", path]))
  assert.deepEqual(read, { password: "correct horse", isMadeUp: false })
  const [made, other] = [await newPassword(givenOf(PASSWORD_FLAG, [])), await newPassword(givenOf(PASSWORD_FLAG, []))]
  assert.match(made.password, /^[0-9a-f]{24}$/)
  assert.notEqual(made.password, other.password)
  const { context: with_, out } = contextOf()
  assert.deepEqual(tellPassword(with_, read), {})
  assert.deepEqual(tellPassword(with_, made), { password: made.password })
  assert.equal(out(), `  password  ${made.password}   (shown this once)\n`)
})

test("a file that cannot be a password is refused in the words of its own flag, without its content", async (context) => {
  const empty = fileWith(context, " \n")
  await assert.rejects(readPasswords({ present: empty, password: undefined }), {
    ...{ code: "SECRET_UNREADABLE", message: `Cannot read the present password from "${empty}": it is empty` },
    hint: "Write it to a file that only you can read: --present-file PATH",
  })
  const binary = fileWith(context, "")
  writeFileSync(binary, Uint8Array.of(0x73, 0x65, 0xff))
  await assert.rejects(readPasswords({ password: binary }), { message: /it is not text in UTF-8$/ })
  assert.deepEqual(await readPasswords({ present: undefined, password: undefined }), {})
})

test("a new account is called by its login where no name is given, and its password is shown", async (context) => {
  const requests = answerWith(context, { "POST /api/v1/users": () => ({ id: "u2", login: HOSTILE }) })
  const { result, out, err } = await told(usersAddCommand, ["grace", "--admin"], { env })
  const { password, ...body } = Object(requests[0]?.body)
  assert.deepEqual(body, { login: "grace", name: "grace", siteAdmin: true })
  assert.equal(Object(result.data).password, password)
  assert.ok(out.includes(password) && !hasControls(out) && !hasControls(err))
})

test("who logs in elsewhere has no password, and none can be given", async (context) => {
  const requests = answerWith(context, { "POST /api/v1/users": () => ({ id: "u2", login: "grace" }) })
  const { result, out } = await told(usersAddCommand, ["grace", "--elsewhere", "--email", "g@x.example"], { env })
  assert.deepEqual(requests[0]?.body, { login: "grace", name: "grace", siteAdmin: false, email: "g@x.example" })
  assert.ok(!out.includes("password") && !Object.hasOwn(Object(result.data), "password"))
  const both = ["grace", "--elsewhere", "--password-file", "/nonexistent"]
  await assert.rejects(told(usersAddCommand, both, { env }), { code: "USAGE" })
  assert.equal(requests.length, 1)
})

test("what the server refuses of an account is told by its flag", async (context) => {
  const faults = [{ path: "body.email", message: "it is no address" }]
  answerWith(context, {
    "POST /api/v1/users": () =>
      Response.json({ code: "REQUEST_INVALID", detail: "No", details: { faults } }, { status: 400 }),
  })
  await assert.rejects(told(usersAddCommand, ["ada", "--email", "x"], { env }), {
    ...{ code: "USAGE", message: 'Cannot take --email "x": it is no address' },
  })
})

test("an account is shut and opened again", async (context) => {
  const requests = answerWith(context, {
    ...FINDS_ADA,
    "PATCH /api/v1/users/*": ({ body }) => ({ ...ADA, ...Object(body) }),
  })
  const shut = await told(usersDisableCommand, ["ada"], { env })
  assert.deepEqual([shut.out, Object(shut.result.data).disabled], ["ada is disabled\n", true])
  assert.equal((await told(usersDisableCommand, ["ada", "--undo"], { env })).out, "ada is let in again\n")
  assert.deepEqual(
    requests.filter(({ method }) => method === "PATCH").map(({ path, body }) => [path, body]),
    [
      ["/api/v1/users/u1", { disabled: true }],
      ["/api/v1/users/u1", { disabled: false }],
    ],
  )
})

const PROJECT = { kind: "place", place: { type: "project", id: "p1" } }

test("a right is granted in a project or a group, and taken away", async (context) => {
  let found: object = PROJECT
  const requests = answerWith(context, {
    "GET /api/v1/lookup": () => found,
    "PUT /api/v1/projects/*/members/*": () => ({ user: "u1", login: "ada" }),
    "DELETE /api/v1/groups/*/members/*": () => undefined,
  })
  const granted = await told(usersGrantCommand, ["ada@x/y", "lab/study", "run"], { env })
  assert.equal(granted.out, "ada has the right run in lab/study\n")
  assert.deepEqual(granted.result.data, { id: "u1", login: "ada", place: "lab/study", right: "run" })
  // A name is one step of the address, whatever is in it.
  assert.equal(requests[1]?.path, "/api/v1/projects/p1/members/ada%40x%2Fy")
  assert.deepEqual(requests[1]?.body, { right: "run" })
  found = { kind: "group", group: { id: "lab" } }
  assert.match((await told(usersGrantCommand, ["ada", "lab", "none"], { env })).out, /^ada has no right of their own/)
  assert.equal(requests.at(-1)?.path, "/api/v1/groups/lab/members/ada")
})

test("the site has admins and no other rights", async (context) => {
  const requests = answerWith(context, { ...FINDS_ADA, "PATCH /api/v1/users/*": () => ADA })
  await told(usersGrantCommand, ["ada", "site", "admin"], { env })
  await told(usersGrantCommand, ["ada", "site", "none"], { env })
  assert.deepEqual(
    requests.flatMap(({ method, body }) => (method === "PATCH" ? [body] : [])),
    [{ siteAdmin: true }, { siteAdmin: false }],
  )
  for (const right of ["read", "write", "run"])
    await assert.rejects(told(usersGrantCommand, ["ada", "site", right], { env }), {
      ...{ code: "USAGE", hint: "Write admin, or none" },
    })
})

test("no right is granted by a word that is none, in a place that has none, or to a step of an address", async (context) => {
  const refused: readonly (readonly [string, object, string])[] = [
    ["own", PROJECT, "USAGE"],
    ["Run", PROJECT, "USAGE"],
    ["run", { kind: "place", place: { type: "subject", id: "s" } }, "USAGE"],
    ["run", { kind: "file", file: { id: "f" } }, "USAGE"],
  ]
  for (const [right, found, code] of refused) {
    answerWith(context, { "GET /api/v1/lookup": () => found })
    await assert.rejects(told(usersGrantCommand, ["ada", "lab/study", right], { env }), { code }, right)
  }
  answerWith(context, { "GET /api/v1/lookup": () => PROJECT })
  for (const login of [".", ".."])
    await assert.rejects(told(usersGrantCommand, [login, "lab/study", "run"], { env }), { code: "USER_NOT_FOUND" })
})

const KEYS = [
  { id: "k1", label: HOSTILE, lastUsedMs: 0, lastUsedFrom: "10.0.0.1" },
  { id: "k2", label: "old", expiresMs: 1, scopes: ["a", "b"] },
  { id: "k3", label: "gone", revokedMs: 1 },
  { id: "k4", label: "later", expiresMs: Date.UTC(2999, 0, 1) },
]

test("keys are listed with what they may, when they were used, and whether they count", async (context) => {
  answerWith(context, { ...FINDS_ADA, "GET /api/v1/users/*/keys": () => ({ items: KEYS }) })
  const { out } = await told(usersKeysCommand, ["ada"], { env })
  const rows = out.split("\n").map((line) => line.trim().split(/ {2,}/))
  assert.deepEqual(rows[1]?.slice(2), ["all", "1970-01-01 00:00 10.0.0.1", "counts"])
  assert.deepEqual(rows[2], ["k2", "old", "2 scopes", "never", "expired"])
  assert.equal(rows[3]?.at(-1), "ended")
  assert.equal(rows[4]?.at(-1), "until 2999-01-01 00:00")
  assert.ok(!hasControls(out))
})

test("keys that count are ended, all or the one that is named", async (context) => {
  const requests = answerWith(context, {
    ...FINDS_ADA,
    "GET /api/v1/users/*/keys": () => ({ items: KEYS }),
    "DELETE /api/v1/keys/*": () => undefined,
  })
  const ended = () => requests.flatMap(({ method, path }) => (method === "DELETE" ? [path.split("/").at(-1)] : []))
  const all = await told(usersKeysCommand, ["ada", "--revoke", "all"], { env })
  assert.deepEqual(ended(), ["k1", "k2", "k4"])
  assert.deepEqual(all.result.data, { login: "ada", revoked: ["k1", "k2", "k4"] })
  const gone = await told(usersKeysCommand, ["ada", "--revoke", "k3"], { env })
  assert.equal(gone.err, "No key of these counted any more\n")
  await assert.rejects(told(usersKeysCommand, ["ada", "--revoke", "k"], { env }), { code: "TOKEN_NOT_FOUND" })
  assert.equal(ended().length, 3)
})

test("accounts are listed with what they are, to the last page", async (context) => {
  const admin = { ...ADA, login: HOSTILE, siteAdmin: true, disabled: true, email: "a@x.example" }
  const requests = answerWith(context, {
    "GET /api/v1/users": ({ query }) =>
      query["cursor"] === undefined ? { items: [ADA], next: "2" } : { items: [admin] },
  })
  const { out } = await told(usersLsCommand, ["a"], { env })
  assert.deepEqual(out.split("\n")[1]?.trim().split(/ {2,}/), ["ada", "Ada"])
  assert.match(out, /a@x\.example +admin, disabled\n$/)
  assert.ok(!hasControls(out))
  assert.deepEqual(
    requests.map(({ query }) => query["prefix"]),
    ["a", "a"],
  )
  assert.equal((await told(usersLsCommand, [], { env, json: true })).out.trimEnd().split("\n").length, 2)
})

test("an admin sets a password without the present one; one's own needs it, and says so when it is wrong", async (context) => {
  const password = fileWith(context, "new\n")
  const present = fileWith(context, "old\n")
  let answer: Response | undefined
  const requests = answerWith(context, {
    ...FINDS_ADA,
    "GET /api/v1/me": () => ({ user: ADA }),
    "PUT /api/v1/users/*/password": () => answer,
  })
  const made = await told(usersPasswordCommand, ["ada"], { env })
  assert.equal(Object(requests.at(-1)?.body).password, Object(made.result.data).password)
  const files = ["--password-file", password, "--present-file", present]
  const own = await told(usersPasswordCommand, files, { env })
  assert.deepEqual(requests.at(-1)?.body, { password: "new", present: "old" })
  assert.ok(!Object.hasOwn(Object(own.result.data), "password"))
  answer = refusal(401, "LOGIN_FAILED")
  await assert.rejects(told(usersPasswordCommand, files, { env }), {
    ...{ code: "LOGIN_FAILED", message: /your own password: the present one is missing, or another$/ },
  })
})

test("a runner has no password", async (context) => {
  answerWith(context, { "GET /api/v1/me": () => ({ runner: { id: "r" } }) })
  await assert.rejects(told(usersPasswordCommand, [], { env }), { code: "USER_NOT_FOUND" })
})
