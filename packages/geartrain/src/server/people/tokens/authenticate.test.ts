import assert from "node:assert/strict"
import { test } from "node:test"
import { GeartrainError } from "@geartrain/spec"
import { person } from "../../../../test/server/open-access.ts"
import { type PeopleBench, peopleBench } from "../../../../test/server/people/people-bench.ts"
import type { PeoplePorts } from "../people-ports.ts"
import { startSession } from "../sessions/sessions.ts"
import { makeApiKey, revokeApiKey } from "./api-keys.ts"
import { authenticate } from "./authenticate.ts"
import { endJobTokens, issueJobToken } from "./job-tokens.ts"
import { renewRunnerToken } from "./renew-runner-token.ts"
import { makeRunnerToken, revokeRunnerToken } from "./runner-tokens.ts"

const ADDRESS = "192.0.2.1"

/** Who somebody is who shows this. */
function shown(ports: PeoplePorts, authorization: string | undefined, session?: string) {
  return authenticate(ports, { authorization, session, address: ADDRESS })
}

async function refuses(ports: PeoplePorts, authorization: string): Promise<void> {
  await assert.rejects(shown(ports, authorization), { code: "NOT_AUTHENTICATED" }, authorization)
}

async function disable({ ports }: PeopleBench, user: string, disabled_ms: number | null = 1): Promise<void> {
  await ports.database.write(({ sql }) =>
    sql.updateTable("users").set({ disabled_ms }).where("id", "=", user).execute(),
  )
}

test("who shows nothing is nobody, and what is no token is refused without a line in the audit", async (context) => {
  const { ports, audited } = await peopleBench(context)
  assert.equal(await shown(ports, undefined), undefined)
  const key = `gtk_${"0".repeat(24)}_${"0".repeat(64)}`
  for (const text of [
    "",
    "Bearer",
    "Bearer ",
    `Basic ${key}`,
    key,
    `Bearer ${key} ${key}`,
    `Bearer ${key}0`,
    "Bearer \u00e9",
  ])
    await refuses(ports, text)
  assert.deepEqual(await audited(), [])
  await refuses(ports, `Bearer ${key}`)
  assert.deepEqual(await audited(), [["authenticate", "refused", "NOT_AUTHENTICATED"]])
})

test("a key speaks for its user within its scopes, until it is over, revoked, or its user disabled", async (context) => {
  const bench = await peopleBench(context)
  const { ports, clock } = bench
  const { id } = await bench.user("ada")
  const scopes = [{ right: "read" as const, project: "p" }]
  const expiresMs = clock.nowMs + 5000
  const made = await makeApiKey(ports, person(id), { label: "l", scopes, expiresMs })
  const caller = { kind: "person", user: id, siteAdmin: false, by: { method: "key", id: made.id, address: ADDRESS } }
  for (const text of [`Bearer ${made.key}`, `scitran-user ${made.key}`, `BEARER gears.example:443:${made.key}`])
    assert.deepEqual(await shown(ports, text), { ...caller, scopes })
  const other = await makeApiKey(ports, person(id), { label: "other" })
  assert.deepEqual(await shown(ports, `Bearer ${other.key}`), { ...caller, by: { ...caller.by, id: other.id } })
  await refuses(ports, `Bearer ${made.key.slice(0, -64)}${other.key.slice(-64)}`)
  clock.nowMs = expiresMs - 1
  assert.equal((await shown(ports, `Bearer ${made.key}`))?.user, id)
  clock.nowMs = expiresMs
  await refuses(ports, `Bearer ${made.key}`)
  await disable(bench, id)
  await refuses(ports, `Bearer ${other.key}`)
  await disable(bench, id, null)
  await shown(ports, `Bearer ${other.key}`)
  await revokeApiKey(ports, person(id), other.id)
  await refuses(ports, `Bearer ${other.key}`)
})

test("that a key was used is noted once a minute, with from where", async (context) => {
  const bench = await peopleBench(context)
  const { ports, clock } = bench
  const { id } = await bench.user("ada")
  const { key } = await makeApiKey(ports, person(id), { label: "l" })
  const seen = async () => {
    await shown(ports, `Bearer ${key}`)
    const row = await ports.database.read.selectFrom("api_keys").select(["seen_ms", "seen_address"]).executeTakeFirst()
    return [row?.seen_ms, row?.seen_address]
  }
  const firstMs = clock.nowMs
  assert.deepEqual(await seen(), [firstMs, ADDRESS])
  clock.nowMs = firstMs + 59_999
  assert.deepEqual(await seen(), [firstMs, ADDRESS])
  clock.nowMs = firstMs + 60_000
  assert.deepEqual(await seen(), [firstMs + 60_000, ADDRESS])
})

test("a disk that is full keeps nobody out, and a fault of the program is not passed over", async (context) => {
  const bench = await peopleBench(context)
  const { id } = await bench.user("ada")
  const { key } = await makeApiKey(bench.ports, person(id), { label: "l" })
  const failing = (error: Error): PeoplePorts => {
    const database = { ...bench.ports.database, write: () => Promise.reject(error) }
    return { ...bench.ports, database }
  }
  for (const code of ["STORE_FULL", "DATABASE_FAILED"] as const)
    assert.equal((await shown(failing(new GeartrainError(code, "Cannot write")), `Bearer ${key}`))?.user, id)
  await assert.rejects(shown(failing(new TypeError("a bug")), `Bearer ${key}`), TypeError)
})

test("a session counts in its cookie only, while it is used, and not for ever", async (context) => {
  const bench = await peopleBench(context)
  const { ports, clock } = bench
  const { id } = await bench.user("ada")
  const { sessionIdleMs, sessionMs } = ports.peopleSettings
  const start = () => ports.database.write((write) => startSession(write, ports, { user: id, method: "password" }))
  const { token } = await start()
  assert.deepEqual(
    [(await shown(ports, undefined, token))?.user, (await shown(ports, undefined, token))?.by.method],
    [id, "session"],
  )
  await refuses(ports, `Bearer ${token}`)
  const key = await makeApiKey(ports, person(id), { label: "l" })
  assert.equal(await shown(ports, undefined, key.key), undefined)
  clock.nowMs += sessionIdleMs
  assert.equal(await shown(ports, undefined, token), undefined)
  const used = await start()
  const endMs = clock.nowMs + sessionMs
  while (clock.nowMs + sessionIdleMs <= endMs) {
    clock.nowMs += sessionIdleMs - 1
    assert.equal((await shown(ports, undefined, used.token))?.user, id)
  }
  clock.nowMs = endMs
  assert.equal(await shown(ports, undefined, used.token), undefined)
  const last = await start()
  await disable(bench, id)
  assert.equal(await shown(ports, undefined, last.token), undefined)
})

test("a header goes before a cookie: a wrong key is refused though the session is right", async (context) => {
  const { ports, user } = await peopleBench(context)
  const { id } = await user("ada")
  const { token } = await ports.database.write((write) => startSession(write, ports, { user: id, method: "password" }))
  await assert.rejects(shown(ports, "Bearer wrong", token), { code: "NOT_AUTHENTICATED" })
})

test("a job's token acts for one attempt with one right in one project, until the attempt has ended", async (context) => {
  const { ports, user } = await peopleBench(context)
  const { id } = await user("ada", { siteAdmin: true })
  const issue = (attempt: number) =>
    ports.database.write((write) =>
      issueJobToken(write, { job: "j", attempt, user: id, project: "p", right: "write", nowMs: 0 }),
    )
  const [first, second] = [await issue(1), await issue(2)]
  const caller = await shown(ports, `Bearer ${first}`)
  assert.deepEqual(
    [caller?.kind, caller?.user, caller?.job, caller?.attempt, caller?.scopes],
    ["job", id, "j", 1, [{ right: "write", project: "p" }]],
  )
  await ports.database.write((write) => endJobTokens(write, { job: "j", attempt: 1 }))
  await refuses(ports, `Bearer ${first}`)
  assert.equal((await shown(ports, `Bearer ${second}`))?.attempt, 2)
  await ports.database.write((write) => endJobTokens(write, { job: "j" }))
  await refuses(ports, `Bearer ${second}`)
})

test("a runner has no right of its own and the labels of its token, whoever made it", async (context) => {
  const { ports, admin } = await peopleBench(context)
  const held = await makeRunnerToken(ports, admin, { label: "r", runnerLabels: { zone: "a" } })
  const caller = await shown(ports, `Bearer ${held.token}`)
  assert.deepEqual(
    [caller?.kind, caller?.user, caller?.siteAdmin, caller?.scopes, caller?.labels],
    ["runner", held.id, false, [], { zone: "a" }],
  )
  const free = await makeRunnerToken(ports, admin, { label: "r" })
  assert.ok(!("labels" in ((await shown(ports, `Bearer ${free.token}`)) ?? {})))
  await revokeRunnerToken(ports, admin, held.id)
  await refuses(ports, `Bearer ${held.token}`)
})

test("the server's own runner keeps its id, and each new secret ends the one before", async (context) => {
  const { ports, admin } = await peopleBench(context)
  const [first, second] = [await renewRunnerToken(ports, "here"), await renewRunnerToken(ports, "here")]
  await refuses(ports, `Bearer ${first}`)
  const caller = await shown(ports, `Bearer ${second}`)
  const elsewhere = await shown(ports, `Bearer ${await renewRunnerToken(ports, "elsewhere")}`)
  assert.ok(caller !== undefined && elsewhere !== undefined)
  assert.ok(first.includes(caller.user))
  assert.notEqual(elsewhere.user, caller.user)
  // What an admin made or revoked under the same label is another runner.
  const made = await makeRunnerToken(ports, admin, { label: "here" })
  await revokeRunnerToken(ports, admin, caller.user)
  const third = await shown(ports, `Bearer ${await renewRunnerToken(ports, "here")}`)
  assert.ok(third !== undefined && ![made.id, caller.user].includes(third.user))
  await shown(ports, `Bearer ${made.token}`)
})
