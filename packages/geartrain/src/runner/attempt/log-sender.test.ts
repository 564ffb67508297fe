import assert from "node:assert/strict"
import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { GeartrainError } from "@geartrain/spec"
import type { LogChunk } from "../server/runner-server.ts"
import { AttemptFolder } from "./attempt-folder.ts"
import { LogSender } from "./log-sender.ts"

const NAME = { job: "a".repeat(24), attempt: 1 }

test("the rest of a log is sent at its end, as text, in whole lines", async (context) => {
  const { path, ports, parts } = await opened(context)
  await writeFile(path, `${line("first")}${line("second")}{"time":"x","fd":1,"ms`)
  assert.equal(await LogSender.start(path, ports).end(path), 1)
  assert.deepEqual(parts, ["first\nsecond\n"])
})

test("an attempt without a log has sent no part of it", async (context) => {
  const { path, ports, parts } = await opened(context)
  assert.equal(await LogSender.start(path, ports).end(undefined), 0)
  assert.equal(await LogSender.start(path, ports).end(path), 0)
  assert.deepEqual(parts, [])
})

test("a part whose answer was lost is sent again as it was, though there is more by then", async (context) => {
  const { path, ports, parts } = await opened(context)
  await writeFile(path, line("first"))
  let lost = 1
  const { server } = ports
  const sender = LogSender.start(path, {
    ...ports,
    server: {
      ...server,
      putLog: async (chunk) => {
        const answer = await server.putLog(chunk)
        if (lost-- <= 0) return answer
        await appendFile(path, line("second"))
        throw new GeartrainError("SERVER_UNREACHABLE", "Cannot ask the server: no")
      },
    },
  })
  assert.equal(await sender.end(path), 2)
  assert.deepEqual(parts, ["first\n", "second\n"])
})

test("a runner that was killed goes on where it was, and sends no line twice", async (context) => {
  const { path, ports, parts } = await opened(context)
  await writeFile(path, line("first"))
  await LogSender.start(path, ports).end(path)
  await appendFile(path, line("second"))
  assert.equal(await (await LogSender.resume(path, ports)).end(path), 2)
  assert.deepEqual(parts, ["first\n", "second\n"])
  assert.equal(await (await LogSender.resume(path, ports)).end(path), 2)
  assert.deepEqual(parts, ["first\n", "second\n"])
})

test("the answer to a part of the log can cancel the job", async (context) => {
  const { path, ports } = await opened(context)
  await writeFile(path, line("first"))
  let cancelled = 0
  await LogSender.start(path, {
    ...ports,
    server: { ...ports.server, putLog: async () => ({ cancel: true }) },
    onCancel: () => cancelled++,
  }).end(path)
  assert.equal(cancelled, 1)
})

function line(msg: string): string {
  return `${JSON.stringify({ time: "2026-01-01T00:00:00.000Z", fd: 1, msg })}\n`
}

/** A server that takes the first of several parts of one number, as the real one does. */
async function opened(context: TestContext) {
  const base = await mkdtemp(join(tmpdir(), "geartrain-log-"))
  context.after(() => rm(base, { recursive: true }))
  const folder = new AttemptFolder(base, NAME)
  await folder.create({ ...NAME, token: "t" })
  const parts: string[] = []
  const server = {
    finish: () => Promise.reject(new Error("not asked")),
    release: () => Promise.reject(new Error("not asked")),
    putLog: async ({ n, bytes }: LogChunk) => {
      parts[n] ??= Buffer.from(bytes).toString()
      assert.equal(parts[n], Buffer.from(bytes).toString())
      return { cancel: false }
    },
  }
  return {
    path: `${base}/log.ndjson`,
    parts,
    ports: { server, folder, onCancel: () => undefined, onRefused: () => undefined },
  }
}
