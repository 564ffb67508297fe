import assert from "node:assert/strict"
import { onDatabases } from "../on-databases.ts"
import { flywheelBench } from "./flywheel-bench.ts"

const BODIES: readonly unknown[] = [
  null,
  [],
  "x",
  7,
  { path: "x" },
  { path: [["a"]], set: [], replace: 1, tags: "x", label: {}, gear_id: 1, targets: {}, inputs: [], state: "running" },
  { gear_id: "no-such-gear", name: "n", targets: [{ type: "session", id: "x" }], all: [1], label: "\u202e" },
  { group: { _id: 1 }, project: [], subject: { label: 1 }, session: null, label: "a/b", value: "" },
]

const IDS = ["x", "..%2F..", "%27%22%3B", "a".repeat(900), "f".repeat(24)]

const ROUTES = [
  "POST /api/lookup",
  "POST /api/resolve",
  "POST /api/groups",
  "POST /api/projects",
  "POST /api/sessions",
  "POST /api/download",
  "POST /api/gears",
  "POST /api/jobs/add",
  "POST /api/batch",
  "PUT /api/groups/ID",
  "PUT /api/containers/ID",
  "POST /api/containers/ID/info",
  "POST /api/containers/ID/tags",
  "POST /api/containers/ID/analyses",
  "POST /api/containers/ID/files",
  "PUT /api/containers/ID/files/ID",
  "POST /api/containers/ID/files/ID/info",
  "POST /api/containers/ID/files/ID/classification",
  "POST /api/projects/ID/rules",
  "PUT /api/projects/ID/rules/ID",
  "PUT /api/jobs/ID",
  "POST /api/jobs/ID/retry",
  "POST /api/batch/ID/run",
  "GET /api/containers/ID/files/ID",
  "GET /api/gears/ID/suggest/ID/ID",
  "GET /api/jobs/ID/logs",
  "GET /api/files/ID",
  "GET /api/download?ticket=ID",
  "GET /api/users/ID",
]

onDatabases((databases) => {
  databases.test("whatever is sent is refused in Flywheel's form, and nothing fails", async (context) => {
    const bench = await flywheelBench(context, await databases.open(context))
    const user = bench.as("user")
    for (const route of ROUTES) {
      const [method = "", path = ""] = route.split(" ")
      for (const id of path.includes("ID") ? [...IDS, bench.ids.project] : [""]) {
        const url = path.replaceAll("ID", id)
        for (const body of method === "GET" ? [undefined] : BODIES) {
          const reply =
            method === "GET" ? await user.get(url) : await user[method === "PUT" ? "put" : "post"](url, body)
          const told = `${method} ${url} ${JSON.stringify(body)}: ${reply.status} ${reply.text.slice(0, 200)}`
          assert.ok(reply.status < 500, told)
          if (reply.status < 400) continue
          assert.equal(reply.body.status_code, reply.status, told)
          assert.equal(typeof reply.body.message, "string", told)
          assert.match(reply.body.code, /^[A-Z_]+$/, told)
        }
      }
    }
  })

  databases.test("who shows nothing of who they are learns nothing", async (context) => {
    const bench = await flywheelBench(context, await databases.open(context))
    for (const path of ["users/self", "projects", `containers/${bench.ids.project}`, "gears", "jobs"]) {
      const { status, body } = await bench.as("nobody").get(`/api/${path}`)
      assert.deepEqual([status, body.status_code, body.code], [401, 401, "NOT_AUTHENTICATED"], path)
    }
  })
})
