import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { patientFetch } from "./patient-fetch.ts"

type Answer = Response | Error

/** A server that answers in this order, and notes what it was asked; the last answer stays. */
function server(...answers: readonly (() => Answer)[]) {
  const asked: string[] = []
  const fetch = async (request: Request): Promise<Response> => {
    const answer = answers[Math.min(asked.length, answers.length - 1)]?.() ?? new Response()
    asked.push(`${request.method} ${await request.text()}`)
    if (answer instanceof Error) throw answer
    return answer
  }
  return { asked, fetch }
}

const busy =
  (headers: Record<string, string> = {}) =>
  (): Response =>
    new Response("busy", { status: 503, headers })
const fine = (): Response => new Response("fine")
const away = (): Error => new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") })

function request(method: string, body?: string, type = "application/json"): Request {
  const init = body === undefined ? {} : { body, headers: { "content-type": type } }
  return new Request("http://server.test/api", { method, ...init })
}

const PATIENCE_MS = 60_000

test("what the server has refused to look at is sent again whole, whatever it was", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] })
  const { asked, fetch } = server(busy(), () => new Response("", { status: 429 }), fine)
  const reply = patientFetch(fetch, PATIENCE_MS)(request("POST", '{"a":1}'))
  await advance(t.mock.timers, [200, 400])
  assert.equal(await (await reply).text(), "fine")
  assert.deepEqual(
    asked,
    Array.from({ length: 3 }, () => 'POST {"a":1}'),
  )
})

test("a server that was away is asked again only where that can do no harm", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] })
  for (const method of ["GET", "HEAD", "PUT", "DELETE"]) {
    const { asked, fetch } = server(away, fine)
    const reply = patientFetch(fetch, PATIENCE_MS)(request(method))
    await advance(t.mock.timers, [200])
    assert.equal((await reply).status, 200, method)
    assert.equal(asked.length, 2, method)
  }
  for (const method of ["POST", "PATCH"]) {
    const { asked, fetch } = server(away, fine)
    await assert.rejects(patientFetch(fetch, PATIENCE_MS)(request(method)), (error) => {
      assert.ok(isGeartrainError(error, "SERVER_UNREACHABLE"))
      assert.equal(error.message, "Cannot reach the server at http://server.test: connect ECONNREFUSED")
      return true
    })
    assert.equal(asked.length, 1, method)
  }
})

test("what can be read only once is sent once", async () => {
  const { asked, fetch } = server(busy(), fine)
  const reply = await patientFetch(fetch, PATIENCE_MS)(request("PUT", "bytes", "application/octet-stream"))
  assert.deepEqual([reply.status, asked], [503, ["PUT bytes"]])
})

test("a server is left alone for as long as it asks, unless that is longer than the patience", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] })
  const { asked, fetch } = server(busy({ "retry-after": "7" }), fine)
  const reply = patientFetch(fetch, PATIENCE_MS)(request("GET"))
  await advance(t.mock.timers, [6999])
  assert.equal(asked.length, 1)
  await advance(t.mock.timers, [1])
  assert.equal((await reply).status, 200)
  for (const seconds of ["61", "86400", "99999999999"]) {
    const patient = server(busy({ "retry-after": seconds }), fine)
    const told = await patientFetch(patient.fetch, PATIENCE_MS)(request("GET"))
    assert.deepEqual([told.status, await told.text(), patient.asked.length], [503, "busy", 1], seconds)
  }
})

test("a wish that is no number of seconds changes nothing about the waits", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] })
  for (const wish of ["Wed, 21 Oct 2026 07:28:00 GMT", "soon", "-5", "", "1e3"]) {
    const { asked, fetch } = server(busy({ "retry-after": wish }), fine)
    const reply = patientFetch(fetch, PATIENCE_MS)(request("GET"))
    await advance(t.mock.timers, [199])
    assert.equal(asked.length, 1, wish)
    await advance(t.mock.timers, [1])
    assert.equal((await reply).status, 200, wish)
  }
})

test("without patience the first answer is the answer", async () => {
  const { asked, fetch } = server(busy())
  assert.equal((await patientFetch(fetch, 0)(request("GET"))).status, 503)
  await assert.rejects(patientFetch(server(away).fetch, 0)(request("GET")), { code: "SERVER_UNREACHABLE" })
  assert.equal(asked.length, 1)
})

test("an answer that is none of these is handed on as it is", async () => {
  for (const status of [400, 404, 500, 502]) {
    const { asked, fetch } = server(() => new Response("", { status }))
    assert.equal((await patientFetch(fetch, PATIENCE_MS)(request("GET"))).status, status)
    assert.equal(asked.length, 1)
  }
})

test("whoever asks can stop, also between two tries, and gets their own reason", async () => {
  const stop = new AbortController()
  const reason = new Error("enough")
  const { asked, fetch } = server(away)
  const reply = patientFetch(fetch, PATIENCE_MS)(new Request("http://server.test", { signal: stop.signal }))
  await settle()
  stop.abort(reason)
  await assert.rejects(reply, reason)
  assert.equal(asked.length, 1)
})

test("the reason is the innermost that is known", async () => {
  const reasonOf = async (error: Error): Promise<string> => {
    try {
      await patientFetch(server(() => error).fetch, 0)(request("GET"))
    } catch (told) {
      return (told as Error).message.replace(/^.*?test: /, "")
    }
    return "none"
  }
  const both = new AggregateError([new Error("connect ECONNREFUSED ::1"), new Error("second")])
  assert.equal(await reasonOf(new TypeError("fetch failed", { cause: both })), "connect ECONNREFUSED ::1")
  assert.equal(await reasonOf(new TypeError("fetch failed", { cause: new Error("") })), "fetch failed")
  assert.equal(await reasonOf(new TypeError("bad port")), "bad port")
})

/** Lets everything happen that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

async function advance(timers: { tick(ms: number): void }, waits: readonly number[]): Promise<void> {
  for (const ms of waits) {
    await settle()
    timers.tick(ms)
    await settle()
  }
}
