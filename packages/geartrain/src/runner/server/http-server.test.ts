import assert from "node:assert/strict"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { type TestContext, test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { httpServer } from "./http-server.ts"
import type { RunnerServer } from "./runner-server.ts"

const DIGEST = `sha256:${"a".repeat(64)}` as const

test("what the server refuses comes with its own code and words", async (context) => {
  const server = await answering(context, (_, reply) => {
    reply.writeHead(409, { "content-type": "application/problem+json" })
    reply.end(JSON.stringify({ code: "ATTEMPT_STALE", detail: "Cannot finish: it is another's", hint: "Forget it" }))
  })
  await assert.rejects(
    server.attempt("r", { job: "j", attempt: 1 }).release("why"),
    (error) =>
      isGeartrainError(error, "ATTEMPT_STALE") &&
      error.message === "Cannot finish: it is another's" &&
      error.hint === "Forget it",
  )
})

test("a server that is busy says how long to wait, and a page of a proxy is no answer of a server", async (context) => {
  const busy = await answering(context, (_, reply) => reply.writeHead(503, { "retry-after": "7" }).end("<html>"))
  await assert.rejects(
    busy.heartbeat("r", { jobs: [], free: 0, draining: false }),
    (error) => isGeartrainError(error, "SERVER_UNREACHABLE") && error.details["retryAfterMs"] === 7000,
  )
  for (const status of [200, 404]) {
    const proxy = await answering(context, (_, reply) => reply.writeHead(status).end("<html>"))
    await assert.rejects(proxy.claim("r", { free: 1, waitMs: 0 }), (error) =>
      isGeartrainError(error, "SERVER_REPLY_UNREADABLE"),
    )
  }
})

test("a blob is asked for from where it broke off, and by the job's token", async (context) => {
  const asked: unknown[] = []
  const server = await answering(context, ({ headers, url }, reply) => {
    asked.push([url, headers.range, headers.authorization])
    reply.writeHead(headers.range === undefined ? 200 : 206).end("bytes")
  })
  const read = async (offset: number): Promise<string> => {
    const pieces: Uint8Array[] = []
    for await (const piece of server.blobs("job").get(DIGEST, { offset })) pieces.push(piece)
    return Buffer.concat(pieces).toString()
  }
  assert.deepEqual([await read(0), await read(3)], ["bytes", "bytes"])
  assert.deepEqual(asked, [
    [`/api/v1/blobs/${DIGEST}`, undefined, "Bearer job"],
    [`/api/v1/blobs/${DIGEST}`, "bytes=3-", "Bearer job"],
  ])
})

test("a server that ignores from where bytes are wanted is not believed", async (context) => {
  const server = await answering(context, (_, reply) => reply.writeHead(200).end("bytes"))
  await assert.rejects(
    async () => {
      for await (const _ of server.blobs("job").get(DIGEST, { offset: 3 })) assert.fail("nothing is to come")
    },
    (error) => isGeartrainError(error, "SERVER_REPLY_UNREADABLE"),
  )
})

test("bytes that break off are told as a line that broke", async (context) => {
  const server = await answering(context, (_, reply) => {
    reply.writeHead(200, { "content-length": "100" })
    reply.write("some")
    setTimeout(() => reply.destroy(), 50)
  })
  await assert.rejects(
    async () => {
      for await (const _ of server.blobs("job").get(DIGEST, { offset: 0 }));
    },
    (error) => isGeartrainError(error, "SERVER_UNREACHABLE"),
  )
})

test("a blob that is not there is no error when it is only looked for", async (context) => {
  const server = await answering(context, ({ url }, reply) => reply.writeHead(url?.includes("aaa") ? 404 : 200).end())
  assert.equal(await server.blobs("job").has(DIGEST), false)
  assert.equal(await server.blobs("job").has(`sha256:${"b".repeat(64)}`), true)
})

test("where nobody listens, there is no server", async () => {
  const server = httpServer(new URL("http://127.0.0.1:1"), "token")
  await assert.rejects(
    server.claim("r", { free: 1, waitMs: 0 }),
    (error) => isGeartrainError(error, "SERVER_UNREACHABLE") && error.retry === "later" && !/token/.test(error.message),
  )
})

async function answering(
  context: TestContext,
  answer: (request: IncomingMessage, reply: ServerResponse) => void,
): Promise<RunnerServer> {
  const server = createServer((request, reply) => {
    request.resume()
    answer(request, reply)
  })
  context.after(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as { readonly port: number }
  return httpServer(new URL(`http://127.0.0.1:${port}`), "runner")
}
