import assert from "node:assert/strict"
import { test } from "node:test"
import type { DoctorReport } from "../../compose/machine/examine-machine.ts"
import { createPaint } from "../output/paint.ts"
import { doctorPage } from "./doctor-page.ts"

const report: DoctorReport = {
  versions: { gear: "0.1.0", node: "24.0.0" },
  host: { name: "lab", kernel: "6.1", architecture: "x86_64", cpus: 1, memoryBytes: 1024 ** 3, root: false },
  providers: [
    {
      name: "crun",
      works: false,
      refused: 'Cannot use provider "crun": it is not installed\u001b[2J',
      mend: "apt-get install crun",
    },
    {
      name: "bubblewrap",
      works: true,
      version: "0.8.0",
      capabilities: {
        networks: ["none"],
        limits: [],
        roots: ["tree"],
        rootless: true,
        userMapping: "single",
        measures: "sampled",
        constraints: [],
        around: true,
      },
    },
  ] as DoctorReport["providers"],
  tracers: [{ name: "strace", works: false, refused: "ptrace: not permitted\u001b[2J", mend: "Allow ptrace" }],
  tools: [
    { name: "tar", path: "/usr/bin/tar", for: "unpacking", debianPackage: "tar" },
    { name: "sqfs2tar", for: "keeping gears as squashfs", debianPackage: "squashfs-tools-ng" },
  ],
  store: { home: "/store", problem: "the disk is full", mend: "gear store gc" },
}

test("what does not work is told with what mends it, what works with what it can do", () => {
  const page = doctorPage(report, createPaint(false)).join("\n")
  for (const words of [
    /no +crun +Cannot use provider "crun": it is not installed\\x1b\[2J\n +→ apt-get install crun/,
    /yes bubblewrap +0\.8\.0\n +network +none\n +limits +none\n +users +one user/,
    /measures +CPU and memory, read now and then/,
    /no +strace +ptrace: not permitted\\x1b\[2J\n +→ Allow ptrace/,
    /yes tar +\/usr\/bin\/tar/,
    /no +sqfs2tar +for keeping gears as squashfs\n +→ apt-get install squashfs-tools-ng/,
    /no +the disk is full\n +→ gear store gc/,
    /x86_64, Linux 6\.1, 1 CPU, 1 GiB; as an ordinary user; gear 0\.1\.0, node 24\.0\.0/,
  ]) {
    assert.match(page, words)
  }
})

test("a tracer that works is told by its version", () => {
  const page = doctorPage({ ...report, tracers: [{ name: "strace", works: true, version: "6.1" }] }, createPaint(false))
  assert.match(page.join("\n"), /yes strace +6\.1$/m)
})

test("a store that works is told by its place", () => {
  assert.match(doctorPage({ ...report, store: { home: "/store" } }, createPaint(false)).join("\n"), /yes \/store$/m)
})
