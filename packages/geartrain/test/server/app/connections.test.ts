import assert from "node:assert/strict"
import { connect } from "node:net"
import { text } from "node:stream/consumers"
import { type TestContext, test } from "node:test"
import { openSqlite } from "../../../src/server/database/sqlite/open-sqlite.ts"
import { type AppBench, appBench } from "../app-bench.ts"

/** Sends these bytes on a connection of their own, and reads until the server closes it. */
async function talk(bench: AppBench, words: string): Promise<string> {
  const { port } = new URL(await bench.listen())
  const socket = connect(Number(port), "127.0.0.1")
  socket.write(words)
  return text(socket)
}

async function benchOf(context: TestContext, bodyMs?: number): Promise<AppBench> {
  const database = await openSqlite(":memory:")
  context.after(() => database.close())
  return appBench(context, database, { settings: bodyMs === undefined ? {} : { limits: { bodyMs } } })
}

test("what is no HTTP is answered as a problem, and the connection closed", async (context) => {
  const answer = await talk(await benchOf(context), "HELO there\r\n\r\n")
  assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/problem\+json\r\n/)
  assert.match(answer, /"code":"REQUEST_INVALID"/)
})

test("headers that are too large are refused", async (context) => {
  const answer = await talk(await benchOf(context), `GET / HTTP/1.1\r\nHost: x\r\nX-Big: ${"a".repeat(20_000)}\r\n\r\n`)
  assert.match(answer, /^HTTP\/1\.1 413 /)
  assert.match(answer, /"code":"REQUEST_TOO_LARGE"/)
})

test("a body that does not arrive is not waited for", async (context) => {
  const head =
    "POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
  const answer = await talk(await benchOf(context, 50), head)
  assert.match(answer, /^HTTP\/1\.1 408 /)
  assert.equal(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n"))).code, "REQUEST_TIMED_OUT")
})
