import assert from "node:assert/strict"
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { existsSync, readdirSync } from "node:fs"
import { after, test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { makeBench, missingFor, OPENERS, plainBox, RUN_BOX, runBox, shell } from "./bench.ts"
import { childrenOf, leftBehindBy } from "./left-behind.ts"

const bench = makeBench()
after(() => bench.remove())

/** Each process of the box has this in its command line, and one holds the box's output. */
function boxes(marker: string, count: number) {
  const script = `sleep 987 "${marker}" 2>/dev/null & sh -c 'trap "" TERM; sleep 987; : ${marker}' & mkdir -p /closed/in && chmod 0 /closed/in /closed; echo up; sleep 987; : ${marker}`
  return Promise.all(Array.from({ length: count }, () => plainBox(bench, { command: shell(script) })))
}

interface Started {
  readonly child: ChildProcess
  readonly folders: readonly string[]
}

async function startProgram(name: string, afterwards: "stay" | "exit", marker: string): Promise<Started> {
  const order = { provider: name, afterwards, boxes: await boxes(marker, 3) }
  const child = spawn(process.execPath, [RUN_BOX, JSON.stringify(order)], { stdio: ["ignore", "pipe", "inherit"] })
  let printed = ""
  await new Promise<void>((resolve, reject) => {
    child.once("close", () => reject(new Error(`It ended: ${printed}`)))
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      printed += text
      if (printed.includes('"started"')) resolve()
    })
  })
  return { child, folders: order.boxes.map(({ folder }) => folder) }
}

function assertEmpty(folders: readonly string[]): void {
  for (const folder of folders) assert.deepEqual(readdirSync(folder), [])
}

for (const [name, open] of Object.entries(OPENERS)) {
  const skip = missingFor(name) ?? false

  for (const signal of ["SIGKILL", "SIGTERM", "SIGINT"] as const) {
    test(`${name}: nothing is left of a program that ${signal} ended while its boxes ran`, { skip }, async () => {
      const marker = randomBytes(8).toString("hex")
      const { child, folders } = await startProgram(name, "stay", marker)
      child.kill(signal)
      assert.deepEqual(await leftBehindBy(child.pid ?? 0, marker), [])
      assertEmpty(folders)
    })
  }

  test(`${name}: nothing is left of a program that exited without closing its provider`, { skip }, async () => {
    const marker = randomBytes(8).toString("hex")
    const { child, folders } = await startProgram(name, "exit", marker)
    assert.deepEqual(await leftBehindBy(child.pid ?? 0, marker), [])
    assertEmpty(folders)
  })

  test(`${name}: nothing is left after closing`, { skip }, async () => {
    const marker = randomBytes(8).toString("hex")
    const provider = await (open ?? assert.fail())()
    const [box] = await boxes(marker, 1)
    await provider.start(box ?? assert.fail())
    if (bench.squashfs !== undefined && provider.capabilities.roots.includes("squashfs"))
      await runBox(provider, await plainBox(bench, { root: bench.squashfs }))
    await provider.close()
    assert.deepEqual(await leftBehindBy(process.pid, marker), [])
    if (existsSync("/usr/sbin/losetup")) {
      const loops = execFileSync("/usr/sbin/losetup", ["--list", "--noheadings", "--output", "BACK-FILE"], {
        encoding: "utf8",
      })
      assert.doesNotMatch(loops, new RegExp(bench.folder))
    }
  })

  test(`${name}: when the helper is killed its boxes end, that is told, and the next box runs`, { skip }, async () => {
    const provider = await (open ?? assert.fail())()
    const container = await provider.start(await plainBox(bench, { command: ["sleep", "987"] }))
    const helpers = childrenOf(process.pid).flatMap(childrenOf)
    assert.equal(helpers.length, 1)
    process.kill(helpers[0] ?? 0, "SIGKILL")
    await assert.rejects(container.wait(), (error) => isGeartrainError(error, "PROVIDER_FAILED"))
    await container.delete()
    const { stdout } = await runBox(provider, await plainBox(bench, { command: shell("echo again") }))
    assert.equal(stdout, "again\n")
    await provider.close()
    assert.deepEqual(await leftBehindBy(process.pid, "no marker at all"), [])
  })
}
