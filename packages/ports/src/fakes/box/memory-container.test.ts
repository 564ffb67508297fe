import assert from "node:assert/strict"
import { test } from "node:test"
import type { Box } from "../../provider.ts"
import { MemoryContainer } from "./memory-container.ts"
import type { HostFiles } from "./memory-files.ts"

function start(script: string, changes: Partial<Box> = {}, host: HostFiles = new Map()): MemoryContainer {
  const box: Box = {
    id: "box-1",
    folder: "/f",
    root: { form: "tree", path: "/root" },
    mounts: [],
    command: ["sh", "-c", script],
    environment: { X: "value" },
    workingFolder: "/scratch",
    uid: 5,
    gid: 6,
    network: "none",
    streams: "captured",
    ...changes,
  }
  return new MemoryContainer(box, host)
}

/** What a box printed, and how it ended. */
async function ended(container: MemoryContainer) {
  const read = async (stream: AsyncIterable<Uint8Array>): Promise<string> => {
    let text = ""
    for await (const piece of stream) text += new TextDecoder().decode(piece)
    return text
  }
  const [out, err, exit] = await Promise.all([read(container.stdout), read(container.stderr), container.wait()])
  return { out, err, exit }
}

test("commands are done one after the other, and what joins them decides", async () => {
  const { out, err, exit } = await ended(
    start("echo a >&2; cat /none && echo b || echo c; echo $X; pwd; id -u; exit 3; echo d"),
  )
  assert.deepEqual([out, err, exit.code, exit.signal], ["c\nvalue\n/scratch\n5\n", "a\n", 3, undefined])
})

test("a program that is not there, and a file that is none, end as a shell's do", async () => {
  const missing = await ended(start("", { command: ["none"] }))
  assert.deepEqual([missing.exit.code, missing.err], [127, "sh: none: cannot be run\n"])
  const text = await ended(start("", { command: ["/data"] }, new Map([["/root/data", "text"]])))
  assert.equal(text.exit.code, 126)
})

test("what a box writes is cut at the largest file that it may have, and stays its own unless it is mounted", async () => {
  const host: HostFiles = new Map([["/data/out/", ""]])
  const mounts = [{ source: "/data/out", target: "/out", access: "read-write" }] as const
  const { out } = await ended(
    start("echo 123456 >/out/f; echo own >f; cat f; wc -c </out/f", { mounts, fileBytes: 4 }, host),
  )
  assert.equal(out, "own\n4\n")
  assert.deepEqual([host.get("/data/out/f"), host.has("/root/scratch/f")], ["1234", false])
})

test("a signal ends a box with its number, unless the box has a handler; nothing helps against the last", async () => {
  for (const [signal, code] of [
    ["SIGTERM", 143],
    ["SIGINT", 130],
    ["SIGKILL", 137],
  ] as const) {
    const container = start("sleep 1000")
    assert.deepEqual([container.state(), container.memoryBytes()], ["running", 1024 * 1024])
    await container.kill(signal)
    const { exit } = await ended(container)
    assert.deepEqual(
      [exit.code, exit.signal, container.state(), container.memoryBytes()],
      [code, signal, "stopped", undefined],
    )
    await container.kill(signal)
  }
  const handled = start("trap 'echo bye; exit 7' TERM; sleep 1000")
  await handled.kill("SIGTERM")
  const { out, exit } = await ended(handled)
  assert.deepEqual([out, exit.code], ["bye\n", 7])
  const deaf = start("trap '' TERM; sleep 1000")
  await deaf.kill("SIGTERM")
  assert.equal(deaf.state(), "running")
  await deaf.delete()
  assert.equal((await deaf.wait()).signal, "SIGKILL")
})

test("limits end a box where the real kernel would, and are told as the reason", async () => {
  const memory = await ended(start("tail /dev/zero", { memoryBytes: 1000 }))
  assert.deepEqual([memory.exit.outOfMemory, memory.exit.outOfProcesses, memory.exit.code], [true, false, 137])
  const plain = await ended(start("exit 137"))
  assert.equal(plain.exit.outOfMemory, false)
})

test("a box that closes what it prints to goes on, and what it prints then is lost", async () => {
  const { out, exit } = await ended(start("echo a; exec >&-; echo b; exit 4"))
  assert.deepEqual([out, exit.code], ["a\n", 4])
})
