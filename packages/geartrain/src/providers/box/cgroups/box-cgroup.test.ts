import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { BoxCgroup } from "./box-cgroup.ts"
import { makeCgroups } from "./cgroups.ts"
import type { CgroupPlace } from "./places.ts"

// Files as the kernel has them, in a folder: what is written where is what matters here. The kernel itself is in test/providers.
const folder = mkdtempSync(join(tmpdir(), "geartrain-groups-"))
after(() => rmSync(folder, { recursive: true, force: true }))

let groups = 0
async function made(version: 1 | 2, controllers: CgroupPlace["controllers"], files: Readonly<Record<string, string>>) {
  groups += 1
  const path = join(folder, `group-${groups}`)
  const cgroup = await BoxCgroup.make([{ version, path, controllers }])
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text)
  return { cgroup, path, read: (name: string) => readFileSync(join(path, name), "utf8") }
}

test("limits are written as each version of control groups wants them", async () => {
  const two = await made(2, ["memory", "cpu", "pids"], { "memory.max": "", "cpu.max": "", "pids.max": "" })
  two.cgroup.limit({ memoryBytes: 4096, cpuCores: 1.5, processes: 7 })
  assert.deepEqual([two.read("memory.max"), two.read("cpu.max"), two.read("pids.max")], ["4096", "150000 100000", "7"])
  assert.ok(!existsSync(join(two.path, "memory.swap.max")), "nothing is made that the kernel does not have")
  const one = await made(1, ["memory", "cpu"], {
    "memory.limit_in_bytes": "-1",
    "memory.memsw.limit_in_bytes": "-1",
    "cpu.cfs_period_us": "",
    "cpu.cfs_quota_us": "",
  })
  one.cgroup.limit({ memoryBytes: 4096, cpuCores: 0.001, processes: 7 })
  assert.equal(one.read("memory.memsw.limit_in_bytes").slice(0, 4), "4096")
  assert.equal(one.read("cpu.cfs_quota_us"), "1000", "the kernel takes no smaller share")
})

test("what is measured is told in one unit, and what is not counted is not there", async () => {
  const two = await made(2, ["memory", "pids"], {
    "cpu.stat": "usage_usec 2500\nuser_usec 1\n",
    "memory.peak": "8192\n",
    "memory.events": "low 0\noom 5\noom_kill 2\n",
    "pids.events": "max 3\n",
  })
  assert.deepEqual(two.cgroup.usage(), { cpuMs: 2.5, peakMemoryBytes: 8192 })
  assert.deepEqual([two.cgroup.memoryKills(), two.cgroup.refusedForks()], [2, 3])
  const one = await made(1, ["cpuacct"], { "cpuacct.usage": "2500000\n" })
  assert.deepEqual(one.cgroup.usage(), { cpuMs: 2.5 })
  assert.deepEqual([one.cgroup.memoryKills(), one.cgroup.refusedForks()], [0, 0])
})

test("every process of a group is killed, and what cannot be seen from here is passed over", async () => {
  const child = spawn("sleep", ["60"])
  const gone = once(child, "exit")
  const { cgroup, path } = await made(2, [], { "cgroup.procs": `${child.pid}\n0\n` })
  assert.deepEqual(cgroup.processes(), [child.pid])
  void gone.then(() => writeFileSync(join(path, "cgroup.procs"), ""))
  assert.equal(await cgroup.killAll(), true)
  assert.equal((await gone)[1], "SIGKILL")
})

test("groups are made in every place below the provider's own, and all go with it", async () => {
  const places = (["a", "b"] as const).map((name): CgroupPlace => {
    const path = join(folder, name)
    mkdirSync(path)
    return { version: 1, path, controllers: ["memory"] }
  })
  const cgroups = makeCgroups(places, "geartrain-1-2-abc")
  const first = await cgroups.make()
  const second = await cgroups.make()
  assert.deepEqual([first.name, second.name], ["box-0", "box-1"])
  for (const { path } of places) assert.deepEqual(readdirSync(join(path, "geartrain-1-2-abc")), ["box-0", "box-1"])
  await first.cgroup.remove()
  await first.cgroup.remove()
  await cgroups.remove()
  for (const { path } of places) assert.deepEqual(readdirSync(path), [])
})
