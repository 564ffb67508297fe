import assert from "node:assert/strict"
import type { IncomingMessage } from "node:http"
import { after, describe, it } from "node:test"
import type { ErrorCode } from "@geartrain/spec"
import { type Blobs, digestOf, json, makeImage } from "./support/make-image.ts"
import { makeTar } from "./support/make-tar.ts"
import { pathsOf, refusal, type TestOptions } from "./support/read-image.ts"
import { type Handler, startServer } from "./support/registry-server.ts"

const PATIENCE = { timeoutMs: 300, retries: 2, retryDelayMs: 5 }

const tar = makeTar([{ path: "a", body: Buffer.alloc(200_000, "x") }])
const blobs: Blobs = new Map()
const manifestDigest = (makeImage({ layers: [{ tar }] }, blobs) as { digest: string }).digest
const layer = digestOf(tar)

/** A registry as it should be, for the parts that a test does not spoil. */
const honest: Handler = (request, response) => {
  const [, kind, wanted = ""] = /\/v2\/lab\/tool\/(manifests|blobs)\/(.*)$/.exec(request.url ?? "") ?? []
  const body = blobs.get(kind === "manifests" && wanted === "1" ? manifestDigest : wanted)
  if (body === undefined) response.writeHead(404).end()
  else response.writeHead(200, { "content-length": body.length }).end(body)
}

const isLayer = (request: IncomingMessage): boolean => request.url?.endsWith(layer) === true
const isManifest = (request: IncomingMessage): boolean => request.url?.includes("/manifests/") === true

/** Reads from a server with this behaviour. */
async function read(handler: Handler, options: TestOptions = {}): Promise<readonly string[]> {
  const server = await startServer(handler)
  try {
    return await pathsOf(`${server.host}/lab/tool:1`, { patience: PATIENCE, ...options })
  } finally {
    await server.stop()
  }
}

async function refused(handler: Handler, code: ErrorCode, words: RegExp, options: TestOptions = {}): Promise<void> {
  const server = await startServer(handler)
  try {
    const error = await refusal(`${server.host}/lab/tool:1`, { patience: PATIENCE, ...options })
    assert.equal(error.code, code, error.message)
    assert.match(error.message, words)
  } finally {
    await server.stop()
  }
}

describe("A registry that is not as it should be", () => {
  it("is an error when nobody is there", async () => {
    const server = await startServer(honest)
    await server.stop()
    const error = await refusal(`${server.host}/lab/tool:1`, { patience: PATIENCE })
    assert.equal(error.code, "REGISTRY_UNAVAILABLE")
    assert.match(error.message, /cannot be reached: ECONNREFUSED/)
  })

  it("is given up when it hangs, before its answer or in the middle of it", async () => {
    await refused(() => {}, "REGISTRY_UNAVAILABLE", /has sent nothing for 0.3 s/)
    const stalls: Handler = (request, response) => {
      if (!isLayer(request)) return honest(request, response)
      response.writeHead(200, { "content-length": tar.length }).write(tar.subarray(0, 1000))
    }
    await refused(stalls, "REGISTRY_UNAVAILABLE", /has sent nothing for 0.3 s/)
  })

  it("is asked again when it breaks off, is busy, or is out of order for a while", async () => {
    let broken = 0
    const recovers: Handler = (request, response) => {
      if (++broken % 3 === 1) response.writeHead(503).end()
      else if (broken % 3 === 2) response.writeHead(429, { "retry-after": "0" }).end()
      else honest(request, response)
    }
    assert.deepEqual(await read(recovers), ["a"])
    let cut = 0
    const cutsOff: Handler = (request, response) => {
      if (!isLayer(request) || cut++ > 1) return honest(request, response)
      response
        .writeHead(200, { "content-length": tar.length })
        .write(tar.subarray(0, 100_000), () => response.destroy())
    }
    assert.deepEqual(await read(cutsOff), ["a"])
    assert.equal(cut, 3)
  })

  it("is told apart by what it answers", async () => {
    const always =
      (status: number): Handler =>
      (_, response) =>
        void response.writeHead(status).end("no")
    await refused(always(500), "REGISTRY_UNAVAILABLE", /answers with status 500/)
    await refused(always(429), "REGISTRY_BUSY", /has been asked too often/)
    await refused(always(401), "REGISTRY_UNAUTHORIZED", /asks who is there/)
    await refused(always(403), "REGISTRY_UNAUTHORIZED", /asks who is there/)
    await refused(always(404), "REGISTRY_NOT_FOUND", /does not have it/)
    await refused(always(418), "REGISTRY_REPLY_INVALID", /answers with status 418/)
    await refused((_, response) => void response.end("<html>"), "IMAGE_MANIFEST_INVALID", /it is no JSON/)
  })

  it("may not send more than a manifest may have", async () => {
    const endless: Handler = (_, response) => void response.end(Buffer.alloc(5 * 1024 * 1024, " "))
    await refused(endless, "REGISTRY_REPLY_INVALID", /has more than 4194304 bytes/)
  })

  it("may not send other bytes than those that are named", async () => {
    const sends =
      (bytes: Buffer): Handler =>
      (request, response) =>
        isLayer(request) ? void response.end(bytes) : honest(request, response)
    const other = Buffer.from(tar)
    other.writeUInt8(7, 600)
    await refused(sends(other), "IMAGE_LAYER_DIGEST_MISMATCH", /layer 1 of 1: its bytes have the digest/)
    await refused(sends(tar.subarray(0, 500)), "IMAGE_LAYER_DIGEST_MISMATCH", /the registry sends 500 bytes/)
    await refused(sends(Buffer.concat([tar, tar])), "IMAGE_LAYER_DIGEST_MISMATCH", /the registry sends more bytes/)
    const config: Handler = (request, response) =>
      isLayer(request) || isManifest(request) ? honest(request, response) : void response.end("{}")
    await refused(config, "IMAGE_LAYER_DIGEST_MISMATCH", /its config have|its config has|digest/)
  })

  it("may not give another manifest for a digest", async () => {
    const server = await startServer((_, response) => void response.end(json({ schemaVersion: 2 })))
    const error = await refusal(`${server.host}/lab/tool@${manifestDigest}`, { patience: PATIENCE })
    await server.stop()
    assert.equal(error.code, "IMAGE_LAYER_DIGEST_MISMATCH")
  })

  it("is cancelled when the caller says so", async () => {
    const cancel = new AbortController()
    const server = await startServer(() => cancel.abort(new RangeError("enough")))
    await assert.rejects(
      pathsOf(`${server.host}/lab/tool:1`, { patience: { timeoutMs: 60_000 }, signal: cancel.signal }),
      RangeError,
    )
    await server.stop()
  })
})

describe("A registry that sends elsewhere", () => {
  const auth = { authorization: "Basic" }

  it("is followed, and credentials stay with the host that they are for", async (context) => {
    const storage = await startServer((request, response) =>
      honest({ ...request, url: request.url?.replace("/storage", "") } as IncomingMessage, response),
    )
    after(() => storage.stop())
    const redirects: Handler = (request, response) => {
      if (request.headers.authorization === undefined)
        response.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end()
      else if (isLayer(request))
        response.writeHead(307, { location: `http://${storage.host}/storage${request.url}` }).end()
      else honest(request, response)
    }
    const server = await startServer(redirects)
    context.after(() => server.stop())
    const authFiles = [await authFile(context, server.host)]
    assert.deepEqual(await pathsOf(`${server.host}/lab/tool:1`, { patience: PATIENCE, authFiles }), ["a"])
    assert.ok(server.asked.some(({ headers }) => headers.authorization?.startsWith(auth.authorization) === true))
    assert.equal(storage.asked.length, 1)
    assert.equal(storage.asked[0]?.headers.authorization, undefined)
  })

  it("in a circle, or to what is no web address, is refused", async () => {
    const to =
      (location: string): Handler =>
      (_, response) =>
        void response.writeHead(302, { location }).end()
    await refused(to("/v2/again"), "REGISTRY_REPLY_INVALID", /redirects more than 5 times/)
    await refused(to("file:///etc/passwd"), "REGISTRY_REPLY_INVALID", /where nobody should be sent/)
    await refused(to("http://192.0.2.1/x"), "REGISTRY_REPLY_INVALID", /where nobody should be sent/)
    await refused(to("https://user:secret@localhost/x"), "REGISTRY_REPLY_INVALID", /where nobody should be sent/)
  })
})

describe("A token server", () => {
  const asks =
    (realm: string): Handler =>
    (_, response) =>
      void response.writeHead(401, { "www-authenticate": `Bearer realm="${realm}",service="s"` }).end()

  it("that is somewhere unsafe gets no credentials", async () => {
    for (const realm of ["http://192.0.2.1/token", "ftp://127.0.0.1/token", "", "nonsense"]) {
      await refused(asks(realm), "REGISTRY_REPLY_INVALID", /names no safe place to get a token from/)
    }
  })

  it("that gives no token, or one that would break a header, is refused", async () => {
    for (const body of ["no json", "{}", "null", '{"token":5}', '{"token":"a\\r\\nx: y"}', '{"token":""}']) {
      const tokens = await startServer((_, response) => void response.end(body))
      await refused(asks(`http://${tokens.host}/`), "REGISTRY_REPLY_INVALID", /token/)
      await tokens.stop()
    }
  })

  it("whose token the registry does not take ends in a refusal, and not in asking for ever", async () => {
    const tokens = await startServer((_, response) => void response.end('{"access_token":"t"}'))
    const server = await startServer(asks(`http://${tokens.host}/`))
    const error = await refusal(`${server.host}/lab/tool:1`, { patience: PATIENCE })
    await Promise.all([server.stop(), tokens.stop()])
    assert.equal(error.code, "REGISTRY_UNAUTHORIZED")
    assert.equal(tokens.asked.length, 1)
    assert.deepEqual(
      server.asked.map(({ headers }) => headers.authorization),
      [undefined, "Bearer t"],
    )
  })
})

async function authFile(context: { after(remove: () => void): void }, host: string): Promise<string> {
  const { mkdtempSync, rmSync, writeFileSync } = await import("node:fs")
  const folder = mkdtempSync("/tmp/geartrain-auth-")
  context.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(
    `${folder}/auth.json`,
    JSON.stringify({ auths: { [host]: { auth: Buffer.from("ann:secret").toString("base64") } } }),
  )
  return `${folder}/auth.json`
}
