import assert from "node:assert/strict"
import { test } from "node:test"
import fastify from "fastify"
import { logOf } from "./log-of.ts"

test("a server without a log writes none", () => {
  assert.equal(logOf({ version: "0" }), false)
})

test("the log says who asked for which route and what came of it, and neither what was shown nor what was asked", async () => {
  const lines: string[] = []
  const app = fastify({ logger: logOf({ version: "0", log: (line) => void lines.push(line) }) })
  app.post("/jobs/:id", async () => ({ answer: "secret answer" }))
  const request = {
    method: "POST",
    url: "/jobs/secret-id?token=secret-query",
    headers: { authorization: "Bearer secret-key", cookie: "gear_session=secret-session" },
    payload: { password: "secret-body" },
  } as const
  const status = await app.inject(request).then(({ statusCode }) => statusCode)
  assert.equal(status, 200)
  await app.close()
  const [asked, answered] = lines.map((line) => JSON.parse(line))
  assert.deepEqual(
    [asked.req.method, asked.req.route, asked.req.from, answered.res],
    ["POST", "/jobs/:id", "127.0.0.1", { status: 200 }],
  )
  assert.deepEqual(Object.keys(asked.req).toSorted(), ["from", "id", "method", "route"])
  assert.ok(!lines.join("").includes("secret"), lines.join(""))
})
