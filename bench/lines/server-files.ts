import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { sql } from "kysely"
import type { ArchivePorts } from "../../packages/geartrain/src/server/archive/archive-ports.ts"
import { listFiles } from "../../packages/geartrain/src/server/archive/files/read-files.ts"
import { createPlace } from "../../packages/geartrain/src/server/archive/places/create-place.ts"
import { createGroup } from "../../packages/geartrain/src/server/archive/places/groups.ts"
import { makeTurns } from "../../packages/geartrain/src/server/archive/uploads/turns.ts"
import type { Database } from "../../packages/geartrain/src/server/database/database.ts"
import { makeId } from "../../packages/geartrain/src/server/database/make-id.ts"
import { openPostgres } from "../../packages/geartrain/src/server/database/postgres/open-postgres.ts"
import { openSqlite } from "../../packages/geartrain/src/server/database/sqlite/open-sqlite.ts"
import { writeCursor } from "../../packages/geartrain/src/server/http/page.ts"
import { SYSTEM } from "../../packages/geartrain/src/server/people/caller.ts"
import { openStore } from "../../packages/geartrain/src/stores/filesystem/open-store.ts"
import { tableAccess } from "../../packages/geartrain/test/server/open-access.ts"
import { POSTGRES_SKIP, startPostgres } from "../../packages/geartrain/test/server/temporary-postgres.ts"
import type { Bench, Measurement, Row } from "../bench.ts"

const SESSIONS = 2000
const FILES_EACH = 500
const PAGES = 200
/** The usual page, and the largest. */
const PAGE_FILES = [100, 1000]

/** What a page of a project's million files costs, wherever in the list it begins. */
export const serverFiles: Measurement = {
  name: "server-files",
  measure: async (bench) => {
    mkdirSync(bench.folder, { recursive: true })
    const sqlite = await openSqlite(join(bench.folder, "server.db"))
    const rows = [...(await measureOn(bench, sqlite))]
    await sqlite.close()
    if (POSTGRES_SKIP !== false) return rows
    const server = await startPostgres()
    try {
      const postgres = await openPostgres(await server.makeDatabase(), { connections: 4 })
      rows.push(...(await measureOn(bench, postgres)))
      await postgres.close()
    } finally {
      await server.stop()
    }
    return rows
  },
}

async function measureOn(bench: Bench, database: Database): Promise<readonly Row[]> {
  const store = await openStore(join(bench.folder, database.kind))
  const ports: ArchivePorts = {
    database,
    access: tableAccess({}),
    blobs: store.blobs,
    uploadFolder: join(bench.folder, "uploads"),
    uploadTurns: makeTurns(),
    references: [],
  }
  const { project, lineages } = await fill(ports)
  const rows: Row[] = []
  for (const limit of PAGE_FILES) {
    const of = `a page of ${limit} of ${SESSIONS * FILES_EACH} files, ${database.kind}`
    const place = { place: project, below: true, limit }
    rows.push(rowOf(of, await timed(lineages, (cursor) => listFiles(ports, SYSTEM, { ...place, cursor }))))
    const typed = { ...place, type: "nifti" }
    rows.push(
      rowOf(`${of}, one type`, await timed(lineages, (cursor) => listFiles(ports, SYSTEM, { ...typed, cursor }))),
    )
  }
  await store.close()
  return rows
}

function rowOf(what: string, { p99Ms, medianMs }: Times): Row {
  const note = `the slowest but one in a hundred; the middle one ${medianMs.toFixed(1)} ms`
  return { what, ours: p99Ms, against: "what was promised", theirs: 50, unit: "ms", ratio: p99Ms / 50, limit: 1, note }
}

interface Times {
  readonly p99Ms: number
  readonly medianMs: number
}

/** Of pages from all over the list. */
async function timed(
  lineages: readonly string[],
  read: (cursor: string) => Promise<{ readonly next?: string }>,
): Promise<Times> {
  const times: number[] = []
  for (let page = 0; page < PAGES; page++) {
    // Not the last ones: their pages are shorter.
    const lineage = lineages[Math.floor((page / PAGES) * (lineages.length - 10))] ?? ""
    const start = performance.now()
    const { next } = await read(writeCursor([lineage, "file-0250.nii.gz"]))
    times.push(performance.now() - start)
    if (next === undefined) throw new Error("The list ends before its end")
  }
  times.sort((a, b) => a - b)
  return { p99Ms: times[Math.ceil(PAGES * 0.99) - 1] ?? 0, medianMs: times[PAGES / 2] ?? 0 }
}

async function fill(ports: ArchivePorts): Promise<{ readonly project: string; readonly lineages: readonly string[] }> {
  await createGroup(ports, SYSTEM, { id: "lab" })
  const project = (await createPlace(ports, SYSTEM, { type: "project", parent: "lab", label: "Large" })).id
  const lineages = Array.from({ length: SESSIONS }, () => `${project}/${makeId()}/${makeId()}/`).sort()
  for (let start = 0; start < lineages.length; start += 50) {
    await ports.database.write(async (write) => {
      for (const lineage of lineages.slice(start, start + 50)) {
        await write.sql.insertInto("files").values(filesOf(project, lineage)).execute()
      }
    })
  }
  // PostgreSQL does so by itself within a minute of so many rows, and plans by guesses until then.
  if (ports.database.kind === "postgres") await sql`analyze files`.execute(ports.database.read as never)
  return { project, lineages }
}

function filesOf(project: string, lineage: string) {
  return Array.from({ length: FILES_EACH }, (_, number) => ({
    id: makeId(),
    place: lineage.slice(50, 74),
    project,
    lineage,
    name: `file-${String(number).padStart(4, "0")}.nii.gz`,
    type: "nifti",
    mimetype: "application/gzip",
    modality: "MR",
    classification: '{"Intent":["Structural"]}',
    tags: '["raw"]',
    info: `{"EchoTime":0.03,"RepetitionTime":2,"Number":${number}}`,
    member_count: null,
    version: 1,
    digest: `sha256:${"0".repeat(64)}`,
    size_bytes: 1000,
    created_ms: 0,
    modified_ms: 0,
    revision: 1,
    deleted_ms: null,
    deleted_by: null,
    deleted_with: null,
  }))
}
