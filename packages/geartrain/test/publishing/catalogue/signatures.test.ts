import assert from "node:assert/strict"
import { test } from "node:test"
import { type MemoryShelf, memoryCatalogue } from "@geartrain/ports/fakes"
import { type ErrorCode, isGeartrainError } from "@geartrain/spec"
import { type Note, writeNote } from "../../../src/publishing/catalogue/artifact/note.ts"
import { checkSignatures, signGear } from "../../../src/publishing/catalogue/gear-signatures.ts"
import { publishGear } from "../../../src/publishing/catalogue/publish-gear.ts"
import { encodeEnvelope } from "../../../src/publishing/signing/envelope.ts"
import type { TrustedKey } from "../../../src/publishing/signing/key-folder.ts"
import { createKeyPair, readSigningKey, type SigningKey } from "../../../src/publishing/signing/key-pair.ts"
import { signStatement } from "../../../src/publishing/signing/statement.ts"
import { sampleGear, samplePacking } from "./sample-gear.ts"

const KIND: Note["kind"] = "application/vnd.geartrain.signature.v1"

function newKey(): SigningKey {
  return readSigningKey(createKeyPair().secretPem, "new")
}

function trust(key: SigningKey, name = "lab", gears: readonly string[] = ["sam*"]): TrustedKey {
  return { ...key.publicKey, name, gears }
}

async function published(key?: SigningKey) {
  const catalogue = memoryCatalogue()
  const options = { ...samplePacking(), ...(key === undefined ? {} : { key }) }
  return { catalogue, gear: (await publishGear(sampleGear("1.0.0"), catalogue, options)).published }
}

function fails(code: ErrorCode, message: RegExp) {
  return (error: unknown) => {
    assert.ok(isGeartrainError(error, code), String(error))
    assert.match(error.message, message)
    return true
  }
}

test("a gear that a trusted key has signed is let in, and it is told by whom", async () => {
  const key = newKey()
  const { catalogue, gear } = await published(key)
  assert.deepEqual(await checkSignatures(catalogue, gear, [trust(key)]), { signedBy: ["lab"], unknown: [] })
  await signGear(catalogue, gear, key)
  assert.equal((await catalogue.referrers("sample", gear.manifest.digest)).length, 1)
})

test("where no key is trusted for a gear, its signatures are told and nothing is asked for", async () => {
  const key = newKey()
  const { catalogue, gear } = await published(key)
  const unknown = { signedBy: [], unknown: [key.publicKey.id] }
  assert.deepEqual(await checkSignatures(catalogue, gear, []), unknown)
  assert.deepEqual(await checkSignatures(catalogue, gear, [trust(newKey(), "other", ["fsl-*"])]), unknown)
})

test("a gear that nobody signed, or only somebody else, is refused where a key is trusted for it", async () => {
  const key = newKey()
  const unsigned = await published()
  const missing = checkSignatures(unsigned.catalogue, unsigned.gear, [trust(key)])
  await assert.rejects(missing, fails("SIGNATURE_MISSING", /nobody has signed it, and wanted is a signature by "lab"/))
  const stranger = newKey()
  const signed = await published(stranger)
  const unknown = checkSignatures(signed.catalogue, signed.gear, [trust(key)])
  await assert.rejects(
    unknown,
    fails("SIGNATURE_KEY_UNKNOWN", new RegExp(`by key ${stranger.publicKey.id.slice(0, 8)}`)),
  )
})

test("a forged signature is refused, and one of another gear too", async () => {
  const key = newKey()
  const { catalogue, gear } = await published()
  const note = (bytes: Uint8Array) => writeNote(catalogue, gear, { kind: KIND, mediaType: "application/json", bytes })
  const statement = {
    subject: [{ name: "sample@1.0.0", digest: sampleGear("1.0.0", "other").id }],
    predicateType: "urn:geartrain:publication:1",
    predicate: { name: "sample", version: "1.0.0" },
  }
  await note(encodeEnvelope(signStatement(statement, key)))
  const another = checkSignatures(catalogue, gear, [trust(key)])
  await assert.rejects(another, fails("SIGNATURE_INVALID", /what "lab" signed is another gear/))
  const own = { ...statement, subject: [{ name: "sample@1.0.0", digest: gear.gear }] }
  const [signature] = signStatement(own, newKey()).signatures
  const forged = {
    ...signStatement(own, key),
    signatures: [{ keyId: key.publicKey.id, signature: signature?.signature ?? Buffer.of() }],
  }
  await note(encodeEnvelope(forged))
  await assert.rejects(
    checkSignatures(catalogue, gear, [trust(key)]),
    fails("SIGNATURE_INVALID", /the signature of "lab" is not by their key/),
  )
  // What somebody leaves beside it does not take a good signature away.
  await signGear(catalogue, gear, key)
  assert.deepEqual((await checkSignatures(catalogue, gear, [trust(key)])).signedBy, ["lab"])
})

test("a signature that says something else than that this is published is none", async () => {
  const key = newKey()
  const { catalogue, gear } = await published()
  const predicate = { name: "sample", version: "1.0.0" }
  const subject = [{ name: "sample@1.0.0", digest: gear.gear }]
  for (const statement of [
    { subject, predicateType: "urn:other", predicate },
    { subject, predicateType: "urn:geartrain:publication:1", predicate: { ...predicate, version: "2.0.0" } },
    { subject: [...subject, ...subject], predicateType: "urn:geartrain:publication:1", predicate },
  ]) {
    const bytes = encodeEnvelope(signStatement(statement, key))
    await writeNote(catalogue, gear, { kind: KIND, mediaType: "application/json", bytes })
    await assert.rejects(checkSignatures(catalogue, gear, [trust(key)]), fails("SIGNATURE_INVALID", /another gear/))
  }
})

test("a note that was damaged, cut or filled up is passed over, and a signature that is lost so is missed", async () => {
  const key = newKey()
  const shelves = new Map<string, MemoryShelf>()
  const catalogue = memoryCatalogue(shelves)
  const { published: gear } = await publishGear(sampleGear("1.0.0"), catalogue, { ...samplePacking(), key })
  const blobs = shelves.get("sample")?.blobs ?? new Map()
  const note = (bytes: Uint8Array) => writeNote(catalogue, gear, { kind: KIND, mediaType: "application/json", bytes })
  await note(Buffer.alloc(2 ** 20 + 1, " "))
  await note(Buffer.from("lost"))
  for (const [digest, bytes] of blobs) if (Buffer.from(bytes).toString() === "lost") blobs.delete(digest)
  assert.deepEqual((await checkSignatures(catalogue, gear, [trust(key)])).signedBy, ["lab"])
  for (const [digest, bytes] of blobs) {
    if (Buffer.from(bytes).includes("payloadType")) blobs.set(digest, Buffer.concat([bytes, Buffer.from(" ")]))
  }
  await assert.rejects(
    checkSignatures(catalogue, gear, [trust(key)]),
    fails("SIGNATURE_MISSING", /nobody has signed it/),
  )
})

test("rubbish in the place of a signature is a signature that cannot be read", async () => {
  const { catalogue, gear } = await published()
  await writeNote(catalogue, gear, { kind: KIND, mediaType: "application/json", bytes: Buffer.from("rubbish") })
  assert.deepEqual(await checkSignatures(catalogue, gear, []), { signedBy: [], unknown: [] })
  await assert.rejects(checkSignatures(catalogue, gear, [trust(newKey())]), fails("SIGNATURE_INVALID", /it is no JSON/))
})
