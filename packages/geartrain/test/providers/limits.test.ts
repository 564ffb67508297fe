import assert from "node:assert/strict"
import { after, test } from "node:test"
import { makeBench, openAll, plainBox, runBox, shell } from "./bench.ts"

const bench = makeBench()
after(() => bench.remove())
const providers = await openAll(test, after)
const MEBIBYTE = 1024 * 1024

for (const provider of providers) {
  const { name } = provider
  const unless = (limit: (typeof provider.capabilities.limits)[number]): string | false =>
    provider.capabilities.limits.includes(limit) ? false : `needs the limit ${limit}`

  test(`${name}: a child that was killed for want of memory is told, and the exit code is the command's own`, {
    skip: unless("memory"),
  }, async () => {
    const box = await plainBox(bench, { command: shell("tail /dev/zero; exit 5"), memoryBytes: 48 * MEBIBYTE })
    const { exit } = await runBox(provider, box)
    assert.deepEqual([exit.code, exit.signal, exit.outOfMemory], [5, undefined, true])
    assert.ok((exit.usage.peakMemoryBytes ?? 0) > 24 * MEBIBYTE, `${exit.usage.peakMemoryBytes}`)
    assert.ok((exit.usage.peakMemoryBytes ?? 0) <= 48 * MEBIBYTE, `${exit.usage.peakMemoryBytes}`)
  })

  test(`${name}: a box that is held to a part of a core uses no more of it`, { skip: unless("cpu") }, async () => {
    const start = performance.now()
    const script = "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done"
    const { exit } = await runBox(provider, await plainBox(bench, { command: shell(script), cpuCores: 0.1 }))
    const wallMs = performance.now() - start
    // Half as much again for the runtime's start, which is before the limit's first period is used up.
    assert.ok((exit.usage.cpuMs ?? 0) < wallMs * 0.15 + 60, `${exit.usage.cpuMs} ms of ${wallMs} ms`)
  })

  test(`${name}: a fork bomb is held, and SIGKILL ends all of it`, { skip: unless("processes") }, async () => {
    const bomb = "b() { b | b & b | b & sleep 0.01; b; }; echo ready; b"
    const container = await provider.start(await plainBox(bench, { command: shell(bomb), processes: 60 }))
    for await (const piece of container.stdout) if (Buffer.from(piece).includes("ready")) break
    await container.kill("SIGKILL")
    const exit = await container.wait()
    assert.ok(exit.code === 137 || exit.outOfProcesses, JSON.stringify(exit))
    await container.delete()
  })

  test(`${name}: as many processes as the limit allows can run`, { skip: unless("processes") }, async () => {
    const script = "i=1; while [ $i -lt 20 ]; do sleep 1 & i=$((i+1)); done && wait && echo all"
    const { stdout, exit } = await runBox(provider, await plainBox(bench, { command: shell(script), processes: 20 }))
    assert.deepEqual([stdout, exit.outOfProcesses], ["all\n", false])
  })

  test(`${name}: the usual limits of a process are set`, async () => {
    const { stdout } = await runBox(
      provider,
      await plainBox(bench, { command: shell("ulimit -c; ulimit -n; ulimit -f") }),
    )
    const [core, files, size] = stdout.trim().split("\n")
    assert.deepEqual([core, size], ["0", "unlimited"])
    assert.ok(Number(files) >= 1024 && Number(files) <= MEBIBYTE, files)
  })

  test(`${name}: what a box read and wrote and used is measured`, async () => {
    const script = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; head -c 4000000 /dev/zero >/tmp/file; sync"
    const { exit } = await runBox(provider, await plainBox(bench, { command: shell(script) }))
    const { cpuMs = 0, writtenBytes = 0, readBytes } = exit.usage
    assert.ok(cpuMs >= 20, `cpuMs ${cpuMs}`)
    assert.ok(writtenBytes >= 4_000_000, `writtenBytes ${writtenBytes}`)
    assert.notEqual(readBytes, undefined)
  })
}
