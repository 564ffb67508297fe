import assert from "node:assert/strict"
import { type ChildProcess, spawn } from "node:child_process"
import { randomInt } from "node:crypto"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import type { Digest } from "@geartrain/spec"
import { build } from "esbuild"
import { type OpenedStore, openWhole } from "./opened-store.ts"

const ACT = new URL("acts/work-until-killed-act.ts", import.meta.url).pathname
/** Kills in each form, in so many lanes at once, and after how many of each lane everything is looked at. The time is for slow machines. */
const KILLS = 60
const LANES = 3
const KILLS_BETWEEN_CHECKS = 5
const MOST_MS = 20_000

/** What workers said that they have done, and not that they were about to undo. */
interface Acknowledged {
  readonly jobs: Map<string, readonly Digest[]>
  readonly gears: Map<string, Digest>
}

const forms = ["tree", ...(process.getuid?.() === 0 && existsSync("/usr/bin/sqfs2tar") ? ["squashfs"] : [])]

for (const form of forms) {
  test(`a store whose workers are killed at any moment loses nothing and needs no repair (${form})`, async (context) => {
    const folder = await mkdtemp(join(tmpdir(), "geartrain-killed-"))
    const opened = await openWhole(join(folder, "home"))
    // One file starts four times as fast as fifty.
    const act = join(folder, "act.mjs")
    await build({ entryPoints: [ACT], bundle: true, platform: "node", format: "esm", outfile: act })
    context.after(async () => {
      await opened.close()
      await rm(folder, { recursive: true, force: true })
    })
    const acknowledged: Acknowledged = { jobs: new Map(), gears: new Map() }
    const startMs = Date.now()
    let kills = 0
    while (kills < KILLS && Date.now() - startMs < MOST_MS / forms.length) {
      await Promise.all(
        Array.from({ length: LANES }, async (_, worker) => {
          for (let count = 0; count < KILLS_BETWEEN_CHECKS; count++) {
            await workAndKill([act, opened.path, String(worker), form], acknowledged)
            kills++
          }
        }),
      )
      await verify(opened, acknowledged)
    }
    context.diagnostic(`${kills} kills, ${acknowledged.jobs.size} jobs and ${acknowledged.gears.size} gears told`)
    assert.ok(acknowledged.jobs.size > 0, "something was done before the kills")
    await opened.collect()
    await verify(opened, acknowledged)
    assert.deepEqual(await readdir(join(opened.path, "tmp")), [], "what the dead left is swept")
    assert.deepEqual(await readdir(join(opened.path, "trash")), [])
  })
}

async function workAndKill(command: readonly string[], acknowledged: Acknowledged): Promise<void> {
  const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "inherit"] })
  const said = listen(child)
  const exited = once(child, "close")
  await Promise.race([once(child.stdout, "data"), exited])
  // From before it has opened the store until after some rounds.
  const timer = setTimeout(() => child.kill("SIGKILL"), randomInt(300))
  const [code, signal] = await exited
  clearTimeout(timer)
  assert.equal(signal, "SIGKILL", `it ended by itself, with ${code}`)
  for (const line of said()) take(JSON.parse(line), acknowledged)
}

function listen(child: ChildProcess): () => readonly string[] {
  const chunks: Buffer[] = []
  child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk))
  // A last line that was cut off was never said.
  return () => Buffer.concat(chunks).toString().split("\n").slice(0, -1)
}

function take(words: readonly unknown[], { jobs, gears }: Acknowledged): void {
  const [what, id] = words as readonly [string, string]
  if (what === "ready") return
  if (what === "job") jobs.set(id, words[2] as readonly Digest[])
  else if (what === "gear") gears.set(id, words[2] as Digest)
  else {
    jobs.delete(id)
    gears.delete(id)
  }
}

async function verify(opened: OpenedStore, { jobs, gears }: Acknowledged): Promise<void> {
  // Gears come and go here, whether or not a job's freed output could be made with them.
  const findings = (await opened.check()).filter(
    ({ message }) => !/was freed, and gear .* is not stored$/.test(message),
  )
  assert.deepEqual(findings, [])
  for (const [id, digests] of jobs) {
    const record = await opened.records.jobs.get(id)
    assert.equal(record?.state, "complete", `job ${id} is recorded`)
    const freed = new Set(record.outputs.filter((output) => output.freed !== undefined).map(({ digest }) => digest))
    for (const digest of digests) if (!freed.has(digest)) assert.deepEqual(await opened.store.blobs.check(digest), [])
  }
  for (const tree of new Set(gears.values())) assert.deepEqual(await opened.store.roots.check(tree), [])
}
