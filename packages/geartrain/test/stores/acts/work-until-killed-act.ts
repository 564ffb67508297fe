/**
 * Imports, runs, removes, frees and collects garbage in the store at its first argument, for ever. Says on standard output, a JSON array a line,
 * what is done and so has to last: `["job", id, digests]`, `["gear", id, tree]`; what is about to be removed: `["removing", id]`; and first of all
 * `["ready"]`.
 * The second argument is a number that no other worker has.
 */
import { createHash, randomBytes, randomInt } from "node:crypto"
import { writeSync } from "node:fs"
import { writeFile } from "node:fs/promises"
import type { Digest } from "@geartrain/spec"
import type { Freeable } from "../../../src/stores/filesystem/upkeep/collect-garbage.ts"
import { openWhole } from "../opened-store.ts"
import { gear, job, OWNER } from "../records/sample-records.ts"
import { smallRoot } from "../small-root.ts"

const [path = "", worker = "0", form = "tree"] = process.argv.slice(2)
say(["ready"])
const { store, records, collect } = await openWhole(path, { form: form === "squashfs" ? "squashfs" : "tree" })
const done: string[] = []
const made: Digest[] = []
for (let round = 0; ; round++) {
  await runJob(round)
  if (round % 3 !== 1) await importGear()
  if (round % 4 === 2) await removeJob()
  if (round % 3 !== 2) await collect({ free: freeable() })
}

async function runJob(round: number): Promise<void> {
  const id = createHash("sha256")
    .update(`${process.pid}-${worker}-${round}-${Math.random()}`)
    .digest("hex")
    .slice(0, 24)
  const lease = await records.guard.startWriting(OWNER)
  await records.jobs.create(job(round, { id }), OWNER)
  const digests: Digest[] = []
  for (let count = randomInt(3); count >= 0; count--)
    digests.push((await store.blobs.put(pieces(randomInt(400_000)))).digest)
  // What other workers store and remove all the time, too.
  digests.push((await store.blobs.put(common(round % 4))).digest)
  const output = `${store.workFolder}/${worker}-${process.pid}-${round}`
  await writeFile(output, randomBytes(randomInt(100_000)))
  digests.push((await store.blobs.adopt(output)).digest)
  const outputs = digests.map((digest, index) => ({ path: `out-${index}`, digest, sizeBytes: 1 }))
  await records.jobs.update(job(round, { id, outputs, state: "complete" }), "running")
  say(["job", id, digests])
  await lease.end()
  done.push(id)
  made.push(...digests)
}

/** Some of what was made, also what other workers make all the time, and what went already. */
function freeable(): readonly Freeable[] {
  return made.filter(() => randomInt(3) === 0).map((digest) => ({ digest, needs: { jobs: [], gears: [], blobs: [] } }))
}

async function importGear(): Promise<void> {
  // All workers share three roots, and none removes the gear of another: what one said would be undone by the other, unseen.
  const shared = randomInt(3)
  const number = Number(worker) * 3 + shared
  const root = smallRoot(`root ${shared}`)
  const lease = await records.guard.startWriting(OWNER)
  await store.roots.put(root.tree, { tar: root.tar(), listing: root.listing() })
  await records.gears.putGear(gear(number, { tree: root.tree }))
  say(["gear", gear(number).id, root.tree])
  await lease.end()
  if (randomInt(4) !== 0) return
  say(["removing", gear(number).id])
  await records.gears.removeGear(gear(number).id)
}

async function removeJob(): Promise<void> {
  const id = done.shift()
  if (id === undefined) return
  say(["removing", id])
  await records.jobs.remove(id)
}

/** Straight to the pipe: what was said is said, whatever happens next. */
function say(words: readonly unknown[]): void {
  writeSync(1, `${JSON.stringify(words)}\n`)
}

async function* pieces(sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let left = sizeBytes; left > 0; left -= 50_000) yield randomBytes(Math.min(left, 50_000))
}

async function* common(number: number): AsyncGenerator<Uint8Array> {
  yield Buffer.alloc(100_000, `common ${number}`)
}
