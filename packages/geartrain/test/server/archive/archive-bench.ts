import { createHash } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { TestContext } from "node:test"
import type { Digest } from "@geartrain/spec"
import type { ArchivePorts } from "../../../src/server/archive/archive-ports.ts"
import type { ServerFile } from "../../../src/server/archive/files/server-file.ts"
import { createPlace } from "../../../src/server/archive/places/create-place.ts"
import { createGroup } from "../../../src/server/archive/places/groups.ts"
import { makeTurns } from "../../../src/server/archive/uploads/turns.ts"
import { uploadWhole } from "../../../src/server/archive/uploads/upload-whole.ts"
import type { Database } from "../../../src/server/database/database.ts"
import type { Caller, Right } from "../../../src/server/people/caller.ts"
import { openStore } from "../../../src/stores/filesystem/open-store.ts"
import { person, tableAccess } from "../open-access.ts"

/** An archive of a server on a real disk, with one group and one project with a place of each kind. */
export interface ArchiveBench {
  readonly ports: ArchivePorts
  readonly folder: string
  readonly admin: Caller
  /** May write to the project. */
  readonly writer: Caller
  /** May read it. */
  readonly reader: Caller
  /** Has a project of their own, and knows nothing of this one. */
  readonly stranger: Caller
  readonly project: string
  readonly otherProject: string
  readonly subject: string
  readonly session: string
  readonly acquisition: string
  /** Uploads a small file as the writer. */
  upload(place: string, name: string, content: string): Promise<ServerFile>
}

export async function archiveBench(
  context: TestContext,
  database: Database,
  options: Partial<ArchivePorts> = {},
): Promise<ArchiveBench> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-archive-"))
  const store = await openStore(join(folder, "blobs"))
  context.after(async () => {
    await store.close()
    await rm(folder, { recursive: true, force: true })
  })
  const rights: Record<string, Record<string, Right>> = {}
  const ports: ArchivePorts = {
    database,
    access: tableAccess(rights),
    blobs: store.blobs,
    uploadFolder: join(folder, "uploads"),
    uploadTurns: makeTurns(),
    references: [],
    ...options,
  }
  const admin = person("admin", { siteAdmin: true })
  await createGroup(ports, admin, { id: "lab" })
  const make = async (type: "project" | "subject" | "session" | "acquisition", parent: string, label: string) =>
    (await createPlace(ports, admin, { type, parent, label })).id
  const project = await make("project", "lab", "Memory")
  const otherProject = await make("project", "lab", "Other")
  const subject = await make("subject", project, "sub-01")
  const session = await make("session", subject, "ses-01")
  const acquisition = await make("acquisition", session, "T1w")
  rights["writer"] = { [project]: "write" }
  rights["reader"] = { [project]: "read" }
  rights["stranger"] = { [otherProject]: "admin" }
  const writer = person("writer")
  return {
    ...{ ports, folder, admin, writer, project, otherProject, subject, session, acquisition },
    reader: person("reader"),
    stranger: person("stranger"),
    upload: async (place, name, content) =>
      (await uploadWhole(ports, writer, { place, name, bytes: bytesOf(content) })).file,
  }
}

/** A text as a stream of small chunks. */
export async function* bytesOf(content: string, chunkBytes = 7): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content)
  for (let start = 0; start < bytes.length; start += chunkBytes) yield bytes.subarray(start, start + chunkBytes)
}

export function digestOf(content: string | Uint8Array): Digest {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`
}

export async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
