import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { contextOf, givenOf, HOSTILE, hasControls } from "../../../../test/cli/told.ts"
import { digest, job, jobId } from "../../../../test/stores/records/sample-records.ts"
import type { OpenedBundle } from "../../../compose/bundles/open-checked-bundle.ts"
import type { RunAgain } from "../../../compose/bundles/run-bundle.ts"
import { createKeyPair } from "../../../publishing/signing/key-pair.ts"
import { createPaint } from "../../output/paint.ts"
import { createReply } from "../../output/reply.ts"
import { BUNDLE_FLAGS, isBundlePath, refuseBundleFlags } from "./bundle-flags.ts"
import {
  bundleData,
  contentLine,
  jobLine,
  resultData,
  signatureLine,
  standInLines,
  undecidedLines,
} from "./bundle-lines.ts"
import { readKeyFile } from "./read-key-file.ts"
import { verifyBundle } from "./verify-bundle.ts"

const PLAIN = createPaint(false)
const KEY = "1".repeat(64)

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "geartrain-bundle-words-"))
  context.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

test("a path is a bundle, and what could be the id of a job is none", () => {
  for (const word of ["result.gtz", "./result", "../a", "/a", "a/b", ".", "0123.gtz"])
    assert.ok(isBundlePath(word), word)
  for (const word of ["0123456789ab", "latest", "result", ""]) assert.ok(!isBundlePath(word), word)
})

test("flags of bundles are refused with a job, each by its name", () => {
  assert.doesNotThrow(() => refuseBundleFlags(givenOf(BUNDLE_FLAGS, [])))
  for (const args of [["--key", "a.pub"], ["--no-run"], ["--network", "none"]])
    assert.throws(() => refuseBundleFlags(givenOf(BUNDLE_FLAGS, args)), {
      ...{ code: "USAGE", message: `Cannot use ${args[0]} with a job: it is for paper bundles` },
    })
})

const STAND_IN = {
  job: jobId(1),
  role: "input",
  name: HOSTILE,
  file: "i",
  sizeBytes: 2048,
  digest: digest(1),
  why: HOSTILE,
}

function opened(more: object = {}): OpenedBundle {
  const index = {
    ...{ title: HOSTILE, gears: [{ id: digest(2), name: "g", version: "1", document: "a", root: "b" }] },
    ...{ members: [{ path: "a" }, { path: "b" }], standIns: [STAND_IN] },
  }
  const bundle = { path: "r.gtz", sizeBytes: 1024, indexDigest: digest(3), index }
  return { bundle, gears: [{}], records: [job(1)], ...more } as unknown as OpenedBundle
}

test("what is in a bundle is told in counts, with what does not travel, and nothing of it moves a cursor", () => {
  const line = contentLine(opened(), PLAIN)
  assert.ok(line.endsWith("  1 job, 1 gear, 2 members, 1 KiB") && !hasControls(line), line)
  const [standIn = ""] = standInLines(opened().bundle.index)
  assert.ok(standIn.startsWith("not in it  input a") && standIn.includes("(2 KiB)") && !hasControls(standIn), standIn)
})

test("whose word there is for a bundle is told at once, and that there is none, too", () => {
  const signed = "2026-01-02T03:04:05.000Z"
  assert.match(signatureLine({ status: "unsigned" }, PLAIN), /^not signed /)
  const known = signatureLine({ status: "known", name: HOSTILE, key: KEY, signed }, PLAIN)
  assert.ok(known.startsWith('signed  by "a') && known.includes(`(key ${KEY.slice(0, 12)}), whom you know`), known)
  // Nobody can compare a part of it.
  assert.ok(signatureLine({ status: "unknown", key: KEY, signed }, PLAIN).includes(`not known here, ${KEY}, on `))
  assert.ok(!hasControls(known))
})

test("a job of a bundle, and why one is undecided, are lines without controls", () => {
  const reply = createReply(contextOf().context.terminal, { json: false, quiet: false })
  const { gear } = job(1)
  const line = jobLine(job(1, { gear: { ...gear, name: HOSTILE } }), reply)
  assert.ok(line.startsWith(`job ${jobId(1)}  a`) && !hasControls(line))
  assert.deepEqual(undecidedLines({ record: job(1), undecided: "no\nnetwork" }, PLAIN), ["undecided  no\\nnetwork"])
  const lines = undecidedLines({ record: job(1), undecided: "gone", hint: HOSTILE }, PLAIN)
  assert.ok(lines.length === 2 && !hasControls(lines.join("")))
})

test("programs are told the whole digest and each stand-in, and of each run what came of it", () => {
  const data = Object(bundleData(opened(), { status: "unsigned" }))
  assert.deepEqual([data.index, data.members, data.jobs], [digest(3), 2, [{ job: jobId(1) }]])
  assert.deepEqual(data.gears, [{ id: digest(2), name: "g", version: "1" }])
  assert.deepEqual(data.standIns, [STAND_IN])
  const undecided = resultData({ record: job(1), undecided: "gone" })
  assert.deepEqual(undecided, { job: jobId(1), gear: "gear-1@1.0.0", verdict: "undecided", why: "gone", fix: null })
  const verification = { verdict: "different", provider: "crun", differences: [{ path: "a" }] }
  const ran = { record: job(1), verified: { verification }, contents: [] } as unknown as RunAgain
  assert.deepEqual(resultData(ran), { job: jobId(1), gear: "gear-1@1.0.0", ...verification })
})

test("a key file is called by its name; a secret key, and what is none, are refused without their content", async (context) => {
  const home = folder(context)
  const { publicKey, secretPem } = createKeyPair()
  const path = join(home, "lab.pub")
  writeFileSync(path, publicKey.pem)
  assert.deepEqual(await readKeyFile(path), { ...publicKey, name: "lab.pub" })
  writeFileSync(path, secretPem)
  await assert.rejects(readKeyFile(path), (error: Error) => {
    assert.match(error.message, /it is a secret key$/)
    assert.ok(!JSON.stringify(error).includes(secretPem.split("\n")[1] ?? "-"))
    return true
  })
  for (const text of ["", "no key", "x".repeat(64 * 1024 + 1)]) {
    writeFileSync(path, text)
    await assert.rejects(readKeyFile(path), { code: "KEY_INVALID" }, text.slice(0, 10))
  }
  await assert.rejects(readKeyFile(join(home, "none")), {
    ...{ code: "KEY_INVALID", message: `Cannot use key "${join(home, "none")}": there is no such file` },
  })
})

test("a bundle is not opened before its flags are understood, and what is no bundle is told as that", async (context) => {
  const home = folder(context)
  const path = join(home, "r.gtz")
  const flags = { ...BUNDLE_FLAGS, input: { type: "text", many: true, says: "" } } as const
  const verify = (...args: readonly string[]) =>
    verifyBundle(contextOf({ env: { HOME: home } }).context, givenOf(flags, args), { path, repeat: 1 })
  await assert.rejects(verify("--network", "all"), { code: "USAGE" })
  await assert.rejects(verify("--input", "scan"), { code: "USAGE" })
  await assert.rejects(verify("--key", join(home, "none")), { code: "KEY_INVALID" })
  await assert.rejects(verify(), { code: "BUNDLE_NOT_FOUND" })
  writeFileSync(path, "no bundle")
  await assert.rejects(verify("--no-run"), { code: "BUNDLE_FORMAT_UNKNOWN" })
})

/** A bundle of a gear and a job, signed by a key that nobody here knows. */
const RECORDED = new URL("../../../../test/publishing/bundle/recorded/version-1.gtz", import.meta.url).pathname

test("a bundle is checked to its last byte without running anything, and its signature told", async (context) => {
  const { context: with_, out } = contextOf({ env: { HOME: folder(context) } })
  const wish = { path: RECORDED, repeat: 1 }
  const { exitCode, data } = await verifyBundle(with_, givenOf(BUNDLE_FLAGS, ["--no-run"]), wish)
  assert.equal(exitCode, undefined)
  const [content, signature, whole] = out().split("\n")
  assert.match(content ?? "", /1 job, 1 gear, \d+ members, 15\.4 KiB$/)
  assert.match(signature ?? "", /^signed {2}by a key that is not known here, [0-9a-f]{64}, |^not signed/)
  assert.match(whole ?? "", /^whole /)
  assert.deepEqual(Object(data).jobs, [{ job: "663e34fb0b59c804ef6816cb" }])
})

test("a bundle that another key than the wanted one signed is refused before its members are read", async (context) => {
  const home = folder(context)
  const key = join(home, "other.pub")
  writeFileSync(key, createKeyPair().publicKey.pem)
  const { context: with_, out } = contextOf({ env: { HOME: home } })
  const given = givenOf(BUNDLE_FLAGS, ["--no-run", "--key", key])
  await assert.rejects(verifyBundle(with_, given, { path: RECORDED, repeat: 1 }), {
    code: /^SIGNATURE_(KEY_UNKNOWN|MISSING)$/,
  } as object)
  assert.equal(out(), "")
})
