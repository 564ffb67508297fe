import assert from "node:assert/strict"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, relative } from "node:path"
import { describe, it } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { openBlobStore } from "../../../src/compose/stores/open-blob-store.ts"
import { radosgwMissing } from "../../programs/radosgw.ts"
import { startGateway } from "./gateway.ts"
import { digestOf, numbered, sizeOf } from "./stored-bytes.ts"

describe("The blobs at a place", () => {
  it("are files where the place is a folder, which may be named from the present one", async (context) => {
    const folder = await mkdtemp(join(tmpdir(), "geartrain-place-"))
    context.after(() => rm(folder, { recursive: true, force: true }))
    const opened = await openBlobStore(relative(process.cwd(), join(folder, "data")))
    assert.equal(opened.place, join(folder, "data"))
    await opened.ask()
    const { digest } = await opened.blobs.put(numbered(10))
    assert.equal(
      await opened.blobs.locate?.(digest),
      join(folder, `data/blobs/sha256/${digest.slice(7, 9)}/${digest.slice(7)}`),
    )
    await opened.close()
  })

  it("are objects where the place is a bucket, with credentials from the environment", {
    skip: radosgwMissing(),
  }, async (context) => {
    const gateway = await startGateway()
    context.after(() => gateway.stop())
    const bucket = await gateway.makeBucket()
    const kept = { ...process.env }
    context.after(() => {
      process.env = kept
    })
    process.env["AWS_ACCESS_KEY_ID"] = gateway.credentials.accessKeyId
    process.env["AWS_SECRET_ACCESS_KEY"] = gateway.credentials.secretAccessKey
    const opened = await openBlobStore(`s3://${bucket}/lab?endpoint=${gateway.endpoint}`)
    await opened.ask()
    const { digest } = await opened.blobs.put(numbered(10))
    assert.equal(digest, await digestOf(numbered(10)))
    await opened.sweep?.(Date.now() + 3600_000)
    assert.equal(await sizeOf(opened.blobs, digest), 10)
    await opened.close()
  })

  it("cannot be opened where the plugin is not installed, or is of another version", async () => {
    const absent = Object.assign(new Error("Cannot find package '@geartrain/s3'"), { code: "ERR_MODULE_NOT_FOUND" })
    await assert.rejects(
      openBlobStore("s3://blobs", () => Promise.reject(absent)),
      (error) => {
        assert.ok(isGeartrainError(error, "STORE_TOOL_MISSING"))
        assert.match(error.message, /the package "@geartrain\/s3" is not installed$/)
        assert.equal(error.hint, "Install it beside geartrain: npm install @geartrain/s3")
        return true
      },
    )
    const plugin = await import("@geartrain/s3")
    await assert.rejects(
      openBlobStore("s3://blobs", async () => ({ ...plugin, portsVersion: 2 })),
      (error) => isGeartrainError(error, "STORE_TOOL_MISSING") && /fills version 2 of the ports/.test(error.message),
    )
    const bug = new RangeError("a bug in it")
    await assert.rejects(
      openBlobStore("s3://blobs", () => Promise.reject(bug)),
      bug,
    )
  })

  it("cannot be opened where the place is of no kind that is known, or is not written as it should be", async () => {
    await assert.rejects(openBlobStore("gs://blobs"), (error) => {
      assert.ok(isGeartrainError(error, "SETTINGS_INVALID"))
      assert.match(error.message, /there is no kind of store "gs"; there are folders, and buckets as s3:\/\/BUCKET$/)
      return true
    })
    await assert.rejects(openBlobStore("s3://Blobs?regoin=x"), (error) => isGeartrainError(error, "SETTINGS_INVALID"))
  })
})
