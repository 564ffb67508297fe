import { join } from "node:path"
import type { Digest } from "@geartrain/spec"
import type { Database } from "../../packages/geartrain/src/server/database/database.ts"
import { makeId } from "../../packages/geartrain/src/server/database/make-id.ts"
import { openPostgres } from "../../packages/geartrain/src/server/database/postgres/open-postgres.ts"
import { openSqlite } from "../../packages/geartrain/src/server/database/sqlite/open-sqlite.ts"
import { openStore } from "../../packages/geartrain/src/stores/filesystem/open-store.ts"
import { sha256 } from "../../packages/geartrain/src/system/hash.ts"
import { type AppBench, appBench } from "../../packages/geartrain/test/server/app-bench.ts"
import { makeProject } from "../../packages/geartrain/test/server/people/make-project.ts"
import { fileMany } from "../../packages/geartrain/test/server/queue/file-many.ts"
import { manifestOf, once } from "../../packages/geartrain/test/server/queue/queue-bench.ts"
import { finishNext, registerManifest } from "../../packages/geartrain/test/server/queue/run-by-hand.ts"
import { POSTGRES_SKIP, startPostgres } from "../../packages/geartrain/test/server/temporary-postgres.ts"
import type { Bench, Measurement, Row } from "../bench.ts"

/** As many files as a job takes, and a fifth of them: what is linear takes five times as long. */
const FILES = [10_000, 50_000]
const INVOCATIONS = [1000, 10_000]
/** A request asks for so many at most. */
const AT_ONCE = 1000
const TRIES = 3
/** What was promised of a thing, whatever it is: no more than a millisecond. */
const PROMISED_MS = 1

const GATHER = manifestOf("gather", {
  inputs: { texts: { base: "file", optional: true } },
  custom: { geartrain: { inputs: { texts: { takes: "files" } } } },
})

/** Orders by content: one of many files, and what was done already of many. */
export const serverOrders: Measurement = {
  name: "server-orders",
  measure: async (bench) => {
    const rows = [...(await measureOn(bench, await openSqlite(join(bench.folder, "server.db"))))]
    if (POSTGRES_SKIP !== false) return rows
    const server = await startPostgres()
    try {
      rows.push(...(await measureOn(bench, await openPostgres(await server.makeDatabase(), { connections: 4 }))))
    } finally {
      await server.stop()
    }
    return rows
  },
}

async function measureOn({ folder }: Bench, database: Database): Promise<readonly Row[]> {
  const ends: (() => unknown)[] = []
  const store = await openStore(join(folder, database.kind))
  try {
    const app = await appBench({ after: (end) => void ends.push(end as () => unknown) }, database, {
      blobs: store.blobs,
    })
    const { project } = await makeProject(app)
    await app.grant("user", project, "run")
    const gear = await registerManifest(app, GATHER)
    return [...(await sames(app, { project, gear })), ...(await orders(app, { project, gear }))]
  } finally {
    for (const end of ends.reverse()) await end()
    await database.close()
    await store.close()
  }
}

interface Where {
  readonly project: string
  readonly gear: string
}

async function orders(app: AppBench, { project, gear }: Where): Promise<readonly Row[]> {
  const { files } = await fileMany(app.ports, project, Math.max(...FILES))
  const rows: Row[] = []
  for (const count of FILES) {
    const given = files.slice(0, count).map(({ id, name, digests: [digest] }) => {
      return { input: `texts/${name}`, name, from: `file:${id}@1`, digest }
    })
    const ms = await best(async () => {
      const { status, text } = await app
        .as("user")
        .post("/jobs", { gear, destination: project, byContent: { files: given } })
      if (status !== 201) throw new Error(text.slice(0, 1000))
    })
    rows.push(row(`${app.ports.database.kind}: an order of ${count} files`, ms, count))
  }
  return rows
}

async function sames(app: AppBench, { project, gear }: Where): Promise<readonly Row[]> {
  const invocations = await fillDone(app, { project, gear })
  const rows: Row[] = []
  for (const count of INVOCATIONS) {
    const ms = await best(async () => {
      for (let at = 0; at < count; at += AT_ONCE) {
        const asked = invocations.slice(at, at + AT_ONCE)
        const { body, text } = await app.as("user").post("/jobs/same", { invocations: asked })
        if (body.items?.length !== asked.length) throw new Error(text.slice(0, 1000))
      }
    })
    rows.push(row(`${app.ports.database.kind}: what did ${count} invocations already`, ms, count))
  }
  return rows
}

/** One job that a runner finished, and copies of it that did other things. */
async function fillDone(app: AppBench, { project, gear }: Where): Promise<readonly Digest[]> {
  const { body } = await app.as("user").post("/jobs", { gear, destination: project, byContent: { files: [] } })
  const bytes = Buffer.from("some bytes")
  await finishNext(app, { outputs: { "a/out.txt": bytes, "b/out.txt": bytes } })
  const { database, blobs } = app.ports
  const job = await database.read.selectFrom("jobs").selectAll().where("id", "=", body.job.id).executeTakeFirstOrThrow()
  const attempt = await database.read
    .selectFrom("attempts")
    .selectAll()
    .where("job", "=", job.id)
    .executeTakeFirstOrThrow()
  const outputs = JSON.parse(job.outputs) as readonly object[]
  const invocations: Digest[] = []
  for (let at = 0; at < Math.max(...INVOCATIONS); at += 500) {
    const copies = await Promise.all(
      Array.from({ length: 500 }, async (_, n) => {
        const { digest, sizeBytes } = await blobs.put(once(Buffer.from(`output ${at + n}`)))
        const made = JSON.stringify(outputs.map((output) => ({ ...output, digest, sizeBytes })))
        return { ...job, id: makeId(), invocation_digest: sha256(Buffer.from(`${at + n}`)), outputs: made }
      }),
    )
    await database.write(async ({ sql }) => {
      await sql.insertInto("jobs").values(copies).execute()
      await sql
        .insertInto("attempts")
        .values(copies.map(({ id }) => ({ ...attempt, job: id })))
        .execute()
    })
    invocations.push(...copies.map(({ invocation_digest }) => invocation_digest))
  }
  return invocations
}

async function best(work: () => Promise<void>): Promise<number> {
  const times: number[] = []
  for (let n = 0; n < TRIES; n++) {
    const beginMs = performance.now()
    await work()
    times.push(performance.now() - beginMs)
  }
  return Math.min(...times)
}

function row(what: string, ours: number, things: number): Row {
  const theirs = things * PROMISED_MS
  const note = `${((ours / things) * 1000).toFixed(0)} µs each`
  return { what, ours, against: "a millisecond each", theirs, unit: "ms", ratio: ours / theirs, limit: 1, note }
}
