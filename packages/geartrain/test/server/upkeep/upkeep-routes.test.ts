import assert from "node:assert/strict"
import { memoryBlobStore } from "@geartrain/ports/fakes"
import { GeartrainError } from "@geartrain/spec"
import type { Database } from "../../../src/server/database/database.ts"
import { appBench, type Who } from "../app-bench.ts"
import { onDatabases } from "../on-databases.ts"
import { runnerOf } from "../queue/run-by-hand.ts"

onDatabases((bench) => {
  bench.test(
    "metrics count requests by the pattern of their route, and jobs by state; only admins see them",
    async (context) => {
      const app = await appBench(context, await bench.open(context))
      await app.as("nobody").get("/health")
      await app.as("user").get("/usage?project=0123456789abcdef01234567")
      assert.equal((await app.as("nobody").get("/metrics")).status, 401)
      assert.equal((await app.as("user").get("/metrics")).status, 403)
      const { status, text, headers } = await app.as("admin").get("/metrics")
      assert.equal(status, 200)
      assert.match(String(headers["content-type"]), /^text\/plain/)
      assert.match(text, /geartrain_http_requests_total\{method="GET",route="\/api\/v1\/health",status="200"\} 1\n/)
      assert.match(text, /geartrain_http_requests_total\{method="GET",route="\/api\/v1\/usage",status="404"\} 1\n/)
      assert.match(text, /geartrain_jobs\{state="pending"\} 0\n/)
      assert.match(text, /process_resident_memory_bytes \d/)
    },
  )

  bench.test("a monitoring system without a key reads the metrics where the settings say so", async (context) => {
    const app = await appBench(context, await bench.open(context), { settings: { openMetrics: true } })
    assert.equal((await app.as("nobody").get("/metrics")).status, 200)
  })

  bench.test("the doctor finds a server in order, and names what is wrong with one that is not", async (context) => {
    const database = await bench.open(context)
    const app = await appBench(context, database)
    assert.equal((await app.as("user").get("/doctor")).status, 403)
    const states = async (): Promise<Record<string, string>> => {
      const { body } = await app.as("admin").get("/doctor")
      return Object.fromEntries(body.findings.map(({ check, state }: Record<string, string>) => [check, state]))
    }
    const good = {
      database: "good",
      audit: "good",
      "blob store": "good",
      queue: "good",
      logins: "good",
      address: "good",
    }
    assert.deepEqual(await states(), { ...good, runners: "poor" })
    await waitingJob(database)
    assert.deepEqual(await states(), { ...good, runners: "bad", queue: "poor" })
  })

  bench.test(
    "a runner that rests is listed so, with why, and the doctor tells of it until it takes jobs",
    async (context) => {
      const clock = { nowMs: 1_700_000_000_000 }
      const app = await appBench(context, await bench.open(context), { now: () => clock.nowMs })
      const { at, client, claim } = await runnerOf(app)
      const beat = (rest?: object) => client.post(`${at}/heartbeat`, { jobs: [], free: 0, draining: false, ...rest })
      const listed = async () => (await app.as("admin").get("/runners")).body.items[0]
      const found = async () => {
        const { findings } = (await app.as("admin").get("/doctor")).body
        return findings.find(({ check }: { check: string }) => check === "resting runners")
      }
      assert.deepEqual([(await listed()).state, await found()], ["ready", undefined])
      assert.equal((await beat({ rest: { leftMs: 60_000, why: "DISK_FULL" } })).status, 200)
      const { state, free, rest } = await listed()
      assert.deepEqual([state, free, rest], ["resting", 0, { untilMs: clock.nowMs + 60_000, why: "DISK_FULL" }])
      const { says, fix, state: how } = await found()
      assert.equal(how, "poor")
      assert.match(says, /take none for a while: one for 60 s more \(DISK_FULL\)$/)
      assert.match(fix, /gear store gc/)
      assert.match((await app.as("admin").get("/metrics")).text, /geartrain_runners\{state="resting"\} 1\n/)
      clock.nowMs += 60_000
      assert.deepEqual([(await listed()).state, await found()], ["ready", undefined], "it is over by itself")
      await beat({ rest: { leftMs: 60_000, why: "PROVIDER_FAILED" } })
      assert.match((await found()).fix, /gear doctor/)
      await beat()
      assert.deepEqual([(await listed()).state, (await listed()).rest], ["ready", undefined])
      await beat({ rest: { leftMs: 60_000, why: "PROVIDER_FAILED" } })
      await claim(1)
      assert.equal((await listed()).state, "ready", "whoever asks for jobs rests no more")
      for (const wrong of [{ leftMs: -1, why: "x" }, { leftMs: 1, why: "" }, { leftMs: 1 }])
        assert.equal((await beat({ rest: wrong })).body.code, "REQUEST_INVALID")
    },
  )

  bench.test(
    "where nothing can be noted, an admin sees what ails the server, and nobody sees or does anything else",
    async (context) => {
      const database = await bench.open(context)
      const trouble: { error?: GeartrainError } = {}
      const write: Database["write"] = async (work) => {
        if (trouble.error !== undefined) throw trouble.error
        return database.write(work)
      }
      const told: string[] = []
      const app = await appBench(
        context,
        { ...database, write },
        { onUnnoted: ({ action, user }, { code }) => void told.push(`${action} ${user} ${code}`) },
      )
      const doctorOf = (who: Who) => app.as(who).get("/doctor")
      for (const code of ["STORE_FULL", "DATABASE_FAILED"] as const) {
        trouble.error = new GeartrainError(code, "The disk is full", { hint: "Free some space" })
        const seen = await doctorOf("admin")
        assert.equal(seen.status, 200, seen.text)
        const audit = seen.body.findings.find(({ check }: { check: string }) => check === "audit")
        assert.deepEqual([audit.state, audit.fix], ["bad", "Free some space"])
        assert.equal(told.at(-1), `server.doctor ${app.id("admin")} ${code}`)
        const count = told.length
        for (const who of ["user", "nobody"] as const) assert.ok((await doctorOf(who)).status >= 400, who)
        const scoped = app.showing({ authorization: `Bearer ${"gtk_"}${"0".repeat(24)}_x` })
        assert.equal((await scoped.get("/doctor")).status, 401)
        for (const path of ["/runners", "/users", "/audit", "/metrics"])
          assert.equal((await app.as("admin").get(path)).body.code, code, path)
        assert.equal((await app.as("admin").post("/users", { login: "x", name: "x" })).body.code, code)
        assert.equal(told.length, count)
      }
      delete trouble.error
      assert.equal(
        (await doctorOf("admin")).body.findings.find(({ check }: { check: string }) => check === "audit").state,
        "good",
      )
      const rows = await database.read
        .selectFrom("audit")
        .select("outcome")
        .where("action", "=", "server.doctor")
        .where("user_id", "=", app.id("admin"))
        .execute()
      assert.equal(rows.length, 3, "what was looked at in between is noted afterwards")
    },
  )

  bench.test("the doctor tells from where passwords are tried", async (context) => {
    const database = await bench.open(context)
    const app = await appBench(context, database)
    const refused = (count: number, address: string) =>
      Array.from({ length: count }, () => ({
        ...{ at_ms: 0, user_id: null, action: "log-in", target: null, project: null, outcome: "refused" as const },
        ...{ reason: "LOGIN_FAILED", method: "password", shown_id: null, job: null, address },
      }))
    const found = async () =>
      (await app.as("admin").get("/doctor")).body.findings.find(({ check }: { check: string }) => check === "logins")
    const add = (rows: ReturnType<typeof refused>) =>
      database.write(({ sql }) => sql.insertInto("audit").values(rows).execute())
    await add(refused(100, "10.0.0.7"))
    assert.equal((await found()).state, "good")
    await add([...refused(30, "10.0.0.8"), ...refused(2, "10.0.0.9"), ...refused(1, "10.0.0.1")])
    const { state, says } = await found()
    assert.equal(state, "poor")
    assert.match(says, /^133 of .* refused, most from 10\.0\.0\.7 \(100\), 10\.0\.0\.8 \(30\), 10\.0\.0\.9 \(2\)$/)
  })

  bench.test("the doctor names a store of bytes that fails, and an address that is no secret", async (context) => {
    const broken = await appBench(context, await bench.open(context), {
      blobs: {
        ...memoryBlobStore(),
        put: async () => {
          throw new Error("no route")
        },
      },
      settings: { publicUrl: "http://gears.lab.example" },
    })
    const { body } = await broken.as("admin").get("/doctor")
    const bad = body.findings.filter(({ state }: { state: string }) => state !== "good")
    assert.ok(
      bad.some(({ check, says }: Record<string, string>) => check === "blob store" && /no route/.test(says ?? "")),
    )
    assert.ok(bad.some(({ check }: Record<string, string>) => check === "address"))
    assert.ok(bad.every(({ check, fix }: Record<string, string>) => check === "runners" || fix !== undefined))
  })

  bench.test(
    "usage adds up attempts by project and user, and tells only of what the caller may read",
    async (context) => {
      const database = await bench.open(context)
      const job = await waitingJob(database)
      for (const [attempt, usage] of [
        [1, null],
        [2, '{"wallMs":1000,"cpuMs":1500,"peakMemoryBytes":100,"method":"cgroup"}'],
      ] as const) {
        await database.write((write) =>
          write.sql
            .insertInto("attempts")
            .values({
              ...{
                job,
                attempt,
                runner: "r",
                state: "complete",
                started_ms: 5000,
                ended_ms: 7000,
                usage,
                outputs: "[]",
              },
              ...{ log_chunks: 0, log_bytes: 0, log_head_bytes: 0, log_dropped_bytes: 0 },
            })
            .execute(),
        )
      }
      const app = await appBench(context, database)
      const range = "fromMs=0&toMs=8000"
      const { body } = await app.as("admin").get(`/usage?${range}`)
      const sum = {
        ...{ attempts: 2, wallMs: 3000, cpuMs: 1500, askedCpuMs: 6000, unmeasured: 1 },
        ...{ askedMemoryByteMs: 200_000, peakMemoryByteMs: 100_000 },
      }
      assert.deepEqual(body.projects, [
        { project: PROJECT, label: "p", group: "lab", storedBytes: 12, ...sum, users: [{ user: "ann", ...sum }] },
      ])
      assert.deepEqual((await app.as("admin").get("/usage?fromMs=7001&toMs=8000")).body.projects[0].attempts, 0)
      assert.deepEqual((await app.as("other").get(`/usage?${range}`)).body.projects, [])
      assert.equal((await app.as("other").get(`/usage?${range}&project=${PROJECT}`)).status, 404)
      assert.equal((await app.as("admin").get("/usage?fromMs=2&toMs=1")).body.code, "REQUEST_INVALID")
    },
  )
})

const PROJECT = "000000000000000000000001"

/** A project with a job that has waited since 1970: rows as they lie there, since nothing else is looked at. */
async function waitingJob(database: Database): Promise<string> {
  const row = { created_ms: 0, created_by: "ann", modified_ms: 0, revision: 1 }
  await database.write(async ({ sql }) => {
    await sql
      .insertInto("groups")
      .values({ id: "lab", label: "lab", ...row })
      .execute()
    const place = {
      id: PROJECT,
      type: "project",
      parent: "lab",
      group_id: "lab",
      project: PROJECT,
      lineage: `${PROJECT}/`,
    } as const
    await sql
      .insertInto("places")
      .values({ ...place, label: "p", metadata: "{}", tags: "[]", info: "{}", ...row })
      .execute()
    await sql.insertInto("project_usage").values({ project: PROJECT, bytes: 12, versions: 1 }).execute()
    await sql
      .insertInto("gears")
      .values({
        ...{
          id: "sha256:0",
          name: "g",
          version: "1",
          label: "g",
          category: "utility",
          manifest: "{}",
          platform: "linux/amd64",
        },
        ...{ tree: "sha256:0", image_digest: "sha256:0", image_bytes: 0, state: "enabled", newest: 1, revision: 1 },
        ...{ created_ms: 0, created_by: "ann" },
      })
      .execute()
    const lane = { id: "l", owner: "ann", project: PROJECT, group_id: "lab", resources: "{}", pending: 1, running: 0 }
    await sql
      .insertInto("lanes")
      .values({ ...lane, head_priority: 0, head_queued_ms: 0 })
      .execute()
    await sql
      .insertInto("jobs")
      .values({
        ...{ id: "j", project: PROJECT, destination_type: "project", destination_id: PROJECT, gear: "sha256:0" },
        ...{ gear_name: "g", gear_version: "1", state: "pending", priority: 0, tags: "[]", config: "{}", inputs: "[]" },
        ...{ by_content: 0 },
        ...{ contexts: "{}", keys: "[]", network: "none", invocation_digest: "d", reuse_digest: "d", lane: "l" },
        ...{ limits: '{"memoryBytes":200}', resources: '{"cpus":2}', owner: "ann", origin_type: "user", attempt: 1 },
        ...{ most_attempts: 3, created_ms: 0, queued_ms: 0, outputs: "[]", request_digest: "d", revision: 1 },
      } as never)
      .execute()
  })
  return "j"
}
