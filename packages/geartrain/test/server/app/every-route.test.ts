import assert from "node:assert/strict"
import { type AppBench, appBench, type Client, type Reply } from "../app-bench.ts"
import { onDatabases } from "../on-databases.ts"
import { makeProject } from "../people/make-project.ts"
import { type Operation, operationsOf, sampleOf, undocumentedOf } from "./api-operations.ts"

const PLENTY = { perCallerPerMinute: 1_000_000, anonymousPerMinute: 1_000_000 }

/** Calls a route with the smallest thing that it takes, and this id wherever it wants one. */
function call(client: Client, operation: Operation, id: string): Promise<Reply> {
  const path = operation.path.replace(/\{[^}]+\}/g, () => id)
  const query = operation.query.map(
    ({ name, schema }) => `${name}=${encodeURIComponent(String(sampleOf(schema, operation.parts)))}`,
  )
  const url = query.length === 0 ? path : `${path}?${query.join("&")}`
  const body = operation.body === undefined ? undefined : sampleOf(operation.body, operation.parts)
  return operation.method === "get" || operation.method === "head" || operation.method === "delete"
    ? client[operation.method](url)
    : client[operation.method](url, body)
}

async function refusedKeys(bench: AppBench, setNow: (ms: number) => void): Promise<Readonly<Record<string, Client>>> {
  const nowMs = bench.ports.now()
  const admin = bench.as("admin")
  const expired = (await admin.post("/keys", { label: "k", expiresMs: nowMs + 1 })).body
  const revoked = (await admin.post("/keys", { label: "k" })).body
  const runner = (await admin.post("/runner-tokens", { label: "r" })).body
  await admin.delete(`/keys/${revoked.id}`)
  await admin.delete(`/runner-tokens/${runner.id}`)
  setNow(nowMs + 10)
  const showing = (token: string): Client => bench.showing({ authorization: `Bearer ${token}` })
  return {
    nobody: bench.as("nobody"),
    expired: showing(expired.key),
    revoked: showing(revoked.key),
    "a revoked runner": showing(runner.token),
    "no key": showing("gtk_nonsense"),
  }
}

/** Of the paths for others' programs. */
const OPEN_TO_OTHERS: readonly string[] = ["get /api/config", "get /api/version"]

onDatabases((databases) => {
  databases.test("every route but the open ones wants to know who asks", async (context) => {
    let nowMs = Date.now()
    const bench = await appBench(context, await databases.open(context), {
      settings: { limits: PLENTY },
      now: () => nowMs,
    })
    const clients = await refusedKeys(bench, (ms) => {
      nowMs = ms
    })
    const open: string[] = []
    const undocumented = undocumentedOf(bench)
    assert.ok(undocumented.length > 10)
    for (const operation of [...(await operationsOf(bench)), ...undocumented]) {
      if (operation.isOpen || OPEN_TO_OTHERS.includes(operation.id)) {
        open.push(operation.id)
        continue
      }
      for (const [who, client] of Object.entries(clients)) {
        const reply = await call(client, operation, "0".repeat(24))
        assert.equal(reply.status, 401, `${operation.id} as ${who}: ${reply.text}`)
        if (operation.method !== "head") assert.match(reply.text, /"NOT_AUTHENTICATED"/, operation.id)
      }
    }
    // Who adds an open route says so here too.
    assert.deepEqual(
      open.toSorted(),
      [
        ...OPEN_TO_OTHERS,
        "finishOidc",
        "getHealth",
        "getLoginWays",
        "getOpenApi",
        "getReady",
        "logIn",
        "startOidc",
      ].toSorted(),
    )
  })

  databases.test(
    "a project that is not to be known is the same to every route as one that is not there",
    async (context) => {
      const bench = await appBench(context, await databases.open(context), { settings: { limits: PLENTY } })
      const { project } = await makeProject(bench)
      const missing = "f".repeat(24)
      const refused: string[] = []
      for (const operation of await operationsOf(bench)) {
        if (operation.params.length === 0 || operation.isOpen || operation.isStream) continue
        const told = async (id: string): Promise<unknown> => {
          const { status, body } = await call(bench.as("other"), operation, id)
          assert.ok(status >= 400 && status < 500, `${operation.id}: ${status}`)
          return [status, body?.code, body?.detail.replaceAll(id, "")]
        }
        const hidden = await told(project)
        assert.deepEqual(hidden, await told(missing), operation.id)
        if (String(hidden).startsWith("404")) refused.push(operation.id)
      }
      assert.ok(refused.includes("listProjectMembers") && refused.includes("setProjectMember"))
    },
  )

  databases.test("every route says what it is, and no two have the same name", async (context) => {
    const bench = await appBench(context, await databases.open(context))
    const ids = (await operationsOf(bench)).map(({ id }) => id)
    assert.equal(new Set(ids).size, ids.length)
  })
})
