import assert from "node:assert/strict"
import { request } from "node:http"
import fc from "fast-check"
import { makeApiKey } from "../../../src/server/people/tokens/api-keys.ts"
import { type AppBench, appBench } from "../app-bench.ts"
import { onDatabases } from "../on-databases.ts"
import { makeProject } from "../people/make-project.ts"
import { type Operation, operationsOf, undocumentedOf } from "./api-operations.ts"
import { type Attempt, attempts } from "./hostile-requests.ts"

/** Of all routes together, so that the time stays the same when there are more; each has some. */
const ATTEMPTS = 800
const LEAST = 4
const MOST = 30

/** Routes that go on answering are left after this; so are those that wait for something to happen. */
const PATIENCE_MS = 1500

const PLENTY = { perCallerPerMinute: 10_000_000, anonymousPerMinute: 10_000_000 }

interface Answer {
  readonly status: number
  readonly type: string
  readonly text: string
}

onDatabases((databases) => {
  databases.test("nothing that anybody sends to any route is a failure of the server", async (context) => {
    const bench = await appBench(context, await databases.open(context), { settings: { limits: PLENTY } })
    const { port } = new URL(await bench.listen())
    const operations = [...(await operationsOf(bench)), ...undocumentedOf(bench)]
    const { project, group } = await makeProject(bench)
    const ids = [project, group, bench.id("user"), bench.id("other")]
    const seen = new Set<number>()
    const numRuns = Math.max(LEAST, Math.min(MOST, Math.floor(ATTEMPTS / operations.length)))
    for (const operation of operations) {
      const key = await freshKey(bench)
      await fc.assert(
        fc.asyncProperty(attempts(operation, ids), async (attempt) => {
          const answer = await send(Number(port), operation, {
            ...attempt,
            headers: { authorization: `Bearer ${key}`, ...attempt.headers },
          })
          checkAnswer(operation, answer)
          seen.add(answer.status)
        }),
        { numRuns, endOnFailure: true },
      )
    }
    // It has come past the door, and not only been turned away at it.
    for (const status of [200, 201, 400, 404]) assert.ok(seen.has(status), `no ${status}`)
    assert.equal((await bench.as("nobody").get("/ready")).status, 200)
  })
})

/** Of an admin, who comes further than anybody; made anew, since a key may end itself. */
async function freshKey(bench: AppBench): Promise<string> {
  const caller = { kind: "person", user: bench.id("admin"), siteAdmin: true, by: { method: "none" } } as const
  return (await makeApiKey(bench.ports, caller, { label: "fuzz" })).key
}

function checkAnswer(operation: Operation, { status, type, text }: Answer): void {
  const what = `${operation.id}: ${status} ${text.slice(0, 300)}`
  assert.ok(status < 500, what)
  assert.doesNotMatch(text, /\n\s+at |node:internal|\.ts:\d|node_modules|SQLITE|syntax error at/, what)
  if (status < 400 || operation.method === "head" || status === 431) return
  // Flywheel's clients know no problems, and are told in their own way.
  assert.match(
    type,
    operation.path.startsWith("/api/v1/") ? /^application\/problem\+json/ : /^application\/(problem\+)?json/,
    what,
  )
  if (text.length < 60_000) assert.match(JSON.parse(text).code, /^[A-Z][A-Z_]+$/, what)
}

/** Sends it over a real connection, as it is: a library for tests would mend it. */
function send(port: number, operation: Operation, attempt: Attempt): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const { path, body, headers } = attempt
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }
  const sent = request({
    host: "127.0.0.1",
    port,
    method: operation.method.toUpperCase(),
    path,
    headers: { ...headers, ...length },
  })
  const chunks: Buffer[] = []
  let status = 0
  let type = ""
  const finish = (): void => {
    clearTimeout(timer)
    sent.destroy()
    resolve({ status, type, text: Buffer.concat(chunks).toString() })
  }
  const timer = setTimeout(finish, PATIENCE_MS)
  sent.on("response", (response) => {
    status = response.statusCode ?? 0
    type = response.headers["content-type"] ?? ""
    response.on("data", (chunk: Buffer) => chunks.push(chunk))
    response.on("end", finish)
    response.on("error", finish)
  })
  sent.on("error", (error: Error & { code?: string }) => {
    clearTimeout(timer)
    // A server that answers before it has read all that was sent closes the line.
    if (status !== 0 || error.code === "EPIPE" || error.code === "ECONNRESET")
      resolve({ status, type, text: Buffer.concat(chunks).toString() })
    else reject(error)
  })
  sent.end(body)
  return promise
}
