import assert from "node:assert/strict"
import { test } from "node:test"
import { counter, firstNumber } from "./counters.ts"
import { cgroupMounts, groupMountPoints, ownGroup } from "./mounts.ts"
import { cgroupPlaces } from "./places.ts"

const MIXED = `22 1 254:1 / / rw - ext4 /dev/vda1 rw
30 25 0:26 / /sys/fs/cgroup ro - tmpfs tmpfs ro,mode=755
31 30 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw,nsdelegate
32 30 0:28 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd
33 30 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
34 30 0:30 /docker/abc /sys/fs/cgroup/memory\\040here rw - cgroup cgroup rw,memory
garbage`

test("hierarchies are found among all mounts, with their controllers, and named ones without are left out", () => {
  assert.deepEqual(cgroupMounts(MIXED), [
    { version: 2, controllers: [], path: "/sys/fs/cgroup/unified", root: "/" },
    { version: 1, controllers: ["cpu", "cpuacct"], path: "/sys/fs/cgroup/cpu,cpuacct", root: "/" },
    { version: 1, controllers: ["memory"], path: "/sys/fs/cgroup/memory here", root: "/docker/abc" },
  ])
  assert.equal(groupMountPoints(MIXED).length, 4)
  assert.equal(groupMountPoints(`${MIXED}\n${MIXED}`).length, 4, "each place once")
  assert.deepEqual(cgroupMounts(""), [])
})

test("a process's own group is found below what is mounted, and nowhere else", () => {
  const [unified, cpu, memory] = cgroupMounts(MIXED)
  assert.ok(unified !== undefined && cpu !== undefined && memory !== undefined)
  const membership = "12:memory:/docker/abc/inner\n3:cpu,cpuacct:/user\n0::/user.slice/it\n"
  assert.equal(ownGroup(unified, membership), "/sys/fs/cgroup/unified/user.slice/it")
  assert.equal(ownGroup(cpu, membership), "/sys/fs/cgroup/cpu,cpuacct/user")
  assert.equal(ownGroup(memory, membership), "/sys/fs/cgroup/memory here/inner")
  assert.equal(ownGroup(memory, "12:memory:/docker/abcd\n"), undefined)
  assert.equal(ownGroup(unified, "0::/../outside\n"), undefined)
  assert.equal(ownGroup(unified, "0::/\n"), "/sys/fs/cgroup/unified")
  assert.equal(ownGroup(unified, "1:memory:/x\n"), undefined)
  assert.equal(ownGroup(unified, "0::/with:colon\n"), "/sys/fs/cgroup/unified/with:colon")
})

test("a counter is read by its whole name", () => {
  const text = "low 1\noom 2\noom_kill 3\nmax max\n"
  assert.equal(counter(text, "oom"), 2)
  assert.equal(counter(text, "oom_kill"), 3)
  assert.equal(counter(text, "kill"), undefined)
  assert.equal(counter(text, "max"), undefined)
  assert.equal(counter(undefined, "low"), undefined)
  assert.equal(firstNumber("-1"), undefined)
  assert.equal(firstNumber(""), undefined)
})

test("places on this machine can be written to, and offer what they say once", () => {
  for (const { version, path, controllers } of cgroupPlaces()) {
    assert.ok(version === 1 || version === 2)
    assert.ok(path.startsWith("/"))
    assert.equal(new Set(controllers).size, controllers.length)
  }
})
