import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { memoryBlobStore } from "@geartrain/ports/fakes"
import type { Digest, ExpectedOutput, GearTest, JobRecord } from "@geartrain/spec"
import { checkJob } from "./check-job.ts"
import type { ReadTest } from "./read-test.ts"

const blobs = memoryBlobStore()
let folder = ""
before(() => {
  folder = mkdtempSync(join(tmpdir(), "geartrain-check-job-"))
})
after(() => rmSync(folder, { recursive: true }))

async function* bytes(content: string | Uint8Array): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content)
}

async function problemsOf(
  expected: Omit<GearTest, "test" | "outputs"> & { readonly outputs?: Readonly<Record<string, ExpectedOutput>> },
  job: {
    readonly outputs?: Readonly<Record<string, string | Uint8Array>>
    readonly failure?: JobRecord["failure"]
    readonly code?: number
  },
  like = "",
): Promise<readonly string[]> {
  const outputs: { path: string; digest: Digest; sizeBytes: number }[] = []
  for (const [path, content] of Object.entries(job.outputs ?? {})) {
    const { digest, sizeBytes } = await blobs.put(bytes(content))
    outputs.push({ path, digest, sizeBytes })
  }
  writeFileSync(join(folder, "like"), like)
  const test: ReadTest = {
    name: "case",
    file: join(folder, "case.yaml"),
    test: { test: 1, ...expected },
    inputs: {},
    likes: Object.fromEntries(Object.keys(expected.outputs ?? {}).map((path) => [path, join(folder, "like")])),
  }
  const record = {
    outputs,
    exit: { code: job.code ?? 0 },
    ...(job.failure === undefined ? {} : { failure: job.failure }),
  }
  const log = async function* (): AsyncGenerator<string> {
    yield* ["first line", "second line"]
  }
  return await checkJob(test, record as unknown as JobRecord, { blobs, log: log() })
}

test("a job that ended by itself with the expected code, and put out what is expected, has no problems", async () => {
  const failure = { reason: "NONZERO_EXIT", culprit: "gear", message: "it failed", next: "" } as const
  assert.deepEqual(await problemsOf({}, {}), [])
  assert.deepEqual(await problemsOf({ exit: 3 }, { code: 3, failure }), [])
  assert.deepEqual(await problemsOf({ log: ["cond li", "first"] }, {}), [])
  const outputs = { a: "present", b: "absent", c: { like: "like", order: "any" } } as const
  assert.deepEqual(await problemsOf({ outputs }, { outputs: { a: "", c: "2\n1\n" } }, "1\n2\n"), [])
})

test("a job that the machine or a limit ended is not passed by its exit code", async () => {
  const failure = { reason: "OUT_OF_MEMORY", culprit: "resources", message: "it needed more memory", next: "" } as const
  assert.deepEqual(await problemsOf({ exit: 137 }, { code: 137, failure }), ["it needed more memory"])
})

test("everything that is otherwise is told, not only the first", async () => {
  const problems = await problemsOf(
    { exit: 1, outputs: { a: "present", b: "absent", c: { like: "like" } }, log: ["third line"] },
    { outputs: { b: "", c: "x\n" } },
    "y\n",
  )
  assert.deepEqual(problems, [
    "the exit code is 0, wanted 1",
    "output a is not there; there are b, c",
    "output b is there, and should not be",
    'output c is not like like: line 1 is "x", wanted "y"',
    'the log has no line with "third line"',
  ])
})

test("what is no text is not compared line by line, and a pattern that takes too long is told", async () => {
  const outputs = { a: { like: "like", ignore: ["(a|aa)+$"] } } as const
  assert.match((await problemsOf({ outputs }, { outputs: { a: new Uint8Array([0xff]) } })).join(), /it is no text/)
  const long = `${"a".repeat(60_000)}b\n`.repeat(60)
  assert.match((await problemsOf({ outputs }, { outputs: { a: long } }, long)).join(), /more steps than are allowed/)
})
