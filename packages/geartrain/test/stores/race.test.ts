import assert from "node:assert/strict"
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { test } from "node:test"
import { backdate, openTemporary } from "./opened-store.ts"

const ACT = new URL("acts/race-act.ts", import.meta.url).pathname
const MOST_MS = 6000

test("one process stores and another collects garbage, again and again, and nothing that is wanted is ever gone", async (context) => {
  const opened = await openTemporary(context)
  const racers = [fork(ACT, ["store", opened.path]), fork(ACT, ["collect", opened.path])]
  context.after(() => {
    for (const racer of racers) racer.kill("SIGKILL")
  })
  for (const racer of racers) await once(racer, "message")
  let [stored, removed, rounds] = [0, 0, 0]
  for (const endMs = Date.now() + MOST_MS; Date.now() < endMs; rounds++) {
    // Else the lease would spare everything by its age, and nobody would meet.
    await backdate(opened.path)
    const [storing, collecting] = await Promise.all(racers.map(race))
    stored += storing ?? 0
    removed += collecting ?? 0
  }
  for (const racer of racers) {
    racer.send("end")
    await once(racer, "exit")
  }
  context.diagnostic(`${rounds} rounds, ${stored} stored, ${removed} removed`)
  assert.ok(stored > 0 && removed > 0)
  assert.deepEqual(await opened.check(), [])
})

async function race(racer: ChildProcess): Promise<number> {
  racer.send("go")
  const [reply] = (await once(racer, "message")) as [{ readonly count?: number; readonly error?: string }]
  assert.equal(reply.error, undefined)
  return reply.count ?? 0
}
