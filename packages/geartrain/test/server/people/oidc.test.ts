import assert from "node:assert/strict"
import type { TestContext } from "node:test"
import type { Database } from "../../../src/server/database/database.ts"
import type { OidcSettings } from "../../../src/server/people/oidc/log-in-elsewhere.ts"
import { openOidc } from "../../../src/server/people/oidc/open-oidc.ts"
import { type AppBench, appBench, type Reply } from "../app-bench.ts"
import { onDatabases } from "../on-databases.ts"
import { CLIENT, type IssuersPeople, logInThere, startIssuer } from "./temporary-issuer.ts"

const REDIRECT_URL = "http://gears.test/api/v1/oidc/callback"

const PEOPLE: IssuersPeople = {
  ada: { email: "ada@lab.example", email_verified: true, name: "Ada", preferred_username: "ada", groups: ["imaging"] },
  user: { email: "USER@lab.example", email_verified: true, name: "User", preferred_username: "u2" },
  liar: { email: "user@lab.example", email_verified: false, name: "Liar", preferred_username: "admin" },
  guest: { email: "guest@elsewhere.example", email_verified: true, preferred_username: "guest" },
}

async function benchWith(
  context: TestContext,
  database: Database,
  settings: Partial<OidcSettings> = {},
): Promise<AppBench> {
  const issuer = await startIssuer(context, { people: PEOPLE, redirectUrl: REDIRECT_URL })
  const oidc = await openOidc({
    issuer,
    label: "the university",
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    redirectUrl: REDIRECT_URL,
    scopes: ["openid", "profile", "email", "groups"],
    newAccounts: true,
    ...settings,
  })
  return appBench(context, database, { oidc })
}

/** All the way there and back, in one browser. */
async function logIn(bench: AppBench, person: string, options: { readonly abort?: boolean } = {}): Promise<Reply> {
  const { url, cookie } = await begin(bench)
  const back = await logInThere(url, person, options)
  return bench.showing({ cookie }).get(`${back.pathname}${back.search}`)
}

async function begin(bench: AppBench): Promise<{ readonly url: string; readonly cookie: string }> {
  const start = await bench.as("nobody").get("/oidc/start?return=/projects")
  assert.equal(start.status, 302, start.text)
  assert.match(
    String(start.headers["set-cookie"]),
    /^gear_oidc=[\w-]+; Max-Age=900; Path=\/api\/v1\/oidc; HttpOnly; SameSite=Lax$/,
  )
  return { url: String(start.headers["location"]), cookie: String(start.headers["set-cookie"]).split(";")[0] ?? "" }
}

async function whoIs(bench: AppBench, reply: Reply): Promise<{ login: string; name: string; id: string }> {
  assert.equal(reply.status, 302, reply.text)
  assert.equal(reply.headers["location"], "/projects")
  const cookie = [reply.headers["set-cookie"]].flat().find((each) => each?.startsWith("gear_session=")) ?? ""
  return (await bench.showing({ cookie: cookie.split(";")[0] ?? "" }).get("/me")).body.user
}

onDatabases((databases) => {
  databases.test("who comes from the issuer gets an account, and the same one the next time", async (context) => {
    const bench = await benchWith(context, await databases.open(context))
    assert.deepEqual((await bench.as("nobody").get("/login")).body, {
      password: true,
      oidc: { label: "the university" },
    })
    const first = await whoIs(bench, await logIn(bench, "ada"))
    assert.deepEqual([first.login, first.name], ["ada", "Ada"])
    assert.equal((await whoIs(bench, await logIn(bench, "ada"))).id, first.id)
    await bench.as("admin").patch(`/users/${first.id}`, { disabled: true })
    const refused = await logIn(bench, "ada")
    assert.deepEqual([refused.status, refused.body.code], [403, "LOGIN_REFUSED"])
    const audit = (await bench.as("admin").get("/audit")).body.items
    assert.deepEqual(
      audit
        .filter(({ method }: { method: string }) => method === "oidc")
        .map(({ outcome }: { outcome: string }) => outcome),
      ["refused", "allowed", "allowed"],
    )
  })

  databases.test(
    "a verified address is whose account it is, and one that is only claimed is nobody's",
    async (context) => {
      const bench = await benchWith(context, await databases.open(context))
      assert.equal((await whoIs(bench, await logIn(bench, "user"))).id, bench.id("user"))
      const liar = await whoIs(bench, await logIn(bench, "liar"))
      assert.notEqual(liar.id, bench.id("user"))
      // The name "admin" is taken, and the address is not theirs.
      assert.equal(liar.login, "liar")
    },
  )

  databases.test("only who is on the list is taken, and only accounts that there are if so set", async (context) => {
    const database = await databases.open(context)
    const bench = await benchWith(context, database, {
      emailDomains: ["lab.example"],
      groups: ["imaging"],
      newAccounts: false,
    })
    for (const person of ["guest", "liar", "user", "ada"]) {
      const reply = await logIn(bench, person)
      assert.deepEqual([reply.status, reply.body.code], [403, "LOGIN_REFUSED"], person)
    }
    await bench.as("admin").post("/users", { login: "lovelace", name: "Ada", email: "ada@lab.example" })
    assert.equal((await whoIs(bench, await logIn(bench, "ada"))).login, "lovelace")
  })

  databases.test(
    "coming back counts once, in the browser that was sent, and not when the issuer refuses",
    async (context) => {
      const bench = await benchWith(context, await databases.open(context))
      const { url, cookie } = await begin(bench)
      const back = await logInThere(url, "ada")
      const path = `${back.pathname}${back.search}`
      for (const other of [bench.as("nobody"), bench.showing({ cookie: (await begin(bench)).cookie })])
        assert.equal((await other.get(path)).body.code, "LOGIN_REFUSED")
      assert.equal((await bench.showing({ cookie }).get(path)).status, 302)
      assert.equal((await bench.showing({ cookie }).get(path)).body.code, "LOGIN_REFUSED")
      const aborted = await logIn(bench, "ada", { abort: true })
      assert.deepEqual([aborted.status, aborted.body.code], [403, "LOGIN_REFUSED"])
      const forged = await begin(bench)
      const state = new URL(forged.url).searchParams.get("state")
      const reply = await bench.showing({ cookie: forged.cookie }).get(`/oidc/callback?code=forged&state=${state}`)
      assert.deepEqual([reply.status, reply.body.code], [502, "OIDC_FAILED"])
    },
  )

  databases.test(
    "nobody is sent on to another site, and without an issuer nobody is sent anywhere",
    async (context) => {
      const bench = await appBench(context, await databases.open(context))
      for (const path of ["https://evil.example", "//evil.example", "/\\evil.example", "/a\r\nSet-Cookie:x=y", "x"])
        assert.equal((await bench.as("nobody").get(`/oidc/start?return=${encodeURIComponent(path)}`)).status, 400, path)
      assert.equal((await bench.as("nobody").get("/oidc/start")).body.code, "OIDC_NOT_CONFIGURED")
    },
  )

  databases.test("an issuer that is not there is said to be so, and asked again the next time", async (context) => {
    const oidc = await openOidc({
      issuer: "http://127.0.0.1:9",
      label: "the university",
      clientId: "x",
      redirectUrl: REDIRECT_URL,
      newAccounts: true,
    })
    const bench = await appBench(context, await databases.open(context), { oidc })
    for (let n = 0; n < 2; n++) {
      const reply = await bench.as("nobody").get("/oidc/start")
      assert.deepEqual([reply.status, reply.body.code], [502, "OIDC_FAILED"])
    }
  })
})
