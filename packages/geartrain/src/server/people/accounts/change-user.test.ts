import assert from "node:assert/strict"
import { test } from "node:test"
import { person } from "../../../../test/server/open-access.ts"
import { type PeopleBench, peopleBench } from "../../../../test/server/people/people-bench.ts"
import { startSession } from "../sessions/sessions.ts"
import { readToken } from "../tokens/secret-token.ts"
import { changeUser } from "./change-user.ts"
import { setPassword } from "./set-password.ts"
import { findUserByName } from "./user.ts"

const PASSWORD = "correct horse battery"

async function startedSession({ ports }: PeopleBench, user: string): Promise<string> {
  const session = await ports.database.write((write) => startSession(write, ports, { user, method: "password" }))
  return readToken(session.token)?.id ?? ""
}

async function sessionIds({ ports }: PeopleBench): Promise<readonly string[]> {
  const rows = await ports.database.read.selectFrom("sessions").select("id").orderBy("id").execute()
  return rows.map(({ id }) => id)
}

test("what is not said of an account stays as it is, and null takes an address away", async (context) => {
  const { ports, admin, user, clock } = await peopleBench(context)
  const { id } = await user("ada", { email: "ada@lab.example", name: "Ada" })
  clock.nowMs += 1000
  const renamed = await changeUser(ports, admin, { id, login: "Countess" })
  assert.deepEqual(
    [renamed.login, renamed.name, renamed.email, renamed.revision],
    ["Countess", "Ada", "ada@lab.example", 2],
  )
  assert.equal(renamed.modifiedMs, clock.nowMs)
  assert.equal((await findUserByName(ports.database.read, "COUNTESS"))?.id, id)
  assert.equal(await findUserByName(ports.database.read, "ada"), undefined)
  const bare = await changeUser(ports, admin, { id, email: null })
  assert.equal(bare.email, undefined)
  assert.equal(await findUserByName(ports.database.read, "ada@lab.example"), undefined)
})

test("a change of an account that was changed since it was read is refused, and changes nothing", async (context) => {
  const { ports, admin, user } = await peopleBench(context)
  const { id } = await user("ada")
  await changeUser(ports, admin, { id, name: "Ada", revision: 1 })
  await assert.rejects(changeUser(ports, admin, { id, name: "Bob", revision: 1 }), {
    code: "ETAG_MISMATCH",
    details: { id, revision: 2, expected: 1 },
  })
  assert.equal((await findUserByName(ports.database.read, "ada"))?.name, "Ada")
})

test("disabling ends the sessions of that account, keeps since when, and enabling starts anew", async (context) => {
  const bench = await peopleBench(context)
  const { ports, admin, clock } = bench
  const [ada, bob] = [await bench.user("ada"), await bench.user("bob")]
  await startedSession(bench, ada.id)
  const bobs = await startedSession(bench, bob.id)
  const disabledMs = async () =>
    (await ports.database.read.selectFrom("users").select("disabled_ms").where("id", "=", ada.id).executeTakeFirst())
      ?.disabled_ms
  const sinceMs = clock.nowMs
  assert.equal((await changeUser(ports, admin, { id: ada.id, disabled: true })).disabled, true)
  assert.deepEqual(await sessionIds(bench), [bobs])
  clock.nowMs += 1000
  await changeUser(ports, admin, { id: ada.id, disabled: true, name: "A" })
  assert.equal(await disabledMs(), sinceMs)
  assert.equal((await changeUser(ports, admin, { id: ada.id, disabled: false })).disabled, false)
  assert.equal(await disabledMs(), null)
})

test("a site keeps an admin who can log in, whoever asks", async (context) => {
  const { ports, admin, user } = await peopleBench(context)
  for (const change of [{ siteAdmin: false }, { disabled: true }])
    await assert.rejects(changeUser(ports, admin, { id: admin.user, ...change }), { code: "LAST_ADMIN" })
  const second = await user("second", { siteAdmin: true })
  await changeUser(ports, admin, { id: second.id, disabled: true })
  await assert.rejects(changeUser(ports, admin, { id: admin.user, siteAdmin: false }), { code: "LAST_ADMIN" })
  await changeUser(ports, admin, { id: second.id, disabled: false })
  assert.equal((await changeUser(ports, admin, { id: admin.user, siteAdmin: false })).siteAdmin, false)
})

test("a name or address of somebody else is not taken in any case, and nobody but an admin changes accounts", async (context) => {
  const { ports, admin, user } = await peopleBench(context)
  const { id } = await user("ada")
  await user("bob", { email: "bob@lab.example" })
  await assert.rejects(changeUser(ports, admin, { id, login: "BOB" }), { code: "USER_EXISTS" })
  await assert.rejects(changeUser(ports, admin, { id, email: "Bob@lab.example" }), { code: "USER_EXISTS" })
  await assert.rejects(changeUser(ports, admin, { id: "0".repeat(24), name: "x" }), { code: "USER_NOT_FOUND" })
  await assert.rejects(changeUser(ports, person(id), { id, siteAdmin: true }), { code: "NOT_PERMITTED" })
  assert.equal((await findUserByName(ports.database.read, "ada"))?.siteAdmin, false)
})

test("one's own password is changed with the present one, which ends all sessions but the one that asks", async (context) => {
  const bench = await peopleBench(context)
  const { ports } = bench
  const { id } = await bench.user("ada", { password: PASSWORD })
  await startedSession(bench, id)
  const kept = await startedSession(bench, id)
  const caller = { ...person(id), by: { method: "session" as const, id: kept } }
  for (const present of [undefined, "", `${PASSWORD} `])
    await assert.rejects(setPassword(ports, caller, { user: id, password: "another horse", present }), {
      code: "LOGIN_FAILED",
    })
  assert.equal((await sessionIds(bench)).length, 2)
  assert.ok((await bench.audited()).some(([, outcome, reason]) => outcome === "refused" && reason === "LOGIN_FAILED"))
  await setPassword(ports, caller, { user: id, password: "another horse", present: PASSWORD })
  assert.deepEqual(await sessionIds(bench), [kept])
  await setPassword(ports, caller, { user: id, password: PASSWORD, present: "another horse" })
})

test("an admin gives a password without the present one, and no session of that account is left", async (context) => {
  const bench = await peopleBench(context)
  const { ports, admin } = bench
  const { id } = await bench.user("ada", { password: PASSWORD, name: "Countess Lovelace", email: "ada@lab.example" })
  await startedSession(bench, id)
  for (const password of ["short", "countess lovelace", "ADA@lab.example"])
    await assert.rejects(setPassword(ports, admin, { user: id, password }), { code: "PASSWORD_UNFIT" }, password)
  assert.equal((await sessionIds(bench)).length, 1)
  await setPassword(ports, admin, { user: id, password: "another horse" })
  assert.deepEqual(await sessionIds(bench), [])
  await assert.rejects(setPassword(ports, admin, { user: "0".repeat(24), password: PASSWORD }), {
    code: "USER_NOT_FOUND",
  })
  await assert.rejects(setPassword(ports, person(id), { user: admin.user, password: PASSWORD }), {
    code: "NOT_PERMITTED",
  })
})

test("who has no password yet sets the first one without another, but not with a key that is held to something", async (context) => {
  const { ports, user } = await peopleBench(context)
  const { id } = await user("ada")
  const scoped = { ...person(id), scopes: [{ right: "admin" as const }] }
  await assert.rejects(setPassword(ports, scoped, { user: id, password: PASSWORD }), { code: "NOT_PERMITTED" })
  await setPassword(ports, person(id), { user: id, password: PASSWORD })
  await assert.rejects(setPassword(ports, person(id), { user: id, password: "another horse" }), {
    code: "LOGIN_FAILED",
  })
})
