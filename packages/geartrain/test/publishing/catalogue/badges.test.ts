import assert from "node:assert/strict"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { after, test } from "node:test"
import { memoryCatalogue } from "@geartrain/ports/fakes"
import type { DeterminismBadge, JsonObject } from "@geartrain/spec"
import { openBadgeFolder } from "../../../src/publishing/catalogue/badges/badge-folder.ts"
import { attachBadge, readBadges } from "../../../src/publishing/catalogue/badges/badge-notes.ts"
import { judgeBadge, signBadge } from "../../../src/publishing/catalogue/badges/sign-badge.ts"
import { standingVerdict } from "../../../src/publishing/catalogue/badges/standing-verdict.ts"
import { publishGear } from "../../../src/publishing/catalogue/publish-gear.ts"
import { searchGears } from "../../../src/publishing/catalogue/search-gears.ts"
import { encodeEnvelope } from "../../../src/publishing/signing/envelope.ts"
import { createKeyPair, readSigningKey, type SigningKey } from "../../../src/publishing/signing/key-pair.ts"
import { signStatement } from "../../../src/publishing/signing/statement.ts"
import { temporaryFolder } from "../../images/support/temporary-folder.ts"
import { sampleBadge } from "./sample-badge.ts"
import { sampleGear, samplePacking } from "./sample-gear.ts"

const gear = sampleGear("1.0.0")
const key = newKey()
const lab = { ...key.publicKey, name: "lab" }

function newKey(): SigningKey {
  return readSigningKey(createKeyPair().secretPem, "new")
}

const standing = (bytes: Uint8Array, keys = [lab]): string => judgeBadge(bytes, gear.id, keys).standing

test("a badge counts when a key that counts has signed it, and is hearsay otherwise", () => {
  const bytes = signBadge(gear.id, sampleBadge(), key)
  const judged = judgeBadge(bytes, gear.id, [lab])
  assert.deepEqual([judged.standing, judged.signedBy, judged.badge], ["good", ["lab"], sampleBadge()])
  const stranger = { ...newKey().publicKey, name: "stranger" }
  const unknown = judgeBadge(bytes, gear.id, [stranger])
  assert.deepEqual([unknown.standing, unknown.unknown], ["unknown-key", [key.publicKey.id]])
  assert.equal(standing(bytes, []), "unknown-key")
})

test("a badge of which one byte was changed is no fact, whichever byte it is", () => {
  const bytes = signBadge(gear.id, sampleBadge({ verdict: "not-deterministic" }), key)
  const found = new Set<string>()
  for (let at = 0; at < bytes.length; at += 7) {
    const changed = Uint8Array.from(bytes)
    changed[at] = (changed[at] ?? 0) === 65 ? 66 : 65
    found.add(standing(changed))
  }
  assert.ok(!found.has("good"), [...found].join())
  assert.ok(found.has("forged") && found.has("unreadable"))
})

test("a better verdict under the same signature is a forgery", () => {
  const { payload, signatures, payloadType } = JSON.parse(
    Buffer.from(signBadge(gear.id, sampleBadge({ verdict: "not-deterministic" }), key)).toString(),
  )
  const text = Buffer.from(payload, "base64").toString().replace('"not-deterministic"', '"deterministic"')
  const envelope = { payload: Buffer.from(text).toString("base64"), signatures, payloadType }
  assert.equal(standing(Buffer.from(JSON.stringify(envelope))), "forged")
})

test("a badge of another gear says nothing of this one, though it is well signed", () => {
  assert.equal(standing(signBadge(sampleGear("2.0.0").id, sampleBadge(), key)), "other-gear")
})

test("what is signed and is no badge, or of a newer kind, is read as nothing", () => {
  const subject = [{ name: "sample@1.0.0", digest: gear.id }]
  const sign = (predicateType: string, predicate: JsonObject) =>
    encodeEnvelope(signStatement({ subject, predicateType, predicate }, key))
  const badge = sampleBadge() as unknown as JsonObject
  assert.equal(standing(sign("urn:geartrain:determinism:1", badge)), "good")
  for (const bytes of [
    sign("urn:geartrain:determinism:2", badge),
    sign("urn:geartrain:publication:1", badge),
    sign("urn:geartrain:determinism:1", { ...badge, verdict: "perfect" }),
    sign("urn:geartrain:determinism:1", { ...badge, more: 1 }),
    sign("urn:geartrain:determinism:1", {}),
    Buffer.from("{}"),
    Buffer.alloc(2 * 1024 * 1024),
  ])
    assert.equal(standing(bytes), "unreadable")
})

test("the worst of the good badges stands, whichever is the newest, and the others do not count", () => {
  const badge = (change: Partial<DeterminismBadge>, by = key) =>
    judgeBadge(signBadge(gear.id, sampleBadge(change), by), gear.id, [lab])
  const early = badge({ verdict: "one-thread", at: "2026-01-01T00:00:00.000Z" })
  assert.equal(standingVerdict([]), undefined)
  assert.equal(standingVerdict([badge({})]), "deterministic")
  assert.equal(standingVerdict([badge({}), early]), "one-thread")
  assert.equal(standingVerdict([badge({}), badge({ verdict: "not-deterministic" }, newKey())]), "deterministic")
  assert.equal(standingVerdict([badge({}, newKey())]), undefined)
})

test("badges lie beside a published gear, each once, and a search brings them along", async () => {
  const catalogue = memoryCatalogue()
  const { published } = await publishGear(gear, catalogue, samplePacking())
  const bytes = signBadge(gear.id, sampleBadge(), key)
  await attachBadge(catalogue, published, bytes)
  await attachBadge(catalogue, published, bytes)
  assert.deepEqual((await readBadges(catalogue, published)).map(Buffer.from), [Buffer.from(bytes)])
  for await (const found of searchGears(catalogue, { words: [], all: true })) {
    assert.deepEqual(found.badges.map(Buffer.from), [Buffer.from(bytes)])
    assert.equal(found.deprecation, undefined)
  }
})

const folder = temporaryFolder({ after })

test("badges are kept by gear, and what is too large or no file is passed over", async () => {
  const kept = openBadgeFolder(join(folder, "badges"))
  assert.deepEqual(await kept.read(gear.id), [])
  const bytes = signBadge(gear.id, sampleBadge(), key)
  await kept.keep(gear.id, bytes)
  await kept.keep(gear.id, bytes)
  const own = join(folder, "badges", gear.id.slice("sha256:".length))
  writeFileSync(join(own, `${"1".repeat(64)}.json`), Buffer.alloc(2 * 1024 * 1024))
  mkdirSync(join(own, `${"2".repeat(64)}.json`))
  writeFileSync(join(own, "note.txt"), "by hand")
  assert.deepEqual((await kept.read(gear.id)).map(Buffer.from), [Buffer.from(bytes)])
  assert.deepEqual(await kept.read(sampleGear("2.0.0").id), [])
})
