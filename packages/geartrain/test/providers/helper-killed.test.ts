import assert from "node:assert/strict"
import { existsSync, readdirSync, readlinkSync } from "node:fs"
import { after, test } from "node:test"
import { setTimeout } from "node:timers/promises"
import type { Box, Provider } from "@geartrain/ports"
import { isGeartrainError } from "@geartrain/spec"
import { makeBench, missingFor, OPENERS, plainBox, shell } from "./bench.ts"
import { childrenOf, leftBehindBy } from "./left-behind.ts"

const bench = makeBench()
after(() => bench.remove())

const ROUNDS = 40
/** In which a box is started, runs and has gone. */
const LONGEST_PAUSE_MS = 60

/** What came of a box, in a word; fails for whatever users could not make sense of. */
async function endOf(provider: Provider, box: Box): Promise<string> {
  try {
    const container = await provider.start(box)
    const ended = container.wait()
    ended.catch(() => undefined)
    const code = await ended.finally(() => container.delete())
    return code.code === 3 ? "as it should" : assert.fail(`ended with ${code.code}`)
  } catch (error) {
    const isTold = isGeartrainError(error, "PROVIDER_FAILED") || isGeartrainError(error, "PROVIDER_UNAVAILABLE")
    return isTold ? "told" : assert.fail(error as Error)
  }
}

for (const name of ["crun", "bubblewrap"]) {
  const skip = missingFor(name) ?? false

  test(`${name}: at whatever moment the helper is killed, each box ends as it should or is told to be lost`, {
    skip,
  }, async (context) => {
    const provider = await (OPENERS[name] ?? assert.fail())()
    context.after(() => provider.close())
    for (let round = 0; round < ROUNDS; round += 1) {
      const boxes = await Promise.all([1, 2, 3].map(() => plainBox(bench, { command: shell("exit 3") })))
      const ends = Promise.all(boxes.map((box) => endOf(provider, box)))
      ends.catch(() => undefined)
      await setTimeout((round / ROUNDS) * LONGEST_PAUSE_MS)
      const helpers = childrenOf(process.pid).flatMap(childrenOf)
      for (const helper of helpers) kill(helper)
      await ends
      // A busy machine takes its time to end what was killed, and a box that is started meanwhile is told to be lost, too.
      if (round + 1 === ROUNDS) for (const helper of helpers) await gone(helper)
      for (const { folder } of boxes) assert.deepEqual(readdirSync(folder), [])
    }
    const last = await plainBox(bench, { command: shell("exit 3") })
    assert.equal(await endOf(provider, last), "as it should", "the next box runs")
    await provider.close()
    assert.deepEqual(await leftBehindBy(process.pid, "no marker at all"), [])
    assert.deepEqual(openPipes(), [], "an open pipe would keep the program from ending")
  })
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL")
  } catch (error) {
    // It has ended by itself.
    assert.equal((error as NodeJS.ErrnoException).code, "ESRCH")
  }
}

async function gone(pid: number): Promise<void> {
  while (existsSync(`/proc/${pid}`)) await setTimeout(5)
}

/** Pipes of boxes that this process has open. */
function openPipes(): readonly string[] {
  return readdirSync("/proc/self/fd")
    .map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`)
      } catch {
        // The one of reading the folder.
        return ""
      }
    })
    .filter((path) => /\/\d+\.(?:go|out|err)$/.test(path))
}
