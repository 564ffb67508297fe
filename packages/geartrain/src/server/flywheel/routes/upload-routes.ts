import type { Readable } from "node:stream"
import { GeartrainError, isGeartrainError, type JsonObject } from "@geartrain/spec"
import { checkMember, FILE_MEMBERS } from "@geartrain/spec/archive"
import type { ArchivePorts } from "../../archive/archive-ports.ts"
import { changeFile } from "../../archive/files/change-file.ts"
import type { IncomingBytes } from "../../archive/uploads/append-upload.ts"
import { uploadWhole } from "../../archive/uploads/upload-whole.ts"
import type { ApiApp, FastifyRequest } from "../../http/api-app.ts"
import { checkJsonText } from "../../http/check-json-text.ts"
import { fileShape } from "../shapes/file-shape.ts"
import { needNamed } from "./need-named.ts"
import { CONTAINERS, ID_PARAMS, needContainer } from "./paths.ts"

/** Files by forms: one part `file`, and what is to be known of it in a field `metadata` before or after it. */
export function uploadRoutes(app: ApiApp, ports: ArchivePorts): void {
  for (const [word, type] of Object.entries(CONTAINERS)) {
    const options = { config: { streamed: true }, schema: { params: ID_PARAMS } }
    app.post(`/api/${word}/:id/files`, options, async (request) => {
      const { caller, params } = request
      // Before a byte is taken.
      const place = await needContainer(ports, caller, { ...params, type, right: "write", action: "file.upload" })
      const { name, metadata } = await takeForm(ports, request, place.id)
      const { file } = await needNamed(ports, caller, { id: place.id, name, type, right: "read" })
      if (metadata !== undefined) {
        const { tags, ...set } = metadata
        const addTags = Array.isArray(tags) ? tags.map(String) : undefined
        await changeFile(ports, caller, { id: file.id, patch: { set, addTags } })
      }
      const { file: after } = await needNamed(ports, caller, { id: place.id, name, type, right: "read" })
      return [fileShape(after, place)]
    })
  }
}

async function takeForm(
  ports: ArchivePorts,
  request: FastifyRequest,
  place: string,
): Promise<{ readonly name: string; readonly metadata: JsonObject | undefined }> {
  if (!request.isMultipart()) {
    throw new GeartrainError("MEDIA_TYPE_UNSUPPORTED", "Cannot read the body: it is no form with a file in it", {
      hint: "Send it as multipart/form-data, with the file in the part named file",
    })
  }
  let name: string | undefined
  let metadata: JsonObject | undefined
  for await (const part of wellFormed(request.parts())) {
    if (part.type === "file") {
      const saved = await uploadWhole(ports, request.caller, { place, name: part.filename, bytes: bytesOf(part.file) })
      name = saved.file.name
    } else if (part.fieldname === "metadata") metadata = readMetadata(part.value, part.valueTruncated)
  }
  if (name !== undefined) return { name, metadata }
  throw new GeartrainError("REQUEST_INVALID", "Cannot read the form: there is no file in it", {
    hint: "Send the file in the part named file",
  })
}

/** Bytes of a part, which can be hung up on as the stream of them can. */
function bytesOf(file: Readable): IncomingBytes {
  const bytes = wellFormed<Uint8Array>(file)
  return { [Symbol.asyncIterator]: () => bytes, destroy: (error) => file.destroy(error) }
}

/**
 * The same, where what the parser says of a form that is none, or that ends too early, is told as the fault of whoever sent it.
 *
 * @throws {GeartrainError} REQUEST_INVALID
 */
async function* wellFormed<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item, void> {
  const iterator = items[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await iterator.next().catch((error: unknown) => {
        if (isGeartrainError(error)) throw error
        const because = error instanceof Error ? error.message : String(error)
        throw new GeartrainError("REQUEST_INVALID", `Cannot read the form: ${because}`, { cause: error })
      })
      if (next.done === true) return
      yield next.value
    }
  } finally {
    await iterator.return?.()
  }
}

/** @throws {GeartrainError} REQUEST_INVALID */
function readMetadata(text: unknown, isCut: boolean): JsonObject {
  if (typeof text !== "string" || isCut) throw unfit("it is no text, or longer than a megabyte")
  checkJsonText(text)
  const value = parse(text)
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw unfit("it is no object")
  // Clients send the name and size along, which the part with the file has said.
  const { name: _name, size: _size, ...members } = value as JsonObject
  for (const [member, said] of Object.entries(members)) {
    const kind = Object.hasOwn(FILE_MEMBERS, member) ? FILE_MEMBERS[member] : undefined
    if (kind === undefined) throw unfit(`nobody knows "${member.slice(0, 80)}" of a file`)
    const fault = said === null ? undefined : checkMember(kind, said)
    if (fault !== undefined) throw unfit(`${member}: ${fault.problem}`)
  }
  return members
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // What the parser says of it tells no more than that.
    throw unfit("it is no JSON")
  }
}

function unfit(because: string): GeartrainError {
  return new GeartrainError("REQUEST_INVALID", `Cannot read the field "metadata": ${because}`)
}
