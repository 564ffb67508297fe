import { answered, type GearClient } from "@geartrain/sdk/client"
import { type Digest, GeartrainError, isGeartrainError, type JsonObject } from "@geartrain/spec"
import { createHasher } from "../../../system/hash.ts"
import { readPlannedFile } from "../../upload-plan/read-planned-file.ts"
import type { PlannedFile } from "../../upload-plan/upload-plan.ts"
import { inTurns } from "../in-turns.ts"
import { persist } from "../persist.ts"
import type { ServerFile } from "../server-file.ts"
import { isForAll } from "./is-for-all.ts"
import { type Sending, sendFile } from "./send-file.ts"

/** A file that is to lie in a place. */
export interface UploadTask {
  /** Where its source is found from. */
  readonly folder: string
  readonly file: PlannedFile
  readonly place: { readonly id: string; readonly path: string; readonly isNew: boolean }
}

/** What became of one. All files of an upload have one, so that accounts add up. */
export interface UploadedFile {
  readonly task: UploadTask
  readonly outcome: "sent" | "there" | "failed" | "not-tried"
  /** Absent for what failed and what was not tried. */
  readonly saved?: ServerFile
  readonly error?: GeartrainError
}

/** So many files at a time: one is hashed while another waits for the server. */
const AT_ONCE = 4

/**
 * Uploads files, several at a time. What the server has already is not sent again. A fault of one file leaves the others alone; a fault that all
 * would have ends the upload, and the rest is not tried.
 *
 * @throws the signal's reason, and nothing else that has a code.
 */
export async function uploadFiles(
  tasks: readonly UploadTask[],
  sending: Sending,
  onFile: (uploaded: UploadedFile) => void = () => undefined,
): Promise<readonly UploadedFile[]> {
  const results = new Map<UploadTask, UploadedFile>()
  const known = new KnownFiles(sending, tasks)
  let isOver = false
  await inTurns(tasks, AT_ONCE, async (task) => {
    const uploaded = isOver ? ({ task, outcome: "not-tried" } as const) : await uploadOne(task, sending, known)
    if (uploaded.error !== undefined && isForAll(uploaded.error)) isOver = true
    results.set(task, uploaded)
    onFile(uploaded)
  })
  return tasks.map((task) => results.get(task) ?? { task, outcome: "not-tried" })
}

async function uploadOne(task: UploadTask, sending: Sending, known: KnownFiles): Promise<UploadedFile> {
  try {
    return await upload(task, sending, known)
  } catch (error) {
    sending.signal.throwIfAborted()
    if (isGeartrainError(error)) return { task, outcome: "failed", error }
    const code = error instanceof Error && "code" in error ? error.code : undefined
    if (typeof code !== "string") throw error
    return { task, outcome: "failed", error: unreadable(task, code, error) }
  }
}

async function upload(task: UploadTask, sending: Sending, known: KnownFiles): Promise<UploadedFile> {
  const { file, folder, place } = task
  const bytes = (): AsyncIterable<Uint8Array> => readPlannedFile({ folder }, file, { signal: sending.signal })
  const digest = await digestOf(bytes())
  const there = await known.find(task)
  if (there?.digest === digest) {
    sending.onBytes(file.sizeBytes)
    return { task, outcome: "there", saved: await describe(there, task, sending) }
  }
  const { name, sizeBytes } = file
  const sent = await sendFile({ place: place.id, name, sizeBytes, digest, bytes }, sending)
  const saved = await describe(sent.file, task, sending)
  return { task, outcome: sent.isNew ? "sent" : "there", saved }
}

async function digestOf(bytes: AsyncIterable<Uint8Array>): Promise<Digest> {
  const hasher = createHasher()
  for await (const chunk of bytes) hasher.update(chunk)
  return hasher.digest()
}

/**
 * Says of a file what the plan knows. Each version and each change of what is known makes a revision: where there are no more revisions than
 * versions nobody has said anything yet, and where there are, what was said stays.
 */
async function describe(saved: ServerFile, { file }: UploadTask, { client, signal }: Sending): Promise<ServerFile> {
  if (saved.revision !== saved.version) return saved
  const { tags: _, ...fields } = file.fields
  const listed: JsonObject = {
    type: saved.type ?? null,
    modality: saved.modality ?? null,
    classification: saved.classification as JsonObject,
    zip_member_count: saved.memberCount ?? null,
  }
  const set = Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => JSON.stringify(listed[name]) !== JSON.stringify(value)),
  )
  if (Object.keys(set).length === 0) return saved
  const params = { path: { id: saved.id } }
  const patch = async () =>
    answered(await client.api.PATCH("/api/v1/files/{id}", { params, body: { set } as never, signal }))
  return persist(patch, { signal })
}

/** Files that places have before anything is sent: of many in one place all are asked for at once. */
class KnownFiles {
  readonly #sending: Sending
  readonly #counts = new Map<string, number>()
  readonly #lists = new Map<string, Promise<ReadonlyMap<string, ServerFile>>>()

  constructor(sending: Sending, tasks: readonly UploadTask[]) {
    this.#sending = sending
    for (const { place } of tasks) this.#counts.set(place.id, (this.#counts.get(place.id) ?? 0) + 1)
  }

  async find({ place, file }: UploadTask): Promise<ServerFile | undefined> {
    if (place.isNew) return undefined
    const { client, signal } = this.#sending
    if ((this.#counts.get(place.id) ?? 0) < MANY) return byName(client, { place: place.id, name: file.name }, signal)
    const list = this.#lists.get(place.id) ?? filesOf(client, place.id, signal)
    this.#lists.set(place.id, list)
    return (await list).get(file.name)
  }
}

const MANY = 5

async function byName(
  client: GearClient,
  { place, name }: { readonly place: string; readonly name: string },
  signal: AbortSignal,
): Promise<ServerFile | undefined> {
  try {
    const params = { path: { id: place, name } }
    return answered(await client.api.GET("/api/v1/places/{id}/files/{name}", { params, signal }))
  } catch (error) {
    if (isGeartrainError(error, "ARCHIVE_FILE_NOT_FOUND")) return undefined
    throw error
  }
}

async function filesOf(
  client: GearClient,
  place: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ServerFile>> {
  const files = new Map<string, ServerFile>()
  let cursor: string | undefined
  do {
    const query = { limit: 1000, ...(cursor === undefined ? {} : { cursor }) }
    const params = { path: { id: place }, query }
    const page = answered(await client.api.GET("/api/v1/places/{id}/files", { params, signal }))
    for (const file of page.items) files.set(file.name, file)
    cursor = page.next
  } while (cursor !== undefined)
  return files
}

function unreadable({ file }: UploadTask, code: string, cause: unknown): GeartrainError {
  return new GeartrainError("UPLOAD_FILE_CHANGED", `Cannot upload "${file.name}": it cannot be read (${code})`, {
    details: { file: file.name },
    hint: "Look at its modes, and upload again: what has arrived already is not sent twice",
    cause,
  })
}
