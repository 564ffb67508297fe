import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { GeartrainError } from "@geartrain/spec"
import { type PeopleBench, peopleBench } from "../../../../test/server/people/people-bench.ts"
import { findUser, type User } from "../accounts/user.ts"
import { finishOidc } from "./finish-oidc.ts"
import type { Claims, LogInElsewhere, LogInProof, OidcSettings } from "./log-in-elsewhere.ts"
import { startOidc } from "./start-oidc.ts"

const ADA: Claims = { subject: "1", email: "ada@lab.example", emailVerified: true, username: "ada", groups: [] }

/** An issuer that says of everybody what a test wants said. */
interface Issuer {
  claims: Claims | GeartrainError
  readonly proofs: LogInProof[]
}

interface Bench extends PeopleBench {
  readonly issuer: Issuer
  /** All the way there and back. */
  arrive(claims: Claims): Promise<User>
}

async function opened(context: TestContext, settings: Partial<OidcSettings> = {}): Promise<Bench> {
  const issuer: Issuer = { claims: ADA, proofs: [] }
  let made = 0
  const oidc: LogInElsewhere = {
    settings: {
      ...{ issuer: "https://login.example", label: "the university", clientId: "gears", newAccounts: true },
      redirectUrl: "https://gears.example/back",
      ...settings,
    },
    newProof: () => ({ state: `state-${++made}`, nonce: `nonce-${made}`, verifier: `verifier-${made}` }),
    authorizationUrl: async ({ state }) => `https://login.example/?state=${state}`,
    claimsOf: async (_, proof) => {
      issuer.proofs.push(proof)
      if (issuer.claims instanceof GeartrainError) throw issuer.claims
      return issuer.claims
    },
  }
  const bench = await peopleBench(context, { oidc })
  return {
    ...bench,
    issuer,
    arrive: async (claims) => {
      issuer.claims = claims
      const { state } = await startOidc(bench.ports, "/jobs")
      const { user } = await comeBack(bench, state)
      return (await findUser(bench.ports.database.read, user)) ?? assert.fail("there is no such account")
    },
  }
}

function comeBack({ ports }: PeopleBench, state: string, cookie: string | undefined = state) {
  return finishOidc(ports, { query: `?code=c&state=${state}`, cookie, address: "::1" })
}

test("who comes back goes on where they began, once, with the proof that was made for them", async (context) => {
  const bench = await opened(context)
  const { url, state } = await startOidc(bench.ports, "/jobs?x=1")
  assert.equal(url, `https://login.example/?state=${state}`)
  assert.equal((await comeBack(bench, state)).returnTo, "/jobs?x=1")
  assert.deepEqual(bench.issuer.proofs, [{ state, nonce: "nonce-1", verifier: "verifier-1" }])
  await assert.rejects(comeBack(bench, state), { code: "LOGIN_REFUSED" })
  assert.deepEqual(await bench.audited(), [
    ["log-in", "allowed", null],
    ["log-in", "refused", "LOGIN_REFUSED"],
  ])
})

test("only the browser that began comes back, in time; another one spends nothing", async (context) => {
  const bench = await opened(context)
  const { state } = await startOidc(bench.ports, "/")
  for (const cookie of ["", "state-2", `${state}x`])
    await assert.rejects(comeBack(bench, state, cookie), { code: "LOGIN_REFUSED" }, cookie)
  await assert.rejects(finishOidc(bench.ports, { query: "", cookie: "", address: "::1" }), { code: "LOGIN_REFUSED" })
  bench.clock.nowMs += 15 * 60_000
  await comeBack(bench, state)
  const late = await startOidc(bench.ports, "/")
  bench.clock.nowMs += 15 * 60_000 + 1
  await assert.rejects(comeBack(bench, late.state), { code: "LOGIN_REFUSED" })
  assert.equal(bench.issuer.proofs.length, 1)
})

test("what was begun and never came back is swept out by the next one, and the state itself is not kept", async (context) => {
  const { ports, clock } = await opened(context)
  const rows = () => ports.database.read.selectFrom("oidc_logins").selectAll().execute()
  const { state } = await startOidc(ports, "/")
  assert.ok(!JSON.stringify(await rows()).includes(state))
  clock.nowMs += 15 * 60_000 + 1
  await startOidc(ports, "/")
  assert.equal((await rows()).length, 1)
})

test("somebody is who they were the last time, whatever their name and address are by now", async (context) => {
  const bench = await opened(context)
  const first = await bench.arrive(ADA)
  assert.deepEqual([first.login, first.name, first.email], ["ada", "ada", "ada@lab.example"])
  await bench.user("bob", { email: "bob@lab.example" })
  const again = await bench.arrive({ ...ADA, username: "bob", email: "bob@lab.example" })
  assert.deepEqual(again, first)
  assert.notEqual((await bench.arrive({ ...ADA, subject: "2", email: undefined })).id, first.id)
})

test("an account is taken over by its verified address alone, and by no name that looks like it", async (context) => {
  const bench = await opened(context)
  const owner = await bench.user("owner", { email: "ada@lab.example" })
  assert.notEqual((await bench.arrive({ ...ADA, emailVerified: false })).id, owner.id)
  assert.equal((await bench.arrive({ ...ADA, subject: "2", email: "ADA@lab.example" })).id, owner.id)
  const namesake = await bench.user("eve@lab.example")
  const eve = await bench.arrive({ ...ADA, subject: "3", email: "eve@lab.example", username: "eve" })
  assert.notEqual(eve.id, namesake.id)
})

test("a new account takes the first name that is free and that can be written", async (context) => {
  const bench = await opened(context)
  await bench.user("ada")
  const second = await bench.arrive({ ...ADA, name: `A\u0007da ${"a".repeat(400)}` })
  assert.deepEqual([second.login, second.name.length, second.name.slice(0, 4)], ["ada@lab.example", 256, "Ada "])
  const third = await bench.arrive({
    ...ADA,
    subject: "s3",
    username: "a\u0000b",
    email: "x@y.example",
    emailVerified: false,
  })
  assert.deepEqual([third.login, third.email], ["s3", undefined])
  const fourth = bench.arrive({ ...ADA, subject: "ADA", username: "a".repeat(129), emailVerified: false })
  await assert.rejects(fourth, { code: "LOGIN_REFUSED", message: /other accounts have the names/ })
})

test("without new accounts, or when an account is disabled, nobody gets in, and nothing is left", async (context) => {
  const bench = await opened(context, { newAccounts: false })
  await assert.rejects(bench.arrive(ADA), { code: "LOGIN_REFUSED", message: /the university: you have no account/ })
  const { id } = await bench.user("ada", { email: "ada@lab.example" })
  await bench.ports.database.write(({ sql }) =>
    sql.updateTable("users").set({ disabled_ms: 1 }).where("id", "=", id).execute(),
  )
  await assert.rejects(bench.arrive(ADA), { code: "LOGIN_REFUSED", message: /disabled/ })
  const { read } = bench.ports.database
  assert.deepEqual(await read.selectFrom("identities").selectAll().execute(), [])
  assert.deepEqual(await read.selectFrom("sessions").selectAll().execute(), [])
})

test("whom the settings do not welcome gets no account, and an issuer's error is passed on and noted", async (context) => {
  const bench = await opened(context, { emailDomains: ["lab.example"] })
  await assert.rejects(bench.arrive({ ...ADA, email: "ada@elsewhere.example" }), { code: "LOGIN_REFUSED" })
  bench.issuer.claims = new GeartrainError("OIDC_FAILED", "Cannot log in")
  const { state } = await startOidc(bench.ports, "/")
  await assert.rejects(comeBack(bench, state), { code: "OIDC_FAILED" })
  assert.deepEqual((await bench.audited()).at(-1), ["log-in", "refused", "OIDC_FAILED"])
  const users = await bench.ports.database.read.selectFrom("users").select("login").execute()
  assert.deepEqual(
    users.map(({ login }) => login),
    ["admin"],
  )
})

test("a server that knows no issuer sends nobody anywhere", async (context) => {
  const { ports } = await peopleBench(context)
  await assert.rejects(startOidc(ports, "/"), { code: "OIDC_NOT_CONFIGURED" })
  await assert.rejects(finishOidc(ports, { query: "?state=x", cookie: "x", address: "::1" }), {
    code: "OIDC_NOT_CONFIGURED",
  })
})
