/**
 * One of two that race in the store at its second argument, round by round as its parent says: `collect` collects garbage as often as it can;
 * `store` stores the same blobs and roots again and again, and holds that each is there from then on until it is no longer named.
 */
import { randomBytes } from "node:crypto"
import type { Digest } from "@geartrain/spec"
import { openWhole } from "../opened-store.ts"
import { job, OWNER } from "../records/sample-records.ts"
import { smallRoot } from "../small-root.ts"

const [role = "", path = ""] = process.argv.slice(2)
const { store, records, collect, close } = await openWhole(path, { form: "tree" })
const ROUND_MS = 150
const BLOBS = 12

process.on("message", (message) => {
  const act =
    message === "end" ? close().then(() => process.disconnect()) : role === "collect" ? collectAll() : storeAll()
  act.then(
    (count) => message !== "end" && process.send?.({ count: count ?? 0 }),
    (error: unknown) => process.send?.({ error: String((error as Error).stack) }),
  )
})
process.send?.("ready")

async function collectAll(): Promise<number> {
  let removed = 0
  for (const endMs = Date.now() + ROUND_MS; Date.now() < endMs; ) removed += (await collect()).removed.length
  return removed
}

async function storeAll(): Promise<number> {
  let stored = 0
  const lease = await records.guard.startWriting(OWNER)
  const digests: Digest[] = []
  for (let number = 0; number < BLOBS; number++) {
    const { digest } = await store.blobs.put(blob(number))
    await holds(digest)
    digests.push(digest)
    stored++
  }
  const root = smallRoot("raced for")
  await store.roots.put(root.tree, { tar: root.tar(), listing: root.listing() })
  if ((await store.roots.stat(root.tree)) === undefined) throw new Error("The root that was stored just now is gone")
  for (const digest of digests) await holds(digest)
  const id = randomBytes(12).toString("hex")
  const outputs = digests.map((digest, index) => ({ path: `out-${index}`, digest, sizeBytes: 1 }))
  await records.jobs.create(job(1, { id, state: "complete", outputs }), OWNER)
  if ((await store.roots.stat(root.tree)) === undefined) throw new Error("The root that is leased is gone")
  await lease.end()
  for (const digest of digests) await holds(digest)
  await records.jobs.remove(id)
  return stored
}

async function holds(digest: Digest): Promise<void> {
  if ((await store.blobs.stat(digest)) === undefined) throw new Error(`Blob ${digest} is gone`)
  for await (const piece of store.blobs.get(digest)) if (piece.length === 0) throw new Error("An empty piece")
}

async function* blob(number: number): AsyncGenerator<Uint8Array> {
  yield Buffer.alloc(2000, `blob ${number}`)
}
