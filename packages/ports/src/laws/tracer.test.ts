import assert from "node:assert/strict"
import { execFile } from "node:child_process"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { promisify } from "node:util"
import { faultyTraceBenches } from "../fakes/faulty-tracers.ts"
import { memoryTraceBench } from "../fakes/memory-tracer.ts"
import { checkLaw, keepsLaws } from "./law.ts"
import { traceScript } from "./trace-bench.ts"
import { tracerLaws } from "./tracer.ts"

keepsLaws(test, "memory", {
  laws: tracerLaws,
  open: async () => ({ port: memoryTraceBench(), close: async () => {} }),
})

keepsLaws(test, "memory, with successful writes only", {
  laws: tracerLaws,
  open: async () => ({ port: memoryTraceBench({ actions: ["write"], failures: false }), close: async () => {} }),
})

/** Ids of the laws that each faulty tracer breaks. */
const broken = new Map<string, ReadonlySet<string>>()
for (const [fault, open] of Object.entries(faultyTraceBenches)) {
  test(`a tracer that ${fault} breaks a law`, async () => {
    const ids = new Set<string>()
    for (const law of tracerLaws) {
      await checkLaw(law, async () => ({ port: open(), close: async () => {} })).catch(() => ids.add(law.id))
    }
    broken.set(fault, ids)
    assert.notEqual(ids.size, 0)
  })
}

for (const law of tracerLaws) {
  test(`a faulty tracer is caught by ${law.id}`, () => {
    assert.ok([...broken.values()].some((ids) => ids.has(law.id)))
  })
}

test("laws have ids of their own", () => {
  assert.equal(new Set(tracerLaws.map(({ id }) => id)).size, tracerLaws.length)
})

test("steps become a script that does them", async () => {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-steps-"))
  try {
    const path = join(folder, 'it\'s "a"\nname')
    const script = traceScript([
      { act: "write", path, text: "it's 100 %s\n" },
      { act: "read", path },
      { act: "look", path: `${path}/none` },
      { act: "execute", path: "/bin/true" },
      { act: "connect", host: "127.0.0.1", port: 9 },
      { act: "child", steps: [{ act: "show", path }] },
      { act: "write", path: join(folder, "gone"), text: "x" },
      { act: "destroy", path: join(folder, "gone") },
      { act: "print", text: "$HOME" },
      { act: "exit", code: 7 },
    ])
    const run = promisify(execFile)("bash", ["-c", script])
    await assert.rejects(run, (error: { code?: number; stdout?: string }) => {
      assert.equal(error.code, 7)
      assert.equal(error.stdout, "it's 100 %s\n$HOME")
      return true
    })
    assert.equal(await readFile(path, "utf8"), "it's 100 %s\n")
    assert.equal(await readFile(join(folder, "gone"), "utf8"), "")
  } finally {
    await rm(folder, { recursive: true })
  }
})

test("a program that kills itself ends by SIGKILL", async () => {
  await assert.rejects(promisify(execFile)("bash", ["-c", traceScript([{ act: "kill" }])]), { signal: "SIGKILL" })
})
