import assert from "node:assert/strict"
import { rm, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { type Digest, isGeartrainError, type JobRecord } from "@geartrain/spec"
import { freeBytes } from "../../src/compose/stores/free-bytes.ts"
import { verifyJob } from "../../src/engine/again/verify-job.ts"
import { findByName, findWanted } from "../../src/engine/freeing/find-wanted.ts"
import { placeBlob } from "../../src/engine/freeing/place-blob.ts"
import { planRestoring, type WantedOutput } from "../../src/engine/freeing/plan-restoring.ts"
import { readAncestry } from "../../src/engine/freeing/read-ancestry.ts"
import { lookAround } from "../../src/engine/freeing/read-holdings.ts"
import { type RestoredStep, rememberLost, restoreOutputs } from "../../src/engine/freeing/restore-outputs.ts"
import { busyboxMissing } from "../programs/busybox-gear.ts"
import { type EngineHome, openEngineHome } from "../programs/engine-home.ts"
import { backdate } from "../stores/opened-store.ts"

const skip = busyboxMissing() ?? false
let home: EngineHome
before(async () => {
  if (skip === false) home = await openEngineHome()
})
after(() => home?.close())

const DATA = { inputs: { data: { base: "file" } } }
const TWICE = { command: "cat input/data/* input/data/* > output/twice; echo note > output/note", ...DATA }

/** Frees all outputs, however small, that can be made again. */
async function freeAll(): Promise<readonly string[]> {
  await backdate(join(home.folder, "home"))
  return (await freeBytes(home.engine, { leastBytes: 1 })).freed.map(({ path }) => path)
}

async function restore(
  wanted: readonly WantedOutput[],
  files: Readonly<Record<string, string>> = {},
): Promise<readonly RestoredStep[]> {
  const { engine } = home
  const steps = await planRestoring(wanted, await readAncestry(wanted, engine, files), lookAround(engine))
  const done: RestoredStep[] = []
  const verify = (record: JobRecord, options: { readonly wanted?: ReadonlySet<Digest> }) =>
    verifyJob(record, engine, { ...options, files })
  for await (const step of restoreOutputs(steps, engine, verify)) done.push(step)
  return done
}

const digestOf = (record: JobRecord, path: string): Digest =>
  record.outputs.find((output) => output.path === path)?.digest ?? "sha256:"

const freedOf = async (record: JobRecord): Promise<readonly string[]> =>
  ((await home.engine.jobs.get(record.id))?.outputs ?? []).flatMap(({ path, freed }) =>
    freed === undefined ? [] : [path],
  )

test("bytes go, a verification says the same without them, and they come back with their digest", {
  skip,
}, async () => {
  const record = await home.run(TWICE, { files: { data: await home.file("data.txt", "12345\n") } })
  await verifyJob(record, home.engine)
  assert.deepEqual((await freeAll()).toSorted(), ["note", "twice"])
  assert.deepEqual(await freedOf(record), ["note", "twice"])
  const { verification } = await verifyJob((await home.engine.jobs.get(record.id)) ?? record, home.engine)
  assert.equal(verification.verdict, "identical")
  assert.equal(await home.engine.blobs.stat(digestOf(record, "twice")), undefined, "a verification stores nothing")
  const wanted = (await findWanted(`${record.id}/twice`, home.engine)) ?? []
  const [step] = await restore(wanted)
  assert.deepEqual(
    step?.restored.map(({ path }) => path),
    ["twice"],
  )
  assert.deepEqual(await freedOf(record), ["note"], "what nobody asked for stays away")
  const target = join(home.folder, "placed/twice")
  await placeBlob(digestOf(record, "twice"), home.engine, { path: target, force: false, executable: false })
  assert.equal((await stat(target)).size, 12)
  const history = (await home.engine.jobs.get(record.id))?.history ?? []
  assert.deepEqual(
    history.map(({ verdict }) => verdict),
    ["identical", "identical", "identical"],
  )
  assert.deepEqual(await restore(wanted), [], "what is there needs no run")
})

test("a whole chain goes and is made again from its beginning", { skip }, async () => {
  const first = await home.run(TWICE, { files: { data: await home.file("first.txt", "chain\n") } })
  const path = (await home.engine.blobs.locate(digestOf(first, "twice"))) ?? ""
  const second = await home.run(
    { command: "wc input/data/* > output/counts", ...DATA },
    { files: { data: path }, fileNames: { data: "twice" } },
  )
  for (const record of [first, second]) await verifyJob(record, home.engine)
  await freeAll()
  assert.deepEqual([await freedOf(first), await freedOf(second)], [["note", "twice"], ["counts"]])
  const steps = await restore((await findWanted(digestOf(second, "counts"), home.engine)) ?? [])
  assert.deepEqual(
    steps.map(({ record }) => record.id),
    [first.id, second.id],
  )
  assert.deepEqual([await freedOf(first), await freedOf(second)], [["note"], []])
})

test("what comes out otherwise is not restored, and the history says so", { skip }, async () => {
  const record = await home.run({ command: "head -c 100 /dev/urandom > output/random; echo same > output/same" })
  for (const { digest } of record.outputs) await home.engine.blobs.remove?.(digest)
  const [step] = await restore((await findWanted(record.id, home.engine)) ?? [])
  assert.deepEqual(
    step?.otherwise.map(({ path, now }) => [path, now === undefined]),
    [["random", false]],
  )
  assert.deepEqual(
    step?.restored.map(({ path }) => path),
    ["same"],
  )
  assert.equal((await home.engine.jobs.get(record.id))?.history.at(-1)?.verdict, "different")
  assert.equal(await home.engine.blobs.stat(digestOf(record, "random")), undefined)
})

test("nothing is freed that depends on chance, nor where the input changed in place", { skip }, async () => {
  const chance = await home.run({ command: "head -c 100 /dev/urandom > output/chance" })
  await verifyJob(chance, home.engine)
  const path = await home.file("changing.txt", "before")
  const changed = await home.run({ command: "rev input/data/* > output/reversed", ...DATA }, { files: { data: path } })
  await verifyJob(changed, home.engine)
  await writeFile(path, "behind")
  await freeAll()
  assert.deepEqual([await freedOf(chance), await freedOf(changed)], [[], []])
  const { kept } = await freeBytes(home.engine, { leastBytes: 1 }, { dryRun: true })
  const whyOf = (record: JobRecord): string | undefined => kept.find(({ job }) => job.id === record.id)?.why
  assert.match(whyOf(chance) ?? "", /^it came out otherwise when its job was verified on/)
  assert.match(whyOf(changed) ?? "", /^input "data" of its job is neither stored nor unchanged at ".*changing\.txt"$/)
})

test("an input that is gone is named, the history keeps that, and the file may be given", { skip }, async () => {
  const path = await home.file("going.txt", "going\n")
  const record = await home.run(TWICE, { files: { data: path } })
  await verifyJob(record, home.engine)
  await freeAll()
  await rm(path)
  const wanted = (await findWanted(record.id, home.engine)) ?? []
  await assert.rejects(restore(wanted), (error) => {
    assert.ok(isGeartrainError(error, "JOB_NOT_REPLAYABLE"))
    assert.match(error.message, /input "data" of its job is neither stored nor unchanged at ".*going\.txt"/)
    return true
  })
  await rememberLost(new Error("gone") as never, wanted, home.engine)
  assert.equal((await home.engine.jobs.get(record.id))?.history.at(-1)?.verdict, "undecided")
  const elsewhere = await home.file("elsewhere.txt", "going\n")
  assert.equal((await restore(wanted, { data: elsewhere })).length, 1)
  assert.deepEqual(await freedOf(record), [])
})

test("a file is known by its name when it is gone; what could be several is told", { skip }, async () => {
  const one = await home.run({ command: "mkdir output/a; echo one > output/a/named; echo 1 > output/alone" })
  const other = await home.run({ command: "mkdir output/b; echo other > output/b/named" })
  assert.equal((await findByName("results/alone", home.engine)).job, one.id)
  assert.equal((await findByName("somewhere/b/named", home.engine)).job, other.id)
  await assert.rejects(findByName("c/named", home.engine), (error) => isGeartrainError(error, "OUTPUT_NOT_FOUND"))
  const same = await home.run({ command: "mkdir output/a; echo another > output/a/named" })
  await assert.rejects(findByName("a/named", home.engine), (error) => {
    assert.ok(isGeartrainError(error, "OUTPUT_AMBIGUOUS"))
    assert.match(error.message, new RegExp(`${same.id}/a/named or ${one.id}/a/named`))
    return true
  })
})

test("words that are no output are refused: a path that the job has not, bytes that no job made", {
  skip,
}, async () => {
  const record = await home.run({ command: "echo x > output/x" })
  for (const word of [`${record.id}/y`, `sha256:${"0".repeat(64)}`])
    await assert.rejects(findWanted(word, home.engine), (error) => isGeartrainError(error, "OUTPUT_NOT_FOUND"))
  assert.equal(await findWanted("results/x", home.engine), undefined)
  assert.equal(await findWanted("feedc0de", home.engine), undefined, "no job begins so: it may be a file")
})

test("damaged bytes are not written to the user's file, and nothing is written over unasked", { skip }, async () => {
  const record = await home.run({ command: "echo whole > output/whole" })
  const digest = digestOf(record, "whole")
  const stored = (await home.engine.blobs.locate(digest)) ?? ""
  await rm(stored)
  await writeFile(stored, "Whole\n")
  const path = join(home.folder, "whole.txt")
  const place = { path, force: false, executable: false }
  await assert.rejects(placeBlob(digest, home.engine, place), (error) =>
    isGeartrainError(error, "BLOB_DIGEST_MISMATCH"),
  )
  await assert.rejects(stat(path), { code: "ENOENT" })
  await writeFile(path, "mine")
  await assert.rejects(placeBlob(digest, home.engine, place), (error) => isGeartrainError(error, "OUTPUT_EXISTS"))
})
