import assert from "node:assert/strict"
import { memoryBlobStore } from "@geartrain/ports/fakes"
import { appBench } from "../app-bench.ts"
import { onDatabases } from "../on-databases.ts"

onDatabases((databases) => {
  databases.test("it says that it lives, that it is ready, and what it offers", async (context) => {
    const bench = await appBench(context, await databases.open(context))
    const nobody = bench.as("nobody")
    assert.deepEqual((await nobody.get("/health")).body, { status: "ok" })
    assert.deepEqual((await nobody.get("/ready")).body, { status: "ready", database: databases.kind })
    const document = (await nobody.get("/openapi.json")).body
    assert.equal(document.openapi, "3.1.0")
    assert.equal(document.paths["/api/v1/ready"].get.operationId, "getReady")
    assert.deepEqual(document.paths["/api/v1/ready"].get.responses["503"].content["application/problem+json"].schema, {
      $ref: "#/components/schemas/Problem",
    })
  })

  databases.test("a database that was closed, or a store that fails, is not ready", async (context) => {
    const database = await databases.open(context)
    const failing = { ...memoryBlobStore(), stat: async () => Promise.reject(new Error("secret words")) }
    const bench = await appBench(context, database, { blobs: failing })
    const reply = await bench.as("nobody").get("/ready")
    assert.equal(reply.status, 503)
    assert.equal(reply.body.code, "SERVER_NOT_READY")
    assert.doesNotMatch(reply.text, /secret words/)
  })

  databases.test("what no route is for is a problem, and tells nothing else", async (context) => {
    const bench = await appBench(context, await databases.open(context))
    const reply = await bench.as("nobody").get("/no-such-thing")
    assert.equal(reply.status, 404)
    assert.equal(reply.headers["content-type"], "application/problem+json; charset=utf-8")
    assert.equal(reply.body.code, "ROUTE_NOT_FOUND")
    assert.equal(reply.headers["cache-control"], "no-store")
    assert.equal(reply.headers["x-content-type-options"], "nosniff")
    assert.equal(reply.headers["strict-transport-security"], undefined)
  })
})
