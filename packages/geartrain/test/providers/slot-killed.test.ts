import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { after, test } from "node:test"
import { setTimeout } from "node:timers/promises"
import { isGeartrainError } from "@geartrain/spec"
import { makeBench, missingFor, OPENERS, plainBox, runBox, shell } from "./bench.ts"
import { childrenOf, leftBehindBy } from "./left-behind.ts"

const bench = makeBench()
after(() => bench.remove())

function familyOf(pid: number): readonly number[] {
  return [pid, ...childrenOf(pid).flatMap(familyOf)]
}

function runs(pid: number, words: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").includes(words)
  } catch {
    // It has ended meanwhile.
    return false
  }
}

/** The child of the helper that waits for a command, which has begun or is just about to. */
async function shellOf(words: string, helper: number): Promise<number> {
  for (;;) {
    const found = childrenOf(helper).find((pid) => familyOf(pid).some((one) => runs(one, words)))
    if (found !== undefined) return found
    await setTimeout(5)
  }
}

for (const name of ["crun", "bubblewrap"]) {
  const skip = missingFor(name) ?? false

  test(`${name}: when the shell that waits for a box is killed, the box is told to be lost, and the next one runs`, {
    skip,
  }, async () => {
    const provider = await (OPENERS[name] ?? assert.fail())()
    const container = await provider.start(await plainBox(bench, { command: ["sleep", "986"] }))
    const [helper = 0] = childrenOf(process.pid).flatMap(childrenOf)
    process.kill(await shellOf("sleep 986", helper), "SIGKILL")
    await assert.rejects(container.wait(), (error) => isGeartrainError(error, "PROVIDER_FAILED"))
    await container.delete()
    const { stdout } = await runBox(provider, await plainBox(bench, { command: shell("echo again") }))
    assert.equal(stdout, "again\n")
    await provider.close()
    assert.deepEqual(await leftBehindBy(process.pid, "sleep 986"), [])
  })
}

test("a program whose helper is stopped ends it all the same, and by itself", {
  skip: missingFor("crun") ?? false,
}, async (context) => {
  const box = await plainBox(bench, { command: shell("exit 3") })
  const script = `const { OPENERS } = await import(${JSON.stringify(join(import.meta.dirname, "bench.ts"))})
    const provider = await OPENERS.crun()
    const container = await provider.start(${JSON.stringify(box)})
    await container.wait()
    await container.delete()
    console.log("ended")
    await new Promise((resolve) => process.stdin.once("data", resolve))
    process.stdin.destroy()
    await provider.close()
    console.log("closed")`
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["pipe", "pipe", "inherit"] })
  context.after(() => child.kill("SIGKILL"))
  const ended = once(child, "close")
  assert.equal(String(await once(child.stdout, "data")), "ended\n")
  for (const pid of familyOf(child.pid ?? 0).slice(1)) process.kill(pid, "SIGSTOP")
  child.stdin.write("go\n")
  let printed = ""
  child.stdout.on("data", (chunk: Buffer) => {
    printed += chunk.toString()
  })
  assert.deepEqual(await ended, [0, null])
  assert.equal(printed, "closed\n")
  assert.deepEqual(await leftBehindBy(child.pid ?? 0, "no marker at all"), [])
})
