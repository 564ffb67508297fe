import assert from "node:assert/strict"
import { createServer as createTcpServer } from "node:net"
import { join } from "node:path"
import { after, before, beforeEach, describe, it } from "node:test"
import { PutObjectCommand } from "@aws-sdk/client-s3"
import { openS3Store, type S3BlobStore, type S3StoreSettings } from "@geartrain/s3"
import { type Digest, type ErrorCode, isGeartrainError } from "@geartrain/spec"
import { missing, run } from "../../images/support/foreign.ts"
import { radosgwMissing } from "../../programs/radosgw.ts"
import { type Gateway, startGateway } from "./gateway.ts"
import { type Meddler, startMeddler } from "./meddler.ts"
import { contentsOf, digestOf, MEBIBYTE, numbered, sizeOf } from "./stored-bytes.ts"

const SIZE = 20 * MEBIBYTE
const NOWHERE = { bucket: "nowhere", credentials: { accessKeyId: "a", secretAccessKey: "b" }, attempts: 2 }
const HELLO: Digest = `sha256:${"1".repeat(64)}`

describe("A store in a bucket", { skip: radosgwMissing() }, () => {
  let gateway: Gateway
  let meddler: Meddler
  let digest: Digest
  before(async () => {
    gateway = await startGateway()
    meddler = await startMeddler(gateway.endpoint)
    digest = await digestOf(numbered(SIZE))
  })
  beforeEach(() => {
    if (meddler !== undefined) meddler.meddle = {}
  })
  after(async () => {
    await meddler?.stop()
    await gateway?.stop()
  })

  it("finishes an upload over a gateway that is killed and comes back", async () => {
    const { store } = await gateway.makeStore()
    const source = halting(10, async () => {
      await gateway.killGateway()
      setTimeout(() => void gateway.startGateway(), 500)
    })
    assert.deepEqual(await store.put(source, digest), { digest, sizeBytes: SIZE })
    assert.equal(await sizeOf(store, digest), SIZE)
    await store.close()
  })

  it("shows nothing of an upload whose gateway stays away, and a sweep removes what is left of it", async () => {
    const { store, bucket } = await gateway.makeStore({ attempts: 2 })
    const source = halting(17, () => gateway.killGateway())
    await rejectsWith("STORE_UNAVAILABLE", /nobody listens there|connection broke/, store.put(source, digest))
    await gateway.startGateway()
    assert.equal(await store.stat(digest), undefined)
    const left = await contentsOf(gateway.client, bucket)
    assert.deepEqual(left, { objects: [], uploads: [`blobs/sha256/${digest.slice(7)}`] })
    assert.deepEqual(await store.sweep({ begunBeforeMs: Date.now() - 3600_000 }), { uploads: 0, objects: 0 })
    assert.deepEqual(await store.sweep({ begunBeforeMs: Date.now() + 3600_000 }), { uploads: 1, objects: 0 })
    assert.deepEqual(await contentsOf(gateway.client, bucket), { objects: [], uploads: [] })
    await store.close()
  })

  it("sweeps objects that never came to their place, and no blob", async () => {
    const { store, bucket } = await gateway.makeStore()
    const left = { Bucket: bucket, Key: "incoming/left", Body: Buffer.from("left by a writer that was killed") }
    await gateway.client.send(new PutObjectCommand(left))
    const blob = await store.put(numbered(10))
    assert.deepEqual(await listed(store), [blob])
    assert.deepEqual(await store.sweep({ begunBeforeMs: Date.now() + 3600_000 }), { uploads: 0, objects: 1 })
    assert.deepEqual(await listed(store), [blob])
    await store.close()
  })

  it("goes on reading where a gateway was killed and came back", async () => {
    const { store } = await gateway.makeStore()
    await store.put(numbered(SIZE), digest)
    let sizeBytes = 0
    let isKilled = false
    for await (const chunk of store.get(digest)) {
      sizeBytes += chunk.length
      if (isKilled || sizeBytes < MEBIBYTE) continue
      isKilled = true
      await gateway.killGateway()
      await gateway.startGateway()
    }
    assert.equal(sizeBytes, SIZE)
    await store.close()
  })

  it("reads a blob whole although each connection breaks after a mebibyte", async () => {
    const { store } = await meddled()
    await store.put(numbered(SIZE), digest)
    let broken = 0
    meddler.meddle = {
      downward: ({ method }, reply, response) => {
        if (method !== "GET") return false
        response.writeHead(reply.statusCode ?? 502, reply.headers)
        let passed = 0
        reply.on("data", (chunk: Buffer) => {
          response.write(chunk)
          passed += chunk.length
          if (passed < MEBIBYTE) return
          broken += 1
          reply.destroy()
          response.destroy()
        })
        reply.on("end", () => response.end())
        return true
      },
    }
    assert.equal(await sizeOf(store, digest), SIZE)
    assert.ok(broken > 5, `broke ${broken} times`)
    await store.close()
  })

  it("gives up reading when connections break without a byte", async () => {
    const { store } = await meddled()
    const blob = await store.put(numbered(MEBIBYTE))
    meddler.meddle = {
      downward: ({ method }, reply, response) => {
        if (method !== "GET") return false
        reply.resume()
        response.writeHead(reply.statusCode ?? 502, reply.headers).flushHeaders()
        setTimeout(() => response.destroy(), 20)
        return true
      },
    }
    await rejectsWith("STORE_UNAVAILABLE", /^Cannot read blob "sha256:.*the connection/, sizeOf(store, blob.digest))
    await store.close()
  })

  it("finds an object that was changed or cut behind its back, and storing it again mends it", async () => {
    const { store, bucket } = await gateway.makeStore()
    const { digest: small } = await store.put(numbered(1000))
    const Key = `blobs/sha256/${small.slice(7)}`
    for (const Body of [Buffer.alloc(1000), Buffer.alloc(999), Buffer.alloc(0)]) {
      await gateway.client.send(new PutObjectCommand({ Bucket: bucket, Key, Body }))
      await rejectsWith("BLOB_DIGEST_MISMATCH", /bytes now have digest sha256:/, sizeOf(store, small))
      await store.put(numbered(1000), small)
      assert.equal(await sizeOf(store, small), 1000)
    }
    await store.close()
  })

  it("stores nothing of which a bit was changed on its way", async () => {
    for (const size of [1000, SIZE]) {
      const { store, bucket } = await meddled()
      meddler.meddle = {
        upward: ({ method }, bytes) => {
          if (method === "PUT" && bytes.length > 0) bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
          return bytes
        },
      }
      await rejectsWith("BLOB_DIGEST_MISMATCH", /the bytes changed on their way there/, store.put(numbered(size)))
      assert.deepEqual(await contentsOf(gateway.client, bucket), { objects: [], uploads: [] })
      await store.close()
    }
  })

  it("finds that an upload succeeded when only the reply to its last request was lost", async () => {
    const { store } = await meddled()
    let lost = 0
    meddler.meddle = {
      downward: ({ method, url }, reply, response) => {
        if (method !== "POST" || !url?.includes("uploadId=")) return false
        lost += 1
        reply.on("end", () => response.destroy()).resume()
        return true
      },
    }
    assert.deepEqual(await store.put(numbered(SIZE), digest), { digest, sizeBytes: SIZE })
    assert.ok(lost > 0)
    meddler.meddle = {}
    assert.equal(await sizeOf(store, digest), SIZE)
    await store.close()
  })

  it("tries again when the service asks it to slow down, and says so when that does not help", async () => {
    const { store } = await meddled({ attempts: 3 })
    let refusals = 2
    meddler.meddle = {
      answer: (_asked, response) => {
        if (refusals === 0) return false
        refusals -= 1
        response.writeHead(503, { "content-type": "application/xml" }).end("<Error><Code>SlowDown</Code></Error>")
        return true
      },
    }
    const blob = await store.put(numbered(10))
    assert.equal(refusals, 0)
    refusals = Number.POSITIVE_INFINITY
    await rejectsWith("STORE_UNAVAILABLE", /it asks to come later/, sizeOf(store, blob.digest))
    await rejectsWith("STORE_UNAVAILABLE", /503/, store.stat(blob.digest))
    await store.close()
  })

  it("names what is wrong with credentials, bucket and quota, for each of its methods", async () => {
    const { accessKeyId, secretAccessKey } = gateway.credentials
    const bucket = await gateway.makeBucket()
    for (const [settings, message] of [
      [{ credentials: { accessKeyId, secretAccessKey: "wrong" } }, /the secret key is not the one of this access key/],
      [{ credentials: { accessKeyId: "nobody", secretAccessKey } }, /the access key is not known there/],
      [{ bucket: "not-there" }, /there is no such bucket/],
    ] as const) {
      const store = openS3Store(gateway.settings(bucket, settings))
      for (const attempt of everyMethod(store)) await rejectsWith("STORE_REFUSED", message, attempt())
      await store.close()
    }
    const { store, bucket: small } = await gateway.makeStore()
    gateway.admin("quota", "set", "--quota-scope=bucket", "--uid=test", "--max-size=64K")
    gateway.admin("quota", "enable", "--quota-scope=bucket", "--uid=test")
    try {
      await rejectsWith("STORE_FULL", /its quota is used up/, store.put(numbered(MEBIBYTE)))
      await rejectsWith("STORE_FULL", /its quota is used up/, store.put(numbered(SIZE)))
    } finally {
      gateway.admin("quota", "disable", "--quota-scope=bucket", "--uid=test")
    }
    assert.deepEqual(await contentsOf(gateway.client, small), { objects: [], uploads: [] })
    await store.close()
  })

  it("says that another one's bucket may not be read", async () => {
    const bucket = await gateway.makeBucket()
    const stranger = { accessKeyId: "stranger", secretAccessKey: "secret-of-the-stranger" }
    gateway.admin(
      ...["user", "create", "--uid=stranger", "--display-name=stranger"],
      ...[`--access-key=${stranger.accessKeyId}`, `--secret-key=${stranger.secretAccessKey}`],
    )
    const store = openS3Store(gateway.settings(bucket, { credentials: stranger }))
    for (const attempt of everyMethod(store))
      await rejectsWith("STORE_REFUSED", /the credentials do not have the right to/, attempt())
    await store.close()
  })

  it("is used by a machine whose clock is three hours wrong all the same", { skip: missing("faketime") }, async () => {
    const { accessKeyId, secretAccessKey } = gateway.credentials
    const words = [await gateway.makeBucket(), gateway.endpoint, accessKeyId, secretAccessKey]
    const use = join(import.meta.dirname, "use-store.ts")
    const [clock = "", read] = run(["faketime", "-f", "+3h", process.execPath, use, ...words])
      .toString()
      .split(" ")
    assert.ok(Date.parse(clock) - Date.now() > 2.9 * 3600_000, clock)
    assert.equal(read, "1000")
  })

  it("tells no secret in an error", async () => {
    const secretAccessKey = "never-to-be-shown"
    const credentials = { accessKeyId: gateway.credentials.accessKeyId, secretAccessKey }
    const store = openS3Store(gateway.settings(await gateway.makeBucket(), { credentials }))
    await assert.rejects(store.ask(), (error) => {
      assert.ok(isGeartrainError(error, "STORE_REFUSED"))
      assert.ok(
        !JSON.stringify([error.message, error.hint, error.details, String(error.cause)]).includes(secretAccessKey),
      )
      return true
    })
    await store.close()
  })

  it("answers once its bucket does", async () => {
    const { store } = await gateway.makeStore()
    await store.ask()
    await store.close()
    await store.close()
  })

  /** A store whose requests pass the meddler, in a bucket of its own. */
  async function meddled(more: Partial<S3StoreSettings> = {}) {
    return gateway.makeStore({ endpoint: meddler.endpoint, ...more })
  }
})

describe("A store where no S3 service is", () => {
  it("says that nobody listens, or that there is no such host", async () => {
    for (const [endpoint, message] of [
      [`http://127.0.0.1:${await closedPort()}`, /nobody listens there/],
      ["http://s3.geartrain.invalid", /no host of this name|name of the host cannot be looked up/],
    ] as const) {
      const store = openS3Store({ ...NOWHERE, endpoint })
      for (const attempt of everyMethod(store)) await rejectsWith("STORE_UNAVAILABLE", message, attempt())
      await store.close()
    }
  })

  it("says that something else answers", async () => {
    const meddler = await startMeddler("http://127.0.0.1:1")
    meddler.meddle = {
      answer: (_asked, response) => {
        response.writeHead(200, { "content-type": "text/html" }).end("<html><body>It works!<br></body></html>")
        return true
      },
    }
    const store = openS3Store({ ...NOWHERE, endpoint: meddler.endpoint })
    await rejectsWith("STORE_REFUSED", /something that is not S3's/, store.ask())
    const secure = openS3Store({ ...NOWHERE, endpoint: meddler.endpoint.replace("http:", "https:") })
    await rejectsWith("STORE_REFUSED", /does not speak TLS as we do/, secure.ask())
    await Promise.all([store.close(), secure.close(), meddler.stop()])
  })
})

function everyMethod(store: S3BlobStore): readonly (() => Promise<unknown>)[] {
  return [
    () => store.ask(),
    () => store.put(numbered(10)),
    () => store.put(numbered(9 * MEBIBYTE)),
    () => store.stat(HELLO),
    () => sizeOf(store, HELLO),
    () => listed(store),
    () => store.remove(HELLO),
    () => store.sweep({ begunBeforeMs: 0 }),
  ]
}

async function rejectsWith(code: ErrorCode, message: RegExp, attempt: Promise<unknown>): Promise<void> {
  await assert.rejects(attempt, (error) => {
    assert.ok(isGeartrainError(error, code), `${error} ${error instanceof Error ? error.cause : ""}`)
    assert.match(error.message, message)
    return true
  })
}

async function listed(store: S3BlobStore): Promise<readonly unknown[]> {
  const found: unknown[] = []
  for await (const blob of store.list()) found.push(blob)
  return found
}

/** Bytes during which something happens. */
async function* halting(atMebibyte: number, happen: () => Promise<void>): AsyncGenerator<Uint8Array> {
  let read = 0
  for await (const chunk of numbered(SIZE)) {
    if (read === atMebibyte) await happen()
    read += 1
    yield chunk
  }
}

async function closedPort(): Promise<number> {
  const server = createTcpServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === "object" && address !== null ? address.port : 1
}
