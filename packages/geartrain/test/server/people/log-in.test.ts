import assert from "node:assert/strict"
import { hashPassword, USUAL_WORK } from "../../../src/system/secrets/password-hash.ts"
import { type AppBench, appBench, type Reply } from "../app-bench.ts"
import { onDatabases } from "../on-databases.ts"

const PASSWORD = "correct horse battery"

async function withPassword(bench: AppBench): Promise<void> {
  const reply = await bench.as("admin").put(`/users/${bench.id("user")}/password`, { password: PASSWORD })
  assert.equal(reply.status, 204, reply.text)
}

function cookieOf(reply: Reply): string {
  return String(reply.headers["set-cookie"]).split(";")[0] ?? ""
}

onDatabases((databases) => {
  databases.test("who logs in is known by a cookie that no page can read, until they log out", async (context) => {
    const bench = await appBench(context, await databases.open(context))
    await withPassword(bench)
    const reply = await bench.as("nobody").post("/login", { login: "USER@lab.example", password: PASSWORD })
    assert.equal(reply.status, 200, reply.text)
    assert.equal(reply.body.user, bench.id("user"))
    assert.match(
      String(reply.headers["set-cookie"]),
      /^gear_session=gts_\w+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    )
    const browser = bench.showing({ cookie: cookieOf(reply), "sec-fetch-site": "same-origin" })
    const me = await browser.get("/me")
    assert.equal(me.body.user.login, "user")
    assert.equal(me.body.method, "session")
    assert.equal((await browser.get("/me/sessions")).body.items[0].present, true)
    const out = await browser.post("/logout")
    assert.equal(out.status, 204, out.text)
    assert.equal(out.text, "")
    assert.equal((await browser.get("/me")).status, 401)
  })

  databases.test("only a digest of what a session or key shows is kept", async (context) => {
    const bench = await appBench(context, await databases.open(context))
    await withPassword(bench)
    const reply = await bench.as("nobody").post("/login", { login: "user", password: PASSWORD })
    const secrets = [cookieOf(reply).slice(-64), bench.key("user").slice(-64), PASSWORD]
    const { read } = bench.ports.database
    const kept = JSON.stringify([
      await read.selectFrom("sessions").selectAll().execute(),
      await read.selectFrom("api_keys").selectAll().execute(),
      await read.selectFrom("passwords").selectAll().execute(),
      await read.selectFrom("audit").selectAll().execute(),
      await read.selectFrom("events").selectAll().execute(),
    ])
    for (const secret of secrets) assert.equal(kept.includes(secret), false)
  })

  databases.test(
    "a wrong password, nobody's name and a disabled account are refused in the same words",
    async (context) => {
      const bench = await appBench(context, await databases.open(context))
      await withPassword(bench)
      const nobody = bench.as("nobody")
      const wrong = await nobody.post("/login", { login: "user", password: "wrong" })
      assert.equal(wrong.status, 401)
      assert.equal(wrong.body.code, "LOGIN_FAILED")
      const missing = await nobody.post("/login", { login: "no-such", password: PASSWORD })
      const none = await nobody.post("/login", { login: "other", password: PASSWORD })
      await bench.as("admin").patch(`/users/${bench.id("user")}`, { disabled: true })
      const disabled = await nobody.post("/login", { login: "user", password: PASSWORD })
      for (const other of [missing, none, disabled])
        assert.deepEqual({ ...other.body, instance: "" }, { ...wrong.body, instance: "" })
    },
  )

  databases.test(
    "failing again and again takes longer and longer, and the right password waits too",
    async (context) => {
      let nowMs = Date.now()
      const bench = await appBench(context, await databases.open(context), { now: () => nowMs })
      await withPassword(bench)
      const nobody = bench.as("nobody")
      const waits: number[] = []
      for (let n = 1; n <= 9; n++) {
        const reply = await nobody.post("/login", { login: "User", password: "wrong" })
        if (reply.status === 429) {
          assert.equal(reply.body.code, "TOO_MANY_REQUESTS")
          assert.equal(reply.headers["retry-after"], String(reply.body.details.retryAfterSeconds))
          waits.push(reply.body.details.retryAfterSeconds)
          nowMs += reply.body.details.retryAfterSeconds * 1000
        } else assert.equal(reply.status, 401, reply.text)
      }
      assert.deepEqual(waits, [1, 2])
      await nobody.post("/login", { login: "user", password: "wrong" })
      assert.equal((await nobody.post("/login", { login: "user", password: PASSWORD })).status, 429)
      nowMs += 60_000
      assert.equal((await nobody.post("/login", { login: "user", password: PASSWORD })).status, 200)
      assert.equal((await nobody.post("/login", { login: "user", password: "wrong" })).status, 401)
    },
  )

  databases.test("who guesses at an account from elsewhere does not keep its owner out", async (context) => {
    let nowMs = Date.now()
    const bench = await appBench(context, await databases.open(context), {
      now: () => nowMs,
      settings: { trustedProxies: ["127.0.0.1"] },
    })
    await withPassword(bench)
    const from = (address: string, password: string) =>
      bench
        .as("nobody")
        .post("/login", { login: "user", password }, { headers: { "x-forwarded-for": address } })
        .then(({ status }) => status)
    const guesses: number[] = []
    for (let n = 0; n < 7; n++) guesses.push(await from("203.0.113.9", "wrong"))
    assert.deepEqual(guesses, [...Array(6).fill(401), 429])
    assert.equal(await from("198.51.100.1", PASSWORD), 200)
    for (let n = 10; n < 61; n++) await from(`203.0.113.${n}`, "wrong")
    assert.equal(await from("198.51.100.1", PASSWORD), 429)
    nowMs += 60_000
    assert.equal(await from("198.51.100.1", PASSWORD), 200)
  })

  databases.test("an address that tries many accounts waits as well", async (context) => {
    let nowMs = Date.now()
    const bench = await appBench(context, await databases.open(context), { now: () => nowMs++ })
    const nobody = bench.as("nobody")
    const states: number[] = []
    for (let n = 0; n < 22; n++)
      states.push((await nobody.post("/login", { login: `guess-${n}`, password: "wrong" })).status)
    assert.deepEqual(states, [...Array(21).fill(401), 429])
  })

  databases.test("a session ends when it is not used, and in the end however much it is", async (context) => {
    let nowMs = Date.now()
    const hour = 3_600_000
    const bench = await appBench(context, await databases.open(context), {
      now: () => nowMs,
      peopleSettings: { sessionIdleMs: 2 * hour, sessionMs: 5 * hour },
    })
    await withPassword(bench)
    const cookie = cookieOf(await bench.as("nobody").post("/login", { login: "user", password: PASSWORD }))
    const browser = bench.showing({ cookie })
    for (let n = 0; n < 3; n++) {
      nowMs += 1.5 * hour
      assert.equal((await browser.get("/me")).status, 200)
    }
    nowMs += hour
    assert.equal((await browser.get("/me")).status, 401)
    const idle = bench.showing({
      cookie: cookieOf(await bench.as("nobody").post("/login", { login: "user", password: PASSWORD })),
    })
    nowMs += 2 * hour
    assert.equal((await idle.get("/me")).status, 401)
  })

  databases.test("logging out everywhere, and a new password, end all other sessions", async (context) => {
    const bench = await appBench(context, await databases.open(context))
    await withPassword(bench)
    const logIn = async () =>
      bench.showing({
        cookie: cookieOf(await bench.as("nobody").post("/login", { login: "user", password: PASSWORD })),
        "x-gear-csrf": "1",
      })
    const [one, other] = [await logIn(), await logIn()]
    const path = `/users/${bench.id("user")}/password`
    assert.equal((await one.put(path, { password: "another long one" })).body.code, "LOGIN_FAILED")
    assert.equal((await one.put(path, { password: "short", present: PASSWORD })).body.code, "PASSWORD_UNFIT")
    assert.equal((await one.put(path, { password: "another long one", present: PASSWORD })).status, 204)
    assert.equal((await one.get("/me")).status, 200)
    assert.equal((await other.get("/me")).status, 401)
    assert.equal((await one.post("/logout", { everywhere: true })).status, 204)
    assert.equal((await one.get("/me")).status, 401)
  })

  databases.test("a hash with yesterday's work is made anew when its owner logs in", async (context) => {
    const database = await databases.open(context)
    const bench = await appBench(context, database)
    const old = await hashPassword(PASSWORD, { ...USUAL_WORK, memoryKib: 8192 })
    await database.write(({ sql }) =>
      sql
        .insertInto("passwords")
        .values({ user_id: bench.id("user"), phc: old, changed_ms: 0 })
        .execute(),
    )
    assert.equal((await bench.as("nobody").post("/login", { login: "user", password: PASSWORD })).status, 200)
    const row = await database.read.selectFrom("passwords").select("phc").executeTakeFirstOrThrow()
    assert.match(row.phc, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    assert.equal((await bench.as("nobody").post("/login", { login: "user", password: PASSWORD })).status, 200)
  })

  databases.test("what another site made a browser send changes nothing", async (context) => {
    const bench = await appBench(context, await databases.open(context), {
      settings: { publicUrl: "https://gears.lab.example", corsOrigins: ["https://viewer.lab.example"] },
    })
    await withPassword(bench)
    const cookie = cookieOf(await bench.as("nobody").post("/login", { login: "user", password: PASSWORD }))
    const make = (headers: Record<string, string>) =>
      bench.showing({ cookie, ...headers }).post("/keys", { label: "k" })
    const refused: Record<string, string>[] = [
      {},
      { origin: "https://evil.example" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "cross-site", "x-gear-csrf": "1" },
    ]
    for (const headers of refused) {
      const reply = await make(headers)
      assert.equal(reply.status, 403, JSON.stringify(headers))
      assert.equal(reply.body.code, "CSRF_REFUSED")
    }
    for (const headers of [
      { "x-gear-csrf": "1" },
      { "sec-fetch-site": "same-origin" },
      { origin: "https://gears.lab.example" },
      { origin: "https://viewer.lab.example", "sec-fetch-site": "same-site" },
    ])
      assert.equal((await make(headers)).status, 201, JSON.stringify(headers))
    assert.equal((await bench.showing({ cookie, "sec-fetch-site": "cross-site" }).get("/me")).status, 200)
  })
})
