import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { clearRequest, leaveRequest, type RequestWatch, readRequest, watchRequests } from "./run-request.ts"

const all = mkdtempSync(join(tmpdir(), "geartrain-requests-"))
after(() => rmSync(all, { recursive: true }))

const newRun = (): string => mkdtempSync(join(all, "run-"))

test("a request to cancel outlasts one to pause", async () => {
  const run = newRun()
  assert.equal(await readRequest(run), undefined)
  await leaveRequest(run, "pause")
  assert.equal(await readRequest(run), "pause")
  await leaveRequest(run, "cancel")
  await leaveRequest(run, "pause")
  assert.equal(await readRequest(run), "cancel")
  await clearRequest(run)
  assert.equal(await readRequest(run), undefined)
})

test("what is no request is told, and whoever asks anew is heard", async () => {
  const run = newRun()
  for (const text of ["", "{", '{"request":"stop"}\n', '{"why":"cancel"}\n']) {
    writeFileSync(join(run, "request.json"), text)
    await assert.rejects(readRequest(run), { code: "WORKFLOW_REQUEST_UNREADABLE", message: /neither to pause nor/ })
  }
  await leaveRequest(run, "pause")
  assert.equal(await readRequest(run), "pause")
})

/** Each look is taken when the test says so. */
function watching(run: string): {
  readonly look: () => Promise<void>
  readonly log: string[]
  readonly end: () => void
} {
  let next = Promise.withResolvers<() => void>()
  const log: string[] = []
  const watch: RequestWatch = {
    onRequest: (request) => log.push(request),
    onProblem: (error) => log.push(String((error as Error).message).replace(/.*: /, "")),
  }
  const clock = {
    now: () => "",
    after: (_: number, call: () => void) => {
      next.resolve(call)
      return () => {}
    },
  }
  const end = watchRequests(run, clock, watch)
  const look = async (): Promise<void> => {
    const call = await next.promise
    next = Promise.withResolvers()
    call()
    // A look is over when the next one waits.
    await next.promise
  }
  return { look, log, end }
}

test("a request that cannot be read is told once, and one that can be read afterwards is followed", async () => {
  const run = newRun()
  const file = join(run, "request.json")
  const { look, log, end } = watching(run)
  await look()
  mkdirSync(file)
  await look()
  await look()
  assert.deepEqual(log, ["EISDIR"])
  rmdirSync(file)
  writeFileSync(file, "nonsense")
  await look()
  await look()
  assert.deepEqual(log.slice(1), ["it asks neither to pause nor to cancel"])
  await leaveRequest(run, "pause")
  await look()
  assert.deepEqual(log.slice(2), ["pause"])
  end()
})
