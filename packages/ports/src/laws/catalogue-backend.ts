import assert from "node:assert/strict"
import { type Digest, type ErrorCode, isGeartrainError } from "@geartrain/spec"
import type { ArtifactDescriptor, CatalogueBackend } from "../catalogue-backend.ts"
import { digestOf, HELLO, OTHER, pieces } from "./blob-bytes.ts"
import type { Law } from "./law.ts"

const GEAR = "law-gear"
const MANIFEST = "application/vnd.oci.image.manifest.v1+json"
const BYTES = "application/octet-stream"

/** What every place for a catalogue promises. */
export const catalogueLaws: readonly Law<CatalogueBackend>[] = [
  {
    id: "blob/keeps-the-bytes",
    says: "what was written is what is read",
    check: async (port) => {
      const descriptor = await writeBlob(port, HELLO)
      assert.deepEqual(await readAll(port.readBlob(GEAR, descriptor)), Buffer.from(HELLO))
    },
  },
  {
    id: "blob/refuses-other-bytes",
    says: "bytes that are others than the descriptor says are refused, and not stored",
    check: async (port) => {
      const descriptor = { mediaType: BYTES, digest: digestOf(OTHER), sizeBytes: HELLO.length }
      await rejectsWith(
        "BLOB_DIGEST_MISMATCH",
        port.writeBlob(GEAR, descriptor, () => pieces(HELLO)),
      )
      await rejectsWith("BLOB_NOT_FOUND", readAll(port.readBlob(GEAR, descriptor)))
    },
  },
  {
    id: "blob/is-written-once",
    says: "a blob that is there is not read from its source again",
    check: async (port) => {
      const descriptor = await writeBlob(port, HELLO)
      await port.writeBlob(GEAR, descriptor, () => assert.fail("read again"))
    },
  },
  {
    id: "blob/is-missed-by-its-code",
    says: "a blob that is not there is BLOB_NOT_FOUND",
    check: (port) => rejectsWith("BLOB_NOT_FOUND", readAll(port.readBlob(GEAR, descriptorOf(BYTES, HELLO)))),
  },
  {
    id: "manifest/is-found-by-tag-and-digest",
    says: "a manifest is found by its tag and by its digest, byte for byte",
    check: async (port) => {
      const bytes = await artifact(port, "one")
      const descriptor = await port.writeManifest(GEAR, { mediaType: MANIFEST, bytes }, { tag: "1.0" })
      assert.deepEqual(descriptor, descriptorOf(MANIFEST, bytes))
      for (const reference of ["1.0", descriptor.digest]) {
        const found = await port.readManifest(GEAR, reference)
        assert.deepEqual(found?.descriptor, descriptor)
        assert.deepEqual(Buffer.from(found?.bytes ?? []), Buffer.from(bytes))
      }
    },
  },
  {
    id: "manifest/is-undefined-where-there-is-none",
    says: "a gear, tag or digest that there is not has no manifest",
    check: async (port) => {
      await put(port, "one", { tag: "1.0" })
      for (const [gear, reference] of [
        ["no-gear", "1.0"],
        [GEAR, "2.0"],
        [GEAR, digestOf(OTHER)],
      ] as const) {
        assert.equal(await port.readManifest(gear, reference), undefined)
      }
    },
  },
  {
    id: "tag/moves",
    says: "a tag leads to what was written under it last",
    check: async (port) => {
      await put(port, "one", { tag: "stable" })
      const second = await put(port, "two", { tag: "stable" })
      assert.deepEqual((await port.readManifest(GEAR, "stable"))?.descriptor, second)
      assert.deepEqual(await port.tags(GEAR), ["stable"])
    },
  },
  {
    id: "tag/only-new-refuses-one-that-is-there",
    says: "with onlyNew, a tag that is taken is VERSION_EXISTS, and leads to where it led",
    check: async (port) => {
      const first = await put(port, "one", { tag: "1.0" })
      const bytes = await artifact(port, "two")
      const wish = port.writeManifest(GEAR, { mediaType: MANIFEST, bytes }, { tag: "1.0", onlyNew: true })
      await rejectsWith("VERSION_EXISTS", wish)
      assert.deepEqual((await port.readManifest(GEAR, "1.0"))?.descriptor, first)
    },
  },
  {
    id: "tag/only-new-takes-one-that-is-free",
    says: "with onlyNew, a tag that nobody has is taken",
    check: async (port) => {
      const bytes = await artifact(port, "one")
      const written = await port.writeManifest(GEAR, { mediaType: MANIFEST, bytes }, { tag: "1.0", onlyNew: true })
      assert.deepEqual((await port.readManifest(GEAR, "1.0"))?.descriptor, written)
    },
  },
  {
    id: "tag/only-new-has-one-winner",
    says: "of several who want a new tag at once, one gets it",
    when: (port) => port.capabilities.exclusiveTags,
    check: async (port) => {
      const all = await Promise.all(["a", "b", "c", "d"].map((text) => artifact(port, text)))
      const wishes = all.map((bytes) =>
        port.writeManifest(GEAR, { mediaType: MANIFEST, bytes }, { tag: "1.0", onlyNew: true }),
      )
      const results = await Promise.allSettled(wishes)
      assert.equal(results.filter(({ status }) => status === "fulfilled").length, 1)
    },
  },
  {
    id: "tags/lists-all-and-nothing-else",
    says: "all tags of a gear are listed, and what has no tag is not",
    check: async (port) => {
      const subject = await put(port, "one", { tag: "1.0" })
      await put(port, "two", { tag: "2.0" })
      await put(port, "note", { subject })
      assert.deepEqual([...(await port.tags(GEAR))].sort(), ["1.0", "2.0"])
      assert.deepEqual(await port.tags("no-gear"), [])
    },
  },
  {
    id: "names/lists-gears",
    says: "gears that have a tag are listed, once",
    check: async (port) => {
      await put(port, "one", { tag: "1.0" })
      await put(port, "two", { tag: "2.0" })
      const names: string[] = []
      for await (const name of port.names()) names.push(name)
      assert.deepEqual(names, [GEAR])
    },
  },
  {
    id: "referrers/are-found",
    says: "manifests that name a subject are its referrers, all of them and once",
    check: async (port) => {
      const subject = await put(port, "one", { tag: "1.0" })
      assert.deepEqual(await port.referrers(GEAR, subject.digest), [])
      const first = await put(port, "note", { subject })
      await put(port, "note", { subject })
      const second = await put(port, "other note", { subject })
      const found = await port.referrers(GEAR, subject.digest)
      assert.deepEqual(found.map(({ digest }) => digest).sort(), [first.digest, second.digest].sort())
      assert.deepEqual((await port.readManifest(GEAR, first.digest))?.descriptor, first)
    },
  },
  {
    id: "referrers/are-those-of-one-manifest",
    says: "what refers to one manifest does not refer to another",
    check: async (port) => {
      const [first, second] = [await put(port, "one", { tag: "1.0" }), await put(port, "two", { tag: "2.0" })]
      await put(port, "note", { subject: first })
      assert.deepEqual(await port.referrers(GEAR, second.digest), [])
    },
  },
]

/** Writes an artifact of one text: its blobs, and its manifest. */
async function put(
  port: CatalogueBackend,
  text: string,
  as: { readonly tag: string } | { readonly subject: ArtifactDescriptor },
): Promise<ArtifactDescriptor> {
  const bytes = await artifact(port, text, "subject" in as ? as.subject : undefined)
  return port.writeManifest(GEAR, { mediaType: MANIFEST, bytes }, "tag" in as ? as : {})
}

async function artifact(port: CatalogueBackend, text: string, subject?: ArtifactDescriptor): Promise<Uint8Array> {
  const config = await writeBlob(port, encode({}))
  const layer = await writeBlob(port, encode(text))
  return encode({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: ociOf(config),
    layers: [ociOf(layer)],
    ...(subject === undefined ? {} : { subject: ociOf(subject) }),
  })
}

async function writeBlob(port: CatalogueBackend, bytes: Uint8Array): Promise<ArtifactDescriptor> {
  const descriptor = descriptorOf(BYTES, bytes)
  await port.writeBlob(GEAR, descriptor, () => pieces(bytes))
  return descriptor
}

function ociOf({ mediaType, digest, sizeBytes }: ArtifactDescriptor) {
  return { mediaType, digest, size: sizeBytes }
}

function descriptorOf(mediaType: string, bytes: Uint8Array): ArtifactDescriptor {
  return { mediaType, digest: digestOf(bytes) as Digest, sizeBytes: bytes.length }
}

function encode(document: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(document))
}

async function readAll(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of source) chunks.push(Uint8Array.from(chunk))
  return Buffer.concat(chunks)
}

async function rejectsWith(code: ErrorCode, promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error) => isGeartrainError(error, code))
}
