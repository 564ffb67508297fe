import assert from "node:assert/strict"
import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { type TestContext, test } from "node:test"
import { followEvents, openClient } from "@geartrain/sdk/client"
import { isGeartrainError } from "@geartrain/spec"

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** A server that answers one request after another, the last answer for all that come after. */
async function serving(context: TestContext, ...answers: Answer[]): Promise<{ url: string; asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = []
  const server = createServer((request, response) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)]
    asked.push(request)
    answer?.(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  context.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

function reply(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (_request, response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers })
    response.end(typeof body === "string" ? body : JSON.stringify(body))
  }
}

test("the token goes with every request, and the answer comes back", async (context) => {
  const { url, asked } = await serving(context, reply(200, { status: "ok" }))
  const client = openClient({ url: `${url}/`, token: "secret" })
  const { data } = await client.api.GET("/api/v1/health")
  assert.deepEqual(data, { status: "ok" })
  assert.equal(await (await client.send("/api/v1/health")).text(), '{"status":"ok"}')
  assert.deepEqual(
    asked.map(({ headers, url: path }) => [headers.authorization, path]),
    [
      ["Bearer secret", "/api/v1/health"],
      ["Bearer secret", "/api/v1/health"],
    ],
  )
})

test("an error of the server's is thrown under its own code, with what to do", async (context) => {
  const problem = { code: "PROJECT_NOT_FOUND", detail: "There is none", hint: "Look", details: { project: "p" } }
  const { url } = await serving(context, reply(404, problem))
  const client = openClient({ url })
  for (const ask of [() => client.api.GET("/api/v1/health"), () => client.send("/api/v1/x")]) {
    await assert.rejects(
      ask(),
      (error) =>
        isGeartrainError(error, "PROJECT_NOT_FOUND") &&
        error.message === "There is none" &&
        error.hint === "Look" &&
        error.details["status"] === 404,
    )
  }
})

test("a code of a newer server, and an answer that is none, are told as such", async (context) => {
  const newer = await serving(context, reply(422, { code: "OF_TOMORROW", detail: "No" }))
  await assert.rejects(openClient({ url: newer.url }).send("/"), (error) => isGeartrainError(error, "SERVER_REFUSED"))
  const other = await serving(context, reply(404, "<html>not here"))
  await assert.rejects(openClient({ url: other.url }).send("/"), (error) =>
    isGeartrainError(error, "SERVER_REPLY_UNREADABLE"),
  )
})

test("what the server was too busy for is asked again; what may have arrived is not sent twice", async (context) => {
  const busy = await serving(context, reply(503, { code: "DATABASE_UNAVAILABLE" }), reply(429, {}), reply(200, {}))
  const body = JSON.stringify({ a: 1 })
  const headers = { "content-type": "application/json" }
  await openClient({ url: busy.url }).send("/", { method: "POST", body, headers })
  assert.equal(busy.asked.length, 3)
  const cut = await serving(context, (request) => request.socket.destroy())
  await assert.rejects(openClient({ url: cut.url }).send("/", { method: "POST", body, headers }), (error) =>
    isGeartrainError(error, "SERVER_UNREACHABLE"),
  )
  assert.equal(cut.asked.length, 1)
  const flaky = await serving(context, (request) => request.socket.destroy(), reply(200, {}))
  await openClient({ url: flaky.url }).send("/")
  assert.equal(flaky.asked.length, 2)
})

test("nobody at the address, and no address at all", async () => {
  const gone = createServer().listen(0, "127.0.0.1")
  await once(gone, "listening")
  const { port } = gone.address() as AddressInfo
  gone.close()
  await once(gone, "close")
  await assert.rejects(
    openClient({ url: `http://127.0.0.1:${port}`, patienceMs: 0 }).send("/"),
    (error) => isGeartrainError(error, "SERVER_UNREACHABLE") && /ECONNREFUSED/.test(error.message),
  )
  for (const url of ["gears.lab.example", "ftp://a", "https://user:secret@a", "https://a/?q=1", ""]) {
    assert.throws(
      () => openClient({ url }),
      (error) => isGeartrainError(error, "SERVER_ADDRESS_INVALID"),
      url,
    )
  }
})

test("a stream that is cut goes on after the last message that came", async (context) => {
  const stream =
    (text: string, isWhole: boolean): Answer =>
    (_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" })
      response.write(text, () => (isWhole ? response.end() : response.socket?.destroy()))
    }
  const { url, asked } = await serving(
    context,
    stream("id: 1\ndata: a\n\nid: 2\r\ndata: b1\r\ndata: b2\r\n\r\nid: 3\ndata: half", false),
    stream(": a comment\n\nid: 3\nevent: end\ndata: c\n\n", true),
  )
  const seen = []
  for await (const message of followEvents(openClient({ url }), "/stream")) seen.push([message.id, message.data])
  assert.deepEqual(seen, [
    ["1", "a"],
    ["2", "b1\nb2"],
    ["3", "c"],
  ])
  assert.deepEqual(
    asked.map(({ headers }) => headers["last-event-id"]),
    [undefined, "2"],
  )
})
