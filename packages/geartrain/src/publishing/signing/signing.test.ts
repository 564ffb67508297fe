import assert from "node:assert/strict"
import { execFileSync, spawnSync } from "node:child_process"
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { type ErrorCode, isGeartrainError } from "@geartrain/spec"
import { encodeEnvelope, parseEnvelope, preAuthEncoding } from "./envelope.ts"
import { openKeyFolder, speaksFor } from "./key-folder.ts"
import { createKeyPair, readPublicKey, readSigningKey } from "./key-pair.ts"
import { checkEnvelope, readStatement, type Statement, signStatement } from "./statement.ts"

const folder = mkdtempSync(join(tmpdir(), "geartrain-keys-"))
after(() => rmSync(folder, { recursive: true, force: true }))

const STATEMENT: Statement = {
  subject: [{ name: "a@1", digest: `sha256:${"ab".repeat(32)}` }],
  predicateType: "urn:test",
  predicate: { says: "so" },
}

function newKey() {
  return readSigningKey(createKeyPair().secretPem, "new")
}

function fails(code: ErrorCode, message: RegExp) {
  return (error: unknown) => {
    assert.ok(isGeartrainError(error, code), String(error))
    assert.match(error.message, message)
    return true
  }
}

test("a statement that was signed is read again, and its key is found", () => {
  const key = newKey()
  const envelope = parseEnvelope(encodeEnvelope(signStatement(STATEMENT, key)), "a")
  const checked = checkEnvelope(envelope, [newKey().publicKey, key.publicKey])
  assert.deepEqual(checked, { signedBy: [key.publicKey], unknown: [], forged: [] })
  assert.deepEqual(readStatement(envelope, "a"), STATEMENT)
})

test("one bit more or less in what was signed, its kind or its signature is a forgery", () => {
  const key = newKey()
  const honest = signStatement(STATEMENT, key)
  const payload = Buffer.from(honest.payload)
  payload.writeUInt8(payload.readUInt8(60) ^ 1, 60)
  const signature = Buffer.from(honest.signatures[0]?.signature ?? [])
  signature.writeUInt8(signature.readUInt8(5) ^ 1, 5)
  const keyId = key.publicKey.id
  for (const forged of [
    { ...honest, payload },
    { ...honest, payloadType: "text/plain" },
    { ...honest, signatures: [{ keyId, signature }] },
    { ...honest, signatures: [{ keyId, signature: Buffer.alloc(0) }] },
  ]) {
    assert.deepEqual(checkEnvelope(forged, [key.publicKey]).forged, [key.publicKey])
  }
  assert.deepEqual(checkEnvelope(honest, []).unknown, [keyId])
})

test("what is no envelope or no statement is refused", () => {
  const key = newKey()
  const cases = ["", "{", "null", "[]", "{}", `{"payloadType":"a","payload":"?","signatures":[]}`]
  for (const text of [
    ...cases,
    `{"payloadType":"a","payload":"","signatures":${JSON.stringify(Array(65).fill({}))}}`,
  ]) {
    assert.throws(() => parseEnvelope(Buffer.from(text), "a"), fails("SIGNATURE_INVALID", /the signature of a: /), text)
  }
  assert.throws(() => parseEnvelope(Buffer.alloc(2 ** 20 + 1, " "), "a"), fails("SIGNATURE_INVALID", /more than/))
  const envelope = signStatement(STATEMENT, key)
  const says = (payload: string) => ({ ...envelope, payload: Buffer.from(payload) })
  const type = "https://in-toto.io/Statement/v1"
  for (const text of ["x", "null", "{}", `{"_type":"${type}","predicateType":"t","subject":[{"name":"a"}]}`]) {
    assert.throws(() => readStatement(says(text), "a"), fails("SIGNATURE_INVALID", /what the signature of a says/))
  }
  assert.throws(() => readStatement({ ...envelope, payloadType: "t" }, "a"), fails("SIGNATURE_INVALID", /about "t"/))
})

test("OpenSSL finds our signatures good, and its keys are read", { skip: opensslMissing() }, () => {
  const key = newKey()
  const { payloadType, payload, signatures } = signStatement(STATEMENT, key)
  const files = { pub: join(folder, "o.pub"), text: join(folder, "o.txt"), sig: join(folder, "o.sig") }
  writeFileSync(files.pub, key.publicKey.pem)
  writeFileSync(files.text, preAuthEncoding(payloadType, payload))
  writeFileSync(files.sig, signatures[0]?.signature ?? "")
  const verify = [
    "pkeyutl",
    "-verify",
    "-pubin",
    "-inkey",
    files.pub,
    "-rawin",
    "-in",
    files.text,
    "-sigfile",
    files.sig,
  ]
  assert.match(execFileSync("openssl", verify, { encoding: "utf8" }), /Verified Successfully/)
  const foreign = execFileSync("openssl", ["genpkey", "-algorithm", "ed25519"], { encoding: "utf8" })
  assert.equal(readSigningKey(foreign, "openssl").publicKey.id.length, 64)
  const rsa = execFileSync("openssl", ["genpkey", "-algorithm", "rsa"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  })
  assert.throws(() => readSigningKey(rsa, "rsa.pem"), fails("KEY_INVALID", /"rsa.pem": it is a key for rsa/))
})

test("a secret key is not taken for a public one, nor any text for a key", () => {
  assert.throws(() => readPublicKey(createKeyPair().secretPem, "a"), fails("KEY_INVALID", /it is a secret key/))
  assert.throws(() => readPublicKey("hello", "a"), fails("KEY_INVALID", /"a": it is no key in PEM/))
})

test("own keys are for their user's eyes only", async () => {
  const place = join(folder, "own-keys")
  const keys = openKeyFolder(place)
  assert.deepEqual([await keys.own(), await keys.trusted()], [[], []])
  const made = await keys.create("default")
  assert.equal(statSync(join(place, "own")).mode & 0o777, 0o700)
  assert.equal(statSync(join(place, "own/default.key")).mode & 0o777, 0o600)
  assert.deepEqual(readdirSync(join(place, "own")), ["default.key", "default.pub"])
  assert.deepEqual(await keys.own(), [made])
  assert.equal((await keys.open("default")).publicKey.id, made.id)
  await assert.rejects(keys.create("default"), fails("KEY_EXISTS", /"default": there is another/))
  assert.equal((await keys.open("default")).publicKey.id, made.id)
  await assert.rejects(keys.open("none"), fails("KEY_NOT_FOUND", /"none": there are default/))
  await assert.rejects(keys.create("../x"), fails("KEY_INVALID", /as the name of a key/))
  chmodSync(join(place, "own/default.key"), 0o640)
  await assert.rejects(keys.open("default"), fails("KEY_INVALID", /others may read it/))
})

test("a key is trusted for gears, until it is not", async () => {
  const place = join(folder, "trusted-keys")
  const keys = openKeyFolder(place)
  const { publicKey } = createKeyPair()
  await keys.trust("lab", publicKey, ["fsl-*"])
  assert.deepEqual(await keys.trusted(), [{ ...publicKey, name: "lab", gears: ["fsl-*"] }])
  await keys.trust("lab", publicKey, ["*"])
  assert.deepEqual((await keys.trusted())[0]?.gears, ["*"])
  await assert.rejects(keys.trust("lab", createKeyPair().publicKey, ["*"]), fails("KEY_EXISTS", /"lab"/))
  await keys.distrust("lab")
  assert.deepEqual(await keys.trusted(), [])
  await assert.rejects(keys.distrust("lab"), fails("KEY_NOT_FOUND", /there is none at all/))
  writeFileSync(join(place, "trusted/bad.json"), "{}")
  await assert.rejects(keys.trusted(), fails("KEY_INVALID", /not as gear key trust writes it/))
})

test("a star stands for any letters of a gear's name", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["*", "anything", true],
    ["fsl-*", "fsl-", true],
    ["fsl-*", "afsl-x", false],
    ["*-bet", "fsl-bet", true],
    ["a*b*c", "a-b-b-c", true],
    ["a*b*c", "a-c-b", false],
    ["aa*aa", "aaa", false],
    ["a.c", "abc", false],
  ]
  for (const [pattern, gear, expected] of cases) assert.equal(speaksFor({ gears: [pattern] }, gear), expected, pattern)
})

function opensslMissing(): string | false {
  return spawnSync("openssl", ["version"]).status === 0 ? false : "needs openssl"
}
