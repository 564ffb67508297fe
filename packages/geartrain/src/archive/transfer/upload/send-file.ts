import { answered, type GearClient } from "@geartrain/sdk/client"
import { type Digest, GeartrainError, isGeartrainError } from "@geartrain/spec"
import { persist } from "../persist.ts"
import type { ServerFile } from "../server-file.ts"
import type { NotedUpload, UploadNotes } from "./upload-notes.ts"

/** Bytes that go to a place under a name. */
export interface Consignment {
  readonly place: string
  readonly name: string
  readonly sizeBytes: number
  readonly digest: Digest
  /** The same bytes each time. */
  readonly bytes: () => AsyncIterable<Uint8Array>
}

export interface Sending {
  readonly client: GearClient
  readonly notes: UploadNotes
  readonly signal: AbortSignal
  /** Told of bytes that need not be sent any more. */
  readonly onBytes: (count: number) => void
}

export interface SentFile {
  readonly file: ServerFile
  /** False when the place had a file of this name with this very content. */
  readonly isNew: boolean
}

/** Up to here one request is quicker than three. */
const WHOLE_BYTES = 8 * 1024 * 1024
/** What a cut costs at most, and what is in memory of a file. */
const PIECE_BYTES = 16 * 1024 * 1024
/** Somebody else may be sending the same file; but nobody takes pieces again and again without keeping any. */
const MOST_IDLE_ROUNDS = 3

/**
 * Sends a file: a small one at once, a large one in pieces, going on where an earlier try got to. The server publishes it only if the digest is right.
 *
 * @throws {GeartrainError} UPLOAD_FILE_CHANGED; UPLOAD_UNFIT; QUOTA_EXCEEDED; NOT_PERMITTED; SERVER_UNREACHABLE after a minute without a line;
 * SERVER_REPLY_UNREADABLE when pieces are taken and none is kept.
 */
export function sendFile(consignment: Consignment, sending: Sending): Promise<SentFile> {
  return consignment.sizeBytes <= WHOLE_BYTES ? sendWhole(consignment, sending) : sendPieces(consignment, sending)
}

async function sendWhole(
  { place, name, sizeBytes, digest, bytes }: Consignment,
  { client, signal, onBytes }: Sending,
): Promise<SentFile> {
  const body = await gather(bytes())
  const path = `/api/v1/places/${place}/files/${encodeURIComponent(name)}?digest=${digest}`
  const sent = await persist(
    async () => (await client.send(path, { method: "PUT", headers: OCTETS, body, signal })).json(),
    {
      signal,
    },
  )
  onBytes(sizeBytes)
  return sent as SentFile
}

const OCTETS = { "content-type": "application/octet-stream" }

async function sendPieces(consignment: Consignment, sending: Sending): Promise<SentFile> {
  const { client, notes, signal, onBytes } = sending
  const { place, name, sizeBytes, digest } = consignment
  const noted: NotedUpload = { server: client.url, place, name, digest }
  let counted = 0
  const reached = (receivedBytes: number): void => {
    onBytes(receivedBytes - counted)
    counted = receivedBytes
  }
  let rounds = 0
  let upload = (await earlier(sending, noted)) ?? (await begin(consignment, sending, noted))
  while (upload.state === "open" && upload.receivedBytes < sizeBytes) {
    reached(upload.receivedBytes)
    const before = upload.receivedBytes
    upload = await sendRest(consignment, sending, { upload, reached })
    rounds = upload.receivedBytes > before ? 0 : rounds + 1
    if (rounds === MOST_IDLE_ROUNDS) throw takesNothing(consignment, before)
  }
  const params = { path: { id: upload.id } }
  const finish = async () => answered(await client.api.POST("/api/v1/uploads/{id}/finish", { params, signal }))
  const sent = await persist(finish, { signal }).catch(async (error: unknown) => {
    // What does not fit is gone on the server: the next try has to begin again.
    if (isGeartrainError(error, "UPLOAD_UNFIT") || isGeartrainError(error, "UPLOAD_NOT_FOUND"))
      await notes.remove(noted)
    throw error
  })
  await notes.remove(noted)
  reached(sizeBytes)
  return sent
}

function takesNothing({ name, sizeBytes }: Consignment, receivedBytes: number): GeartrainError {
  return new GeartrainError(
    "SERVER_REPLY_UNREADABLE",
    `Cannot send "${name}": the server takes pieces and still has ${receivedBytes} of ${sizeBytes} bytes`,
    {
      details: { name, receivedBytes, sizeBytes },
      hint: "Look what stands between here and the server, such as a proxy",
    },
  )
}

type Upload = Awaited<ReturnType<typeof begin>>

async function begin(
  { place, name, sizeBytes, digest }: Consignment,
  { client, notes, signal }: Sending,
  noted: NotedUpload,
) {
  const body = { place, name, sizeBytes, digest }
  const upload = await persist(async () => answered(await client.api.POST("/api/v1/uploads", { body, signal })), {
    signal,
  })
  await notes.keep(noted, upload.id)
  return upload
}

async function earlier(sending: Sending, noted: NotedUpload): Promise<Upload | undefined> {
  const id = await sending.notes.find(noted)
  if (id === undefined) return undefined
  try {
    return await stateOf(sending, id)
  } catch (error) {
    if (!isGeartrainError(error, "UPLOAD_NOT_FOUND")) throw error
    await sending.notes.remove(noted)
    return undefined
  }
}

function stateOf({ client, signal }: Sending, id: string): Promise<Upload> {
  const params = { path: { id } }
  return persist(async () => answered(await client.api.GET("/api/v1/uploads/{id}", { params, signal })), { signal })
}

/** Sends on from where the upload is, piece by piece, until it is whole or the server wants another piece than the next. */
async function sendRest(
  { bytes }: Consignment,
  sending: Sending,
  { upload, reached }: { readonly upload: Upload; readonly reached: (receivedBytes: number) => void },
): Promise<Upload> {
  const { client, signal } = sending
  let now = upload
  for await (const { offset, body } of piecesFrom(bytes(), upload.receivedBytes)) {
    const path = `/api/v1/uploads/${upload.id}/chunks/${offset}`
    try {
      const put = async () => (await client.send(path, { method: "PUT", headers: OCTETS, body, signal })).json()
      now = (await persist(put, { signal })) as Upload
    } catch (error) {
      if (!isGeartrainError(error, "UPLOAD_OFFSET_WRONG")) throw error
      return stateOf(sending, upload.id)
    }
    if (now.receivedBytes !== offset + body.length) return now
    reached(now.receivedBytes)
  }
  return now
}

async function* piecesFrom(
  bytes: AsyncIterable<Uint8Array>,
  start: number,
): AsyncGenerator<{ readonly offset: number; readonly body: Buffer<ArrayBuffer> }, void> {
  let position = 0
  let held: Uint8Array[] = []
  let heldBytes = 0
  for await (const chunk of bytes) {
    const fresh = chunk.subarray(Math.min(chunk.length, Math.max(0, start - position)))
    position += chunk.length
    if (fresh.length > 0) held.push(fresh)
    heldBytes += fresh.length
    if (heldBytes < PIECE_BYTES) continue
    yield { offset: position - heldBytes, body: Buffer.concat(held) }
    held = []
    heldBytes = 0
  }
  if (heldBytes > 0) yield { offset: position - heldBytes, body: Buffer.concat(held) }
}

async function gather(bytes: AsyncIterable<Uint8Array>): Promise<Buffer<ArrayBuffer>> {
  const held: Uint8Array[] = []
  for await (const chunk of bytes) held.push(chunk)
  return Buffer.concat(held)
}
