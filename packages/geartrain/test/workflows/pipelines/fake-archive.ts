import { createHash } from "node:crypto"
import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

/** A file of a server that says whatever a test wants. */
export interface FakeFile {
  readonly path: string
  readonly content: Buffer
  /** What the list says otherwise. */
  readonly listed?: object
}

export interface FakeArchive {
  readonly url: string
  /** Paths and queries that were asked for, with the range of those for bytes. */
  readonly asked: string[]
  files: readonly FakeFile[]
  /** What lookups answer. */
  found: unknown
  /** Each answer with bytes ends after so many of them: the line is cut, or it says nothing more. */
  most: { readonly bytes: number; readonly end: "cut" | "stall" } | undefined
  /** Answers with a list, in place of its own. */
  page: ((query: URLSearchParams) => unknown) | undefined
  isGone: boolean
  /** Told when an answer has stalled. */
  onStall: () => void
  close(): Promise<void>
}

export const PLACE = "a".repeat(24)
const PAGE = 1000

/** Starts a server that answers the questions of pipelines, on loopback. */
export async function openFakeArchive(): Promise<FakeArchive> {
  const server = createServer((request, response) => answer(fake, request, response))
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const fake: FakeArchive = {
    ...{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: [], files: [], most: undefined },
    ...{ found: { kind: "place", place: { id: PLACE } }, page: undefined, isGone: false },
    onStall: () => undefined,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
  return fake
}

/** The id of the file at an index. */
export function idAt(index: number): string {
  return index.toString(16).padStart(24, "0")
}

function answer(fake: FakeArchive, { url = "", headers }: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(url, fake.url)
  const { range } = headers
  fake.asked.push(range === undefined ? url : `${url} ${range}`)
  const id = /^\/api\/v1\/files\/([0-9a-f]{24})\/content$/.exec(pathname)?.[1]
  const file = id === undefined || fake.isGone ? undefined : fake.files[Number.parseInt(id, 16)]
  if (pathname === "/api/v1/lookup") json(response, 200, fake.found)
  else if (pathname === `/api/v1/places/${PLACE}/files`)
    json(response, 200, fake.page?.(searchParams) ?? page(fake, searchParams))
  else if (file !== undefined) bytes(fake, file.content, { range, response })
  else json(response, 404, { code: "ARCHIVE_FILE_NOT_FOUND", detail: "There is no such file" })
}

function page({ files }: FakeArchive, query: URLSearchParams): object {
  const from = Number(query.get("cursor") ?? 0)
  const items = files.slice(from, from + PAGE).map(({ path, content, listed }, index) => {
    const labels = path.split("/")
    const name = labels.pop()
    const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`
    return { id: idAt(from + index), name, labels, version: 1, digest, sizeBytes: content.length, ...listed }
  })
  return { items, ...(from + PAGE < files.length ? { next: String(from + PAGE) } : {}) }
}

function bytes(
  { most, onStall }: FakeArchive,
  content: Buffer,
  { range, response }: { readonly range: string | undefined; readonly response: ServerResponse },
): void {
  const start = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0)
  const rest = content.subarray(start)
  response.writeHead(range === undefined ? 200 : 206, { "content-length": rest.length })
  if (most === undefined) response.end(rest)
  else
    response.write(rest.subarray(0, most.bytes), () => {
      if (most.end === "cut") response.destroy()
      else onStall()
    })
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" })
  response.end(JSON.stringify(value))
}
