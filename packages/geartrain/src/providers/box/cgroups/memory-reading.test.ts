import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { readMemory } from "./memory-reading.ts"

const folder = mkdtempSync(join(tmpdir(), "geartrain-reading-"))
after(() => rmSync(folder, { recursive: true, force: true }))
let made = 0

/** A folder with files as the kernel would make them up. */
function group(files: Readonly<Record<string, string>>): string {
  made += 1
  const path = join(folder, `${made}`)
  mkdirSync(path)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text)
  return path
}

test("groups of version 1 are read each where it counts, with the groups below them", () => {
  const memory = group({
    "memory.limit_in_bytes": "33554432\n",
    "memory.usage_in_bytes": "33550000\n",
    "memory.stat": "cache 1\npgmajfault 1\ntotal_cache 600000\ntotal_shmem 100000\ntotal_pgmajfault 1350\n",
  })
  const cpu = group({ "cpuacct.stat": "user 3\nsystem 86\n" })
  const { atMs: _, ...reading } =
    readMemory([
      { version: 1, path: cpu, controllers: ["cpuacct"] },
      { version: 1, path: memory, controllers: ["memory"] },
    ]) ?? assert.fail()
  assert.deepEqual(reading, {
    limitBytes: 33_554_432,
    usageBytes: 33_550_000,
    fileBytes: 500_000,
    majorFaults: 1350,
    userTime: 3,
    systemTime: 86,
  })
})

test("a group of version 2 tells all of it in its own words", () => {
  const path = group({
    "memory.max": "33554432\n",
    "memory.current": "33550000\n",
    "memory.stat": "anon 33000000\nfile 600000\nshmem 100000\npgfault 9\npgmajfault 1350\n",
    "cpu.stat": "usage_usec 790\nuser_usec 30\nsystem_usec 760\n",
  })
  const { atMs: _, ...reading } = readMemory([{ version: 2, path, controllers: ["memory"] }]) ?? assert.fail()
  assert.deepEqual(reading, {
    limitBytes: 33_554_432,
    usageBytes: 33_550_000,
    fileBytes: 500_000,
    majorFaults: 1350,
    userTime: 30,
    systemTime: 760,
  })
})

test("a group without a limit, without all the counters, or that is gone, tells nothing", () => {
  const files = {
    "memory.current": "1\n",
    "memory.stat": "file 1\nshmem 1\npgmajfault 1\n",
    "cpu.stat": "user_usec 1\n",
  }
  const unlimited = group({ ...files, "memory.max": "max\n", "cpu.stat": "user_usec 1\nsystem_usec 1\n" })
  const poor = group({ ...files, "memory.max": "1\n" })
  for (const path of [unlimited, poor, join(folder, "gone")])
    assert.equal(readMemory([{ version: 2, path, controllers: ["memory"] }]), undefined)
  assert.equal(readMemory([{ version: 2, path: poor, controllers: ["pids"] }]), undefined)
})
