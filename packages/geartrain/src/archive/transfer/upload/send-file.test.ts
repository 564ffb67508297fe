import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { type Digest, type ErrorCode, isGeartrainError } from "@geartrain/spec"
import { type Asked, answeringClient, refusal } from "../../../../test/archive/transfer/answering-client.ts"
import { folderOf } from "../../../../test/archive/upload-plan/folder-of.ts"
import { createHasher } from "../../../system/hash.ts"
import { sendFile } from "./send-file.ts"
import { openUploadNotes } from "./upload-notes.ts"

const MIB = 1024 * 1024
const PIECE = 16 * MIB
const ID = "0123456789abcdef01234567"
const DIGEST: Digest = `sha256:${"0".repeat(64)}`

/** Bytes of which each MiB is of another number, so that one in a wrong place is seen. */
async function* bytesOf(sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < sizeBytes; at += MIB) yield Buffer.alloc(Math.min(MIB, sizeBytes - at), at / MIB + 1)
}

async function digestOf(bytes: AsyncIterable<Uint8Array>): Promise<Digest> {
  const hasher = createHasher()
  for await (const chunk of bytes) hasher.update(chunk)
  return hasher.digest()
}

interface UploadState {
  /** What has arrived, if an upload is open. */
  received?: Buffer[]
  /** Takes a piece, and may answer in the place of the server. */
  readonly take?: (piece: Buffer, received: Buffer[]) => Response | undefined
  readonly onFinish?: () => Response | undefined
}

/** More than any of the uploads here takes: a sender that does not come to an end is ended. */
const MOST_REQUESTS = 12

/** A server that takes uploads as ours does. */
function serving(state: UploadState, sizeBytes: number) {
  const facts = (): Response => {
    const receivedBytes = lengthOf(state.received ?? [])
    return Response.json({ id: ID, place: "p", name: "x", receivedBytes, state: "open", expiresMs: 0 })
  }
  let requests = 0
  return answeringClient(({ method, path, body }: Asked) => {
    requests++
    if (requests > MOST_REQUESTS) return refusal("QUOTA_EXCEEDED")
    if (path.startsWith("/api/v1/places/")) return Response.json({ file: { id: "f" }, isNew: true })
    if (path === "/api/v1/uploads") state.received = []
    if (path === "/api/v1/uploads") return facts()
    if (state.received === undefined) return refusal("UPLOAD_NOT_FOUND")
    if (method === "GET") return facts()
    if (path.endsWith("/finish")) {
      const other = state.onFinish?.() ?? (lengthOf(state.received) === sizeBytes ? undefined : refusal("UPLOAD_UNFIT"))
      return other ?? Response.json({ file: { id: "f" }, isNew: true })
    }
    if (Number(path.split("/").at(-1)) !== lengthOf(state.received)) return refusal("UPLOAD_OFFSET_WRONG")
    const answer = state.take?.(body, state.received)
    if (state.take === undefined) state.received.push(body)
    return answer ?? facts()
  })
}

function lengthOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0)
}

interface Tried {
  readonly steps: readonly string[]
  readonly counts: readonly number[]
  readonly error: unknown
  /** The id that is noted at the end. */
  readonly noted: string | undefined
}

/** Sends a file of so many bytes; of an upload that is noted already with its id. */
async function trySending(
  context: TestContext,
  state: UploadState,
  { sizeBytes, isNoted = false }: { readonly sizeBytes: number; readonly isNoted?: boolean },
): Promise<Tried> {
  const { client, asked } = serving(state, sizeBytes)
  const notes = openUploadNotes(folderOf(context, {}))
  const upload = { server: client.url, place: "p", name: "a b/ü", digest: DIGEST }
  if (isNoted) await notes.keep(upload, ID)
  const counts: number[] = []
  const onBytes = (count: number): void => void counts.push(count)
  const consignment = { ...upload, sizeBytes, bytes: () => bytesOf(sizeBytes) }
  const error = await sendFile(consignment, { client, notes, onBytes, signal: new AbortController().signal }).then(
    (sent) => assert.deepEqual(sent, { file: { id: "f" }, isNew: true }),
    (thrown: unknown) => thrown,
  )
  const steps = asked.map(({ method, path }) => `${method} ${path.replace("/api/v1/", "").replace(ID, "ID")}`)
  return { steps, counts, error, noted: await notes.find(upload) }
}

test("a small file, up to 8 MiB, is one request with its digest and name", async (context) => {
  for (const sizeBytes of [0, 1, 8 * MIB]) {
    const { steps, counts } = await trySending(context, {}, { sizeBytes: sizeBytes })
    assert.deepEqual([steps, counts], [["PUT places/p/files/a b/ü"], [sizeBytes]])
  }
})

test("a larger file comes in pieces of 16 MiB and a rest, in their order, and leaves no note", async (context) => {
  assert.deepEqual((await trySending(context, {}, { sizeBytes: 8 * MIB + 1 })).steps, [
    "POST uploads",
    "PUT uploads/ID/chunks/0",
    "POST uploads/ID/finish",
  ])
  const state: UploadState = {}
  const { steps, counts, noted } = await trySending(context, state, { sizeBytes: 2 * PIECE + 5 })
  assert.deepEqual(steps, [
    "POST uploads",
    "PUT uploads/ID/chunks/0",
    `PUT uploads/ID/chunks/${PIECE}`,
    `PUT uploads/ID/chunks/${2 * PIECE}`,
    "POST uploads/ID/finish",
  ])
  assert.equal(noted, undefined)
  assert.deepEqual(counts, [0, PIECE, PIECE, 5, 0])
  const received = (async function* () {
    yield* state.received ?? []
  })()
  assert.equal(await digestOf(received), await digestOf(bytesOf(2 * PIECE + 5)))
})

test("an upload that was noted goes on at the byte where it is, in the middle of a chunk too", async (context) => {
  const sizeBytes = PIECE + 10
  const beginning = Buffer.concat([Buffer.alloc(MIB, 1), Buffer.alloc(3, 2)])
  const state: UploadState = { received: [beginning] }
  const { steps, counts } = await trySending(context, state, { sizeBytes: sizeBytes, isNoted: true })
  assert.deepEqual(steps, ["GET uploads/ID", `PUT uploads/ID/chunks/${MIB + 3}`, "POST uploads/ID/finish"])
  assert.equal(counts[0], MIB + 3)
  const received = (async function* () {
    yield* state.received ?? []
  })()
  assert.equal(await digestOf(received), await digestOf(bytesOf(sizeBytes)))
})

test("an upload that is whole already is only finished, and one that the server has forgotten begins again", async (context) => {
  const whole = { received: [Buffer.alloc(9 * MIB)] }
  assert.deepEqual((await trySending(context, whole, { sizeBytes: 9 * MIB, isNoted: true })).steps, [
    "GET uploads/ID",
    "POST uploads/ID/finish",
  ])
  assert.deepEqual((await trySending(context, {}, { sizeBytes: 9 * MIB, isNoted: true })).steps, [
    "GET uploads/ID",
    "POST uploads",
    "PUT uploads/ID/chunks/0",
    "POST uploads/ID/finish",
  ])
})

test("where the server took a part of a piece, the rest of it is sent next", async (context) => {
  let isFirst = true
  const state: UploadState = {
    take: (piece, received) => {
      received.push(isFirst ? piece.subarray(0, 1000) : piece)
      isFirst = false
      return undefined
    },
  }
  const { steps } = await trySending(context, state, { sizeBytes: 9 * MIB })
  assert.deepEqual(steps.slice(1, 3), ["PUT uploads/ID/chunks/0", "PUT uploads/ID/chunks/1000"])
})

test("where a piece arrived and its answer did not, it is not sent twice", async (context) => {
  const state: UploadState = {
    take: (piece, received) => {
      received.push(piece)
      return refusal("UPLOAD_OFFSET_WRONG")
    },
  }
  const { steps } = await trySending(context, state, { sizeBytes: 9 * MIB })
  assert.deepEqual(steps.slice(1), ["PUT uploads/ID/chunks/0", "GET uploads/ID", "POST uploads/ID/finish"])
})

test("a server that takes pieces and keeps none is told of, and not fed for ever", async (context) => {
  let taken = 0
  const state: UploadState = { take: () => void taken++ }
  const { error, noted } = await trySending(context, state, { sizeBytes: 9 * MIB })
  assert.ok(isGeartrainError(error, "SERVER_REPLY_UNREADABLE"))
  assert.match(error.message, /still has 0 of 9437184 bytes/)
  assert.equal(taken, 3)
  assert.equal(noted, ID)
})

test("what does not fit is forgotten, so that the next try begins again; whatever may pass keeps its note", async (context) => {
  for (const [code, noted] of [
    ["UPLOAD_UNFIT", undefined],
    ["UPLOAD_NOT_FOUND", undefined],
    ["QUOTA_EXCEEDED", ID],
    ["NOT_PERMITTED", ID],
  ] as const satisfies readonly (readonly [ErrorCode, string | undefined])[]) {
    const state: UploadState = { received: [Buffer.alloc(9 * MIB)], onFinish: () => refusal(code) }
    const tried = await trySending(context, state, { sizeBytes: 9 * MIB, isNoted: true })
    assert.ok(isGeartrainError(tried.error, code))
    assert.equal(tried.noted, noted, code)
  }
})
