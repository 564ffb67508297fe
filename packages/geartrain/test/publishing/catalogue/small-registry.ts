import { createHash } from "node:crypto"
import type { IncomingMessage, ServerResponse } from "node:http"
import { type Handler, startServer } from "../../images/support/registry-server.ts"

/** Answers in the place of the honest registry, or leaves it to it by answering false. */
export type Spoil = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>

/** A registry of the test's own, as small as the specification allows, that can be spoiled. */
export interface SmallRegistry {
  readonly host: string
  readonly asked: readonly IncomingMessage[]
  spoil: Spoil
  stop(): Promise<void>
}

export async function startSmallRegistry(options: { readonly listsReferrers: boolean }): Promise<SmallRegistry> {
  const blobs = new Map<string, Buffer>()
  const manifests = new Map<string, Buffer>()
  const state: { spoil: Spoil } = { spoil: () => false }
  const handler: Handler = (request, response) => {
    void answer(request, response).catch(() => response.destroy())
  }
  const server = await startServer(handler)
  return {
    ...server,
    get spoil() {
      return state.spoil
    },
    set spoil(spoil) {
      state.spoil = spoil
    },
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (await state.spoil(request, response)) return
    const url = new URL(request.url ?? "/", "http://registry")
    const [, repository = "", kind = "", reference = ""] =
      /^\/v2\/(.+?)\/(manifests|blobs|tags|referrers)\/(.*)$/.exec(url.pathname) ?? []
    if (url.pathname === "/v2/_catalog") {
      const repositories = [...new Set([...manifests.keys()].map((key) => key.split(" ")[0] ?? ""))]
      send(response, 200, JSON.stringify({ repositories }))
    } else if (kind === "tags") {
      const tags = [...manifests.keys()].filter((key) => key.startsWith(`${repository} `) && !key.includes(":"))
      send(response, 200, JSON.stringify({ tags: tags.map((key) => key.split(" ")[1]) }))
    } else if (request.method === "POST") {
      await bodyOf(request)
      response.writeHead(202, { location: `/v2/${repository}/blobs/uploads/1?state=x` }).end()
    } else if (request.method === "PUT" && reference.startsWith("uploads/")) {
      blobs.set(`${repository} ${url.searchParams.get("digest")}`, await bodyOf(request))
      response.writeHead(201).end()
    } else if (request.method === "PUT") {
      const body = await bodyOf(request)
      const digest = digestOf(body)
      for (const name of [digest, reference]) manifests.set(`${repository} ${name}`, body)
      const subject = JSON.parse(body.toString()).subject?.digest as string | undefined
      const known = options.listsReferrers && subject !== undefined ? { "oci-subject": subject } : {}
      response.writeHead(201, { "docker-content-digest": digest, ...known }).end()
    } else if (kind === "referrers" && options.listsReferrers) {
      const found = [...manifests].filter(([key, body]) => {
        return key.startsWith(`${repository} sha256:`) && JSON.parse(body.toString()).subject?.digest === reference
      })
      const mediaType = "application/vnd.oci.image.manifest.v1+json"
      const list = found.map(([, body]) => ({ mediaType, digest: digestOf(body), size: body.length }))
      send(response, 200, JSON.stringify({ schemaVersion: 2, manifests: list }))
    } else {
      const body = (kind === "manifests" ? manifests : blobs).get(`${repository} ${reference}`)
      if (body === undefined || kind === "referrers") response.writeHead(404).end()
      else send(response, 200, body)
    }
  }
}

export function bodyOf(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    request.on("data", (piece: Buffer) => pieces.push(piece))
    request.on("end", () => resolve(Buffer.concat(pieces)))
    request.on("error", reject)
  })
}

function send(response: ServerResponse, status: number, body: string | Buffer): void {
  response.writeHead(status, { "content-length": Buffer.byteLength(body) }).end(body)
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`
}
