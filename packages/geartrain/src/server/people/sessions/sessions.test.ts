import assert from "node:assert/strict"
import { test } from "node:test"
import { type PeopleBench, peopleBench } from "../../../../test/server/people/people-bench.ts"
import type { Caller } from "../caller.ts"
import { readToken } from "../tokens/secret-token.ts"
import { endSessions } from "./end-sessions.ts"
import { logIn } from "./log-in.ts"
import { listSessions, logOut, startSession } from "./sessions.ts"

const PASSWORD = "correct horse battery"

function start({ ports }: PeopleBench, user: string) {
  return ports.database.write((write) => startSession(write, ports, { user, method: "password", address: "::1" }))
}

/** Somebody who shows a session. */
function showing(user: string, token: string): Caller {
  const id = readToken(token)?.id ?? ""
  return { kind: "person", user, siteAdmin: false, by: { method: "session", id } }
}

async function sessionIds({ ports }: PeopleBench): Promise<readonly string[]> {
  const rows = await ports.database.read.selectFrom("sessions").select("id").orderBy("id").execute()
  return rows.map(({ id }) => id)
}

test("a session ends at its time, and what is over is swept out by the next one", async (context) => {
  const bench = await peopleBench(context)
  const { id } = await bench.user("ada")
  const first = await start(bench, id)
  assert.equal(first.expiresMs, bench.clock.nowMs + bench.ports.peopleSettings.sessionMs)
  bench.clock.nowMs = first.expiresMs
  await start(bench, id)
  assert.equal((await sessionIds(bench)).length, 2)
  bench.clock.nowMs += 1
  await start(bench, id)
  assert.ok(!(await sessionIds(bench)).includes(readToken(first.token)?.id ?? ""))
})

test("of sessions those that count are listed, and which of them asks", async (context) => {
  const bench = await peopleBench(context)
  const [ada, bob] = [await bench.user("ada"), await bench.user("bob")]
  const idle = await start(bench, ada.id)
  await start(bench, bob.id)
  bench.clock.nowMs += bench.ports.peopleSettings.sessionIdleMs - 1
  const present = await start(bench, ada.id)
  const caller = showing(ada.id, present.token)
  const shown = async () =>
    (await listSessions(bench.ports, caller))
      .map((session) => [session.id, session.present, session.address])
      .toSorted()
  const rows = [
    [readToken(idle.token)?.id, false, "::1"],
    [readToken(present.token)?.id, true, "::1"],
  ]
  assert.deepEqual(await shown(), rows.toSorted())
  bench.clock.nowMs += 1
  assert.deepEqual(await shown(), rows.slice(1))
})

test("logging out ends the session that asks, or all of that user and nobody else's", async (context) => {
  const bench = await peopleBench(context)
  const [ada, bob] = [await bench.user("ada"), await bench.user("bob")]
  const tokens = [await start(bench, ada.id), await start(bench, ada.id), await start(bench, ada.id)]
  const bobs = await start(bench, bob.id)
  const [first, second, third] = tokens.map(({ token }) => showing(ada.id, token))
  assert.ok(first !== undefined && second !== undefined && third !== undefined)
  await logOut(bench.ports, first, { everywhere: false })
  assert.deepEqual(await sessionIds(bench), [second.by.id, third.by.id, showing(bob.id, bobs.token).by.id].toSorted())
  await logOut(bench.ports, second, { everywhere: true })
  assert.deepEqual(await sessionIds(bench), [showing(bob.id, bobs.token).by.id])
})

test("a key logs nothing out, and one with scopes does not end sessions either", async (context) => {
  const bench = await peopleBench(context)
  const { id } = await bench.user("ada")
  await start(bench, id)
  const key: Caller = { kind: "person", user: id, siteAdmin: false, by: { method: "key", id: "k" } }
  await assert.rejects(logOut(bench.ports, key, { everywhere: false }), { code: "TOKEN_NOT_FOUND" })
  const scoped: Caller = { ...key, scopes: [{ right: "admin" }] }
  await assert.rejects(logOut(bench.ports, scoped, { everywhere: true }), { code: "NOT_PERMITTED" })
  await assert.rejects(listSessions(bench.ports, scoped), { code: "NOT_PERMITTED" })
  assert.equal((await sessionIds(bench)).length, 1)
})

test("all sessions of a user end but the one that is named", async (context) => {
  const bench = await peopleBench(context)
  const [ada, bob] = [await bench.user("ada"), await bench.user("bob")]
  const kept = await start(bench, ada.id)
  await start(bench, ada.id)
  const bobs = await start(bench, bob.id)
  const keptId = readToken(kept.token)?.id ?? ""
  const bobsId = readToken(bobs.token)?.id ?? ""
  await bench.ports.database.write((write) => endSessions(write, ada.id, { except: keptId }))
  assert.deepEqual(await sessionIds(bench), [keptId, bobsId].toSorted())
  // Naming somebody else's keeps none of one's own, and takes none of theirs.
  await bench.ports.database.write((write) => endSessions(write, ada.id, { except: bobsId }))
  assert.deepEqual(await sessionIds(bench), [bobsId])
})

test("who logs in by name or address gets a session, and a hash of other work is made anew", async (context) => {
  const bench = await peopleBench(context)
  const { id } = await bench.user("ada", { email: "Ada@lab.example", password: PASSWORD })
  const phcOf = async () =>
    (await bench.ports.database.read.selectFrom("passwords").select("phc").executeTakeFirst())?.phc
  const before = await phcOf()
  const session = await logIn(bench.ports, { login: "ADA@LAB.example", password: PASSWORD, address: "::1" })
  assert.equal(session.user, id)
  assert.deepEqual(await sessionIds(bench), [readToken(session.token)?.id])
  const after = await phcOf()
  assert.notEqual(after, before)
  await logIn(bench.ports, { login: "ada", password: PASSWORD, address: "::1" })
  assert.equal(await phcOf(), after)
  assert.deepEqual(await bench.audited(), [
    ["log-in", "allowed", null],
    ["log-in", "allowed", null],
  ])
})

test("whatever is wrong with a log-in is said in the same words, and is in the audit", async (context) => {
  const bench = await peopleBench(context)
  await bench.user("ada", { password: PASSWORD })
  await bench.user("none")
  const { id } = await bench.user("gone", { password: PASSWORD })
  await bench.ports.database.write(({ sql }) =>
    sql.updateTable("users").set({ disabled_ms: 1 }).where("id", "=", id).execute(),
  )
  const messages = new Set<string>()
  for (const [login, password] of [
    ["ada", `${PASSWORD}.`],
    ["nobody", PASSWORD],
    ["none", ""],
    ["gone", PASSWORD],
    ["a\0da", PASSWORD],
  ] as const)
    await assert.rejects(
      logIn(bench.ports, { login, password, address: "::1" }),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, "LOGIN_FAILED", login)
        return messages.add(error.message) !== undefined
      },
    )
  assert.equal(messages.size, 1)
  assert.deepEqual(await sessionIds(bench), [])
  assert.deepEqual(await bench.audited(), Array(5).fill(["log-in", "refused", "LOGIN_FAILED"]))
})

test("the right password waits, too, when it has failed too often, and that is in the audit", async (context) => {
  const bench = await peopleBench(context)
  await bench.user("ada", { password: PASSWORD })
  const attempt = (password: string) => logIn(bench.ports, { login: "ada", password, address: "::1" })
  for (let tries = 0; tries < 6; tries++) await assert.rejects(attempt("wrong"), { code: "LOGIN_FAILED" })
  await assert.rejects(attempt(PASSWORD), { code: "TOO_MANY_REQUESTS" })
  assert.deepEqual((await bench.audited()).at(-1), ["log-in", "refused", "TOO_MANY_REQUESTS"])
  bench.clock.nowMs += 1000
  await attempt(PASSWORD)
})
