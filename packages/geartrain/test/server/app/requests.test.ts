import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import type { AppSettings } from "../../../src/server/app/app-settings.ts"
import { openSqlite } from "../../../src/server/database/sqlite/open-sqlite.ts"
import { type AppBench, appBench } from "../app-bench.ts"

async function benchOf(context: TestContext, settings: Partial<AppSettings> = {}): Promise<AppBench> {
  const database = await openSqlite(":memory:")
  context.after(() => database.close())
  return appBench(context, database, { settings })
}

test("all faults of a request are told at once, each by where it is", async (context) => {
  const bench = await benchOf(context)
  const reply = await bench.as("admin").post("/users", { login: " x", name: 7, email: "no" })
  assert.equal(reply.status, 400)
  assert.equal(reply.body.code, "REQUEST_INVALID")
  assert.equal(reply.body.type, "urn:geartrain:error:REQUEST_INVALID")
  assert.deepEqual(
    reply.body.details.faults.map(({ path }: { path: string }) => path),
    ["body.login", "body.name", "body.email"],
  )
  assert.equal(reply.body.instance, reply.headers["x-request-id"])
  const query = await bench.as("admin").get("/users?limit=0")
  assert.deepEqual(
    query.body.details.faults.map(({ path }: { path: string }) => path),
    ["querystring.limit"],
  )
})

test("bodies that are broken, too large, too deep, or of another type are refused by what is wrong", async (context) => {
  const bench = await benchOf(context)
  const send = (payload: string, type = "application/json") =>
    bench.app
      .inject({ method: "POST", url: "/api/v1/login", payload, headers: { "content-type": type } })
      .then((reply) => [reply.statusCode, reply.json().code])
  assert.deepEqual(await send("{"), [400, "REQUEST_INVALID"])
  assert.deepEqual(await send(""), [400, "REQUEST_INVALID"])
  assert.deepEqual(await send('{"__proto__":{"login":"x"}}'), [400, "REQUEST_INVALID"])
  assert.deepEqual(await send("[".repeat(500_000)), [400, "REQUEST_INVALID"])
  assert.deepEqual(await send(`{"login":"${"a".repeat(1024 ** 2)}"}`), [413, "REQUEST_TOO_LARGE"])
  assert.deepEqual(await send("login=x", "application/x-www-form-urlencoded"), [415, "MEDIA_TYPE_UNSUPPORTED"])
  assert.deepEqual(await send("x", "application/octet-stream"), [415, "MEDIA_TYPE_UNSUPPORTED"])
  assert.deepEqual(await send("{}", "text/plain"), [415, "MEDIA_TYPE_UNSUPPORTED"])
})

test("an address that cannot be read is refused", async (context) => {
  const nobody = (await benchOf(context)).as("nobody")
  for (const path of ["/users/%", "/users/%00", "/users/%ff"]) assert.equal((await nobody.get(path)).status, 400, path)
  assert.equal((await nobody.get(`/users/${"a".repeat(2000)}`)).body.code, "REQUEST_INVALID")
})

test("too many requests are refused, by caller, and by address for those who show nothing that holds", async (context) => {
  const bench = await benchOf(context, { limits: { perCallerPerMinute: 3, anonymousPerMinute: 5 } })
  for (let n = 0; n < 3; n++) assert.equal((await bench.as("user").get("/me")).status, 200)
  const refused = await bench.as("user").get("/me")
  assert.deepEqual([refused.status, refused.body.code], [429, "TOO_MANY_REQUESTS"])
  assert.match(String(refused.headers["retry-after"]), /^\d+$/)
  assert.equal((await bench.as("other").get("/me")).status, 200)
  const wrong = bench.showing({ authorization: "Bearer gtk_wrong" })
  for (let n = 0; n < 5; n++) assert.equal((await wrong.get("/me")).status, 401)
  assert.equal((await wrong.get("/me")).status, 429)
  assert.equal((await bench.as("nobody").get("/health")).status, 429)
  assert.equal((await bench.as("other").get("/me")).status, 429, "a guessed key is not looked up from there either")
})

test("who forwards requests is believed only where it is said to", async (context) => {
  const from = async (trustedProxies: readonly string[] | undefined) => {
    const bench = await benchOf(context, trustedProxies === undefined ? {} : { trustedProxies })
    await bench
      .as("nobody")
      .post("/login", { login: "x", password: "y" }, { headers: { "x-forwarded-for": "203.0.113.9" } })
    return (await bench.as("admin").get("/audit")).body.items.find(
      ({ action }: { action: string }) => action === "log-in",
    ).address
  }
  assert.equal(await from(undefined), "127.0.0.1")
  assert.equal(await from(["127.0.0.1"]), "203.0.113.9")
  assert.equal(await from(["10.0.0.0/8"]), "127.0.0.1")
})

test("pages of other origins may call it only when they are named, and with https it says so", async (context) => {
  const closed = await benchOf(context)
  const headers = { origin: "https://viewer.example" }
  assert.equal(
    (await closed.as("nobody").get("/health", { headers })).headers["access-control-allow-origin"],
    undefined,
  )
  const open = await benchOf(context, { corsOrigins: ["https://viewer.example"], publicUrl: "https://gears.example" })
  const reply = await open.as("nobody").get("/health", { headers })
  assert.equal(reply.headers["access-control-allow-origin"], "https://viewer.example")
  assert.match(String(reply.headers["strict-transport-security"]), /^max-age=31536000/)
  await open.as("admin").put(`/users/${open.id("user")}/password`, { password: "correct horse battery" })
  const session = await open.as("nobody").post("/login", { login: "user", password: "correct horse battery" })
  assert.match(String(session.headers["set-cookie"]), /; HttpOnly; Secure; SameSite=Lax$/)
  const other = await open.as("nobody").get("/health", { headers: { origin: "https://evil.example" } })
  assert.notEqual(other.headers["access-control-allow-origin"], "https://evil.example")
  assert.equal(reply.headers["content-security-policy"], "default-src 'none';frame-ancestors 'none'")
})

test("a failure of the server tells its log what it was, and the caller where to look", async (context) => {
  const lines: string[] = []
  const bench = await benchOf(context, { log: (line) => lines.push(line) })
  await bench.ports.database.write(({ sql }) => sql.deleteFrom("users").execute())
  await bench.ports.database.close()
  const reply = await bench.as("admin").get("/me?secret=1", { headers: { cookie: "gear_session=gts_secret" } })
  assert.ok(reply.status === 500 || reply.status === 503, reply.text)
  assert.doesNotMatch(reply.text, /database is not open|\.ts/)
  assert.match(lines.join(""), new RegExp(reply.body.instance))
  for (const secret of [bench.key("admin"), "secret=1", "gts_secret"])
    assert.equal(lines.join("").includes(secret), false)
})
