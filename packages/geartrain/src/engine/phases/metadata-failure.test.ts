import assert from "node:assert/strict"
import { test } from "node:test"
import { memoryBlobStore } from "@geartrain/ports/fakes"
import type { Failure } from "@geartrain/spec"
import { LARGEST_METADATA_BYTES } from "@geartrain/spec/archive"
import { digest } from "../../../test/stores/records/sample-records.ts"
import { metadataFailure } from "./metadata-failure.ts"
import { readMetadata } from "./read-metadata.ts"

async function failureOf(text: string): Promise<Failure | undefined> {
  const blobs = memoryBlobStore()
  const { digest: of, sizeBytes } = await blobs.put(
    (async function* () {
      yield new TextEncoder().encode(text)
    })(),
  )
  const outputs = [{ path: ".metadata.json", digest: of, sizeBytes }]
  return metadataFailure("j", { outputs, skipped: [] }, { blobs })
}

test("metadata that can be used, and none at all, fail nothing", async () => {
  assert.equal(await failureOf('{"session": {"info": {"snr": 12.5}}}'), undefined)
  assert.equal(await metadataFailure("j", { outputs: [], skipped: [] }, { blobs: memoryBlobStore() }), undefined)
})

test("the first fault is told with its place and what mends it, and the others are counted", async () => {
  const failed = await failureOf('{"session": {"info": {"snr": NaN}}}')
  assert.equal(failed?.reason, "METADATA_INVALID")
  assert.match(failed?.evidence ?? "", /^\.metadata\.json:1:\d+ NaN is no value in JSON; /)
  const many = await failureOf('{"session": {"label": 1, "tags": 2, "info": 3}}')
  assert.match(many?.evidence ?? "", /, the first of 3 faults$/)
})

test("bytes that are no JSON, no UTF-8, or nothing, are faults and no errors", async () => {
  for (const text of ["", "{", "[1]", "null", '"x"', "\ufffe", "[".repeat(100_000)]) {
    assert.equal((await failureOf(text))?.reason, "METADATA_INVALID", JSON.stringify(text.slice(0, 10)))
  }
})

test("a file that is too large is refused by its size, without reading it", async () => {
  const outputs = [{ path: ".metadata.json", digest: digest(1), sizeBytes: LARGEST_METADATA_BYTES + 1 }]
  const result = await readMetadata({ outputs }, { blobs: memoryBlobStore() })
  assert.match(result?.faults[0]?.problem ?? "", /it has \d+ bytes/)
})

test("a file that was not taken fails the job with why", async () => {
  const skipped = [{ path: ".metadata.json", why: 'it is a link to "/etc/passwd"' }]
  const failed = await metadataFailure("j", { outputs: [], skipped }, { blobs: memoryBlobStore() })
  assert.equal(failed?.evidence, '.metadata.json was not taken: it is a link to "/etc/passwd"')
})
