import assert from "node:assert/strict"
import type { IncomingMessage } from "node:http"
import { after, before, beforeEach, describe, it } from "node:test"
import type { CatalogueBackend } from "@geartrain/ports"
import { catalogueLaws, keepsLaws } from "@geartrain/ports/laws"
import { type ErrorCode, isGeartrainError } from "@geartrain/spec"
import { publishGear } from "../../../src/publishing/catalogue/publish-gear.ts"
import { openRegistryCatalogue } from "../../../src/publishing/catalogues/registry/index.ts"
import { sha256 } from "../../../src/system/hash.ts"
import { sampleGear, samplePacking } from "./sample-gear.ts"
import { bodyOf, type SmallRegistry, type Spoil, startSmallRegistry } from "./small-registry.ts"

const PATIENCE = { timeoutMs: 300, retries: 2, retryDelayMs: 5 }
const BLOB = Buffer.from("some bytes")
const DESCRIPTOR = { mediaType: "text/plain", digest: sha256(BLOB), sizeBytes: BLOB.length }

const isUpload = (request: IncomingMessage): boolean => request.method === "PUT" && /uploads/.test(request.url ?? "")
const isManifest = (request: IncomingMessage): boolean => /\/manifests\//.test(request.url ?? "")

/** Always this status, whatever is asked. */
function always(status: number, headers: Readonly<Record<string, string>> = {}): Spoil {
  return async (request, response) => {
    await bodyOf(request)
    response.writeHead(status, headers).end("no")
    return true
  }
}

async function* bytesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield bytes
}

async function drain(source: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of source);
}

describe("A registry for a catalogue", () => {
  let registry: SmallRegistry
  let port: CatalogueBackend
  let shelves = 0
  before(async () => {
    registry = await startSmallRegistry({ listsReferrers: true })
  })
  after(() => registry.stop())
  beforeEach(() => {
    registry.spoil = () => false
    shelves += 1
    port = openRegistryCatalogue({ host: registry.host, prefix: `place-${shelves}`, patience: PATIENCE })
  })

  const refused = async (work: Promise<unknown>, code: ErrorCode, words: RegExp): Promise<void> => {
    await assert.rejects(work, (error) => {
      assert.ok(isGeartrainError(error, code), `${code}: ${error}`)
      assert.match(error.message, words)
      return true
    })
  }
  const write = () => port.writeBlob("sample", DESCRIPTOR, () => bytesOf(BLOB))
  const publish = (text = "text") => publishGear(sampleGear("1.0.0", text), port, samplePacking(text))

  keepsLaws(it, "a registry that lists referrers", {
    laws: catalogueLaws,
    open: async () => {
      shelves += 1
      return { port: openRegistryCatalogue({ host: registry.host, prefix: `law-${shelves}` }), close: async () => {} }
    },
  })

  it("is told apart by what it answers, when read and when written", async () => {
    const cases: readonly (readonly [Spoil, ErrorCode, RegExp])[] = [
      [always(401), "REGISTRY_UNAUTHORIZED", /asks who is there, and no credentials are known for it/],
      [always(403), "REGISTRY_UNAUTHORIZED", /asks who is there/],
      [always(429), "REGISTRY_BUSY", /has been asked too often/],
      [always(500), "REGISTRY_UNAVAILABLE", /answers with status 500/],
      [always(418), "REGISTRY_REPLY_INVALID", /answers with status 418/],
    ]
    for (const [spoil, code, words] of cases) {
      registry.spoil = spoil
      await refused(port.readManifest("sample", "1.0.0"), code, words)
      await refused(port.tags("sample"), code, words)
      await refused(write(), code, words)
      await refused(publish(), code, words)
    }
    registry.spoil = always(404)
    assert.equal(await port.readManifest("sample", "1.0.0"), undefined)
    assert.deepEqual(await port.tags("sample"), [])
    await refused(drain(port.readBlob("sample", DESCRIPTOR)), "BLOB_NOT_FOUND", /the registry does not have it/)
    await refused(write(), "REGISTRY_NOT_FOUND", /Cannot store blob .*: the registry does not have it/)
  })

  it("is waited for as long as it asks", async () => {
    let asked = 0
    registry.spoil = async (request, response) => {
      if (request.method !== "POST" || asked++ > 0) return false
      await bodyOf(request)
      response.writeHead(429, { "retry-after": "1" }).end()
      return true
    }
    const startedMs = performance.now()
    await write()
    assert.ok(performance.now() - startedMs >= 990)
  })

  it("is given up when it hangs, before it answers or while it sends", async () => {
    registry.spoil = () => true
    await refused(port.readManifest("sample", "1"), "REGISTRY_UNAVAILABLE", /has sent nothing for 0.3 s/)
    await refused(write(), "REGISTRY_UNAVAILABLE", /Cannot store blob .* has sent nothing for 0.3 s/)
    registry.spoil = () => false
    await write()
    registry.spoil = (_, response) => {
      response.writeHead(200, { "content-length": BLOB.length }).write(BLOB.subarray(0, 3))
      return true
    }
    await refused(drain(port.readBlob("sample", DESCRIPTOR)), "REGISTRY_UNAVAILABLE", /has sent nothing for 0.3 s/)
  })

  it("is tried again when an upload breaks off", async () => {
    let cut = 0
    registry.spoil = (request, response) => {
      if (!isUpload(request) || cut++ > 1) return false
      response.destroy()
      return true
    }
    await write()
    assert.equal(cut, 3)
    assert.equal((await publish()).outcome, "new")
  })

  it("may not send other bytes than those that are named", async () => {
    await write()
    const sends =
      (bytes: Buffer): Spoil =>
      (_, response) => {
        response.end(bytes)
        return true
      }
    registry.spoil = sends(Buffer.from("other byte"))
    await refused(drain(port.readBlob("sample", DESCRIPTOR)), "CATALOGUE_DAMAGED", /should have the digest .*, and has/)
    registry.spoil = sends(BLOB.subarray(1))
    await refused(drain(port.readBlob("sample", DESCRIPTOR)), "CATALOGUE_DAMAGED", /should have 10 bytes, and 9 came/)
    registry.spoil = sends(Buffer.concat([BLOB, BLOB]))
    await refused(
      drain(port.readBlob("sample", DESCRIPTOR)),
      "CATALOGUE_DAMAGED",
      /should have 10 bytes, and more came/,
    )
    registry.spoil = sends(Buffer.from("{}"))
    await refused(port.readManifest("sample", DESCRIPTOR.digest), "CATALOGUE_DAMAGED", /should have the digest/)
    registry.spoil = (_, response) => {
      response.writeHead(200, { "docker-content-digest": DESCRIPTOR.digest }).end("{}")
      return true
    }
    await refused(port.readManifest("sample", "1.0.0"), "CATALOGUE_DAMAGED", /"1.0.0".* should have the digest/)
    registry.spoil = sends(Buffer.alloc(5 * 1024 * 1024, " "))
    await refused(port.readManifest("sample", "1.0.0"), "REGISTRY_REPLY_INVALID", /more than 4194304 bytes/)
  })

  it("may not say that it stored something else", async () => {
    registry.spoil = async (request, response) => {
      if (request.method !== "PUT" || !isManifest(request)) return false
      await bodyOf(request)
      response.writeHead(201, { "docker-content-digest": DESCRIPTOR.digest }).end()
      return true
    }
    await refused(publish(), "CATALOGUE_DAMAGED", /stored as "sample": it should have the digest/)
  })

  it("may not send an upload to where nobody should be sent, nor credentials to another", async () => {
    const leads =
      (location: string | undefined): Spoil =>
      async (request, response) => {
        if (request.method !== "POST") return false
        await bodyOf(request)
        response.writeHead(202, location === undefined ? {} : { location }).end()
        return true
      }
    registry.spoil = leads(undefined)
    await refused(write(), "REGISTRY_REPLY_INVALID", /does not say where to/)
    for (const location of ["http://127.0.0.1:1/steal", "ftp://x/", "file:///etc/passwd"]) {
      registry.spoil = leads(location)
      await refused(write(), "REGISTRY_REPLY_INVALID", /sends to where nobody should be sent/)
    }
  })

  it("is not published to twice under one version", async () => {
    await publish()
    assert.equal((await publish()).outcome, "unchanged")
    await refused(publish("other"), "VERSION_EXISTS", /"sample@1.0.0": it is there, and another gear/)
  })

  it("that does not tell what it has says so, and its lists are read page by page to their end", async () => {
    for (const status of [404, 401]) {
      registry.spoil = always(status)
      await refused(drain(port.names()), "CATALOGUE_NOT_LISTED", /Cannot list the gears of ".*": it does not tell/)
    }
    const lists =
      (body: string, link?: string): Spoil =>
      (_, response) => {
        response.writeHead(200, link === undefined ? {} : { link }).end(body)
        return true
      }
    registry.spoil = lists("<html>")
    await refused(port.tags("sample"), "REGISTRY_REPLY_INVALID", /Cannot list tags of .*: it is no JSON/)
    registry.spoil = lists('{"tags": 3}')
    await refused(port.tags("sample"), "REGISTRY_REPLY_INVALID", /it has no "tags"/)
    registry.spoil = lists('{"tags": null}')
    assert.deepEqual(await port.tags("sample"), [])
    registry.spoil = (request, response) => {
      const last = /last=b/.test(request.url ?? "")
      const link = last ? {} : { link: '</v2/x/tags/list?last=b&n=1000>; rel="next"' }
      response.writeHead(200, link).end(JSON.stringify({ tags: last ? ["c"] : ["a", "b", 7] }))
      return true
    }
    assert.deepEqual(await port.tags("sample"), ["a", "b", "c"])
    registry.spoil = lists('{"tags": ["a"]}', '</v2/x/tags/list?round=again>; rel="next"')
    await refused(port.tags("sample"), "REGISTRY_REPLY_INVALID", /it has more than 1000 pages/)
  })

  it("may not give rubbish for a list of signatures", async () => {
    const { published } = await publish()
    for (const body of ["x", "null", '{"manifests": [{"digest": "../x"}]}']) {
      registry.spoil = (request, response) => {
        if (!/referrers/.test(request.url ?? "")) return false
        response.end(body)
        return true
      }
      const asked = port.referrers("sample", published.manifest.digest)
      await refused(asked, "REGISTRY_REPLY_INVALID", /signatures of .*: the answer is no image index/)
    }
  })
})
