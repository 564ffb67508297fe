import { Readable } from "node:stream"
import { GeartrainError } from "@geartrain/spec"
import { z } from "zod"
import { listZip } from "../../../packing/zip/list-zip.ts"
import { openZipMember } from "../../../packing/zip/open-zip-member.ts"
import type { ByteSource } from "../../../packing/zip/window-reader.ts"
import type { ArchivePorts } from "../../archive/archive-ports.ts"
import { createDownload, selectionOf } from "../../archive/downloads/create-download.ts"
import { fitRange } from "../../archive/downloads/open-content.ts"
import { type OpenFile, openFile } from "../../archive/downloads/open-file.ts"
import { streamDownload } from "../../archive/downloads/stream-download.ts"
import { fileNotFound } from "../../archive/names/not-found.ts"
import type { ApiApp, FastifyReply, FastifyRequest } from "../../http/api-app.ts"
import { attachment, readRange, safeMediaType } from "../../http/content-headers.ts"
import { needNamed } from "./need-named.ts"
import { CONTAINERS, FILE_PARAMS } from "./paths.ts"

const TEXT = z.string().max(1024)

const CONTENT_QUERY = z.object({
  ticket: TEXT.optional(),
  info: TEXT.optional(),
  member: z.string().max(4096).optional(),
  version: z.coerce.number().int().min(1).max(1_000_000_000).optional(),
})

const IDS = z.object({ _id: TEXT, level: TEXT.optional(), type: TEXT.optional() })

/** Bytes of files: one, a member of a zip, or a selection by a ticket. */
export function contentRoutes(app: ApiApp, ports: ArchivePorts): void {
  for (const [word, type] of Object.entries(CONTAINERS)) {
    const schema = { params: FILE_PARAMS, querystring: CONTENT_QUERY }
    app.get(`/api/${word}/:id/files/:name`, { schema }, async (request, reply) => {
      const { caller, params, query } = request
      const { file } = await needNamed(ports, caller, { ...params, type, right: "read" })
      if (query.ticket === "") {
        return { ticket: (await createDownload(ports, caller, { places: [], files: [file.id] })).ticket }
      }
      if (query.ticket !== undefined) await needTicketFor(ports, request, { ticket: query.ticket, file: file.id })
      const open = await openFile(ports, caller, { id: file.id, version: query.version })
      if (query.info !== undefined) return zipListing(open)
      if (query.member !== undefined) return sendMember(reply, open, query.member)
      return sendFile(request, reply, open)
    })
  }
  const body = z.object({
    nodes: z.array(IDS).max(1000).default([]),
    files: z
      .array(z.object({ _id: TEXT }))
      .max(1000)
      .default([]),
  })
  app.post("/api/download", { schema: { body } }, async ({ caller, body: { nodes, files } }) => {
    const ids = (list: readonly { readonly _id: string }[]): string[] => list.map(({ _id }) => _id)
    const made = await createDownload(ports, caller, { places: ids(nodes), files: ids(files) })
    return { ticket: made.ticket, file_cnt: made.files, size: made.bytes }
  })
  const querystring = z.object({ ticket: TEXT })
  app.get("/api/download", { schema: { querystring } }, async ({ caller, query: { ticket } }, reply) => {
    const bytes = await streamDownload(ports, caller, { ticket, format: "tar" })
    return reply
      .header("content-type", "application/x-tar")
      .header("content-disposition", attachment(`geartrain-${ticket}.tar`))
      .send(Readable.from(bytes, { objectMode: false }))
  })
}

async function needTicketFor(
  ports: ArchivePorts,
  { caller }: FastifyRequest,
  { ticket, file }: { readonly ticket: string; readonly file: string },
): Promise<void> {
  const selection = await selectionOf(ports, caller, ticket)
  if (!selection.files.includes(file)) throw fileNotFound(file)
}

function sendFile(request: FastifyRequest, reply: FastifyReply, open: OpenFile): FastifyReply {
  const etag = `"${open.digest}"`
  reply
    .header("etag", etag)
    .header("accept-ranges", "bytes")
    .header("content-type", safeMediaType(open.file.mimetype))
    .header("content-disposition", attachment(open.file.name))
  if (request.headers["if-none-match"] === etag) return reply.code(304).send()
  const ifRange = request.headers["if-range"]
  const isStale = ifRange !== undefined && ifRange !== etag
  const asked = isStale ? undefined : readRange(request.headers.range, open.sizeBytes)
  if (asked === undefined) {
    return reply
      .header("content-length", String(open.sizeBytes))
      .send(Readable.from(open.bytes(), { objectMode: false }))
  }
  reply.header("content-range", `bytes */${open.sizeBytes}`)
  const range = fitRange(asked, open.sizeBytes)
  return reply
    .code(206)
    .header("content-range", `bytes ${range.first}-${range.last}/${open.sizeBytes}`)
    .header("content-length", String(range.last - range.first + 1))
    .send(Readable.from(open.bytes(range), { objectMode: false }))
}

function sourceOf(open: OpenFile): ByteSource {
  return { sizeBytes: open.sizeBytes, part: (start, end) => open.bytes({ first: start, last: end - 1 }) }
}

async function zipListing(open: OpenFile): Promise<object> {
  const listing = await listZip(sourceOf(open))
  if (!listing.ok) throw noZip(open, listing.why)
  return {
    comment: "",
    members: listing.members
      .filter(({ kind }) => kind === "file")
      .map(({ name, sizeBytes }) => ({ path: name, size: sizeBytes })),
  }
}

async function sendMember(reply: FastifyReply, open: OpenFile, member: string): Promise<FastifyReply> {
  const found = await openZipMember(sourceOf(open), member)
  if (!found.ok) {
    if (found.missing) throw fileNotFound(`${member} in ${open.file.name}`)
    throw noZip(open, found.why)
  }
  return reply
    .header("content-type", "application/octet-stream")
    .header("content-length", String(found.sizeBytes))
    .header("content-disposition", attachment(member.slice(member.lastIndexOf("/") + 1)))
    .send(found.bytes)
}

function noZip(open: OpenFile, why: string): GeartrainError {
  return new GeartrainError("REQUEST_INVALID", `Cannot look into "${open.file.name}": it ${why}`)
}
