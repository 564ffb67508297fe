import assert from "node:assert/strict"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { outputOf, startPiped } from "./piped-process.ts"

const TOOL = { debianPackage: "tool" }
const failed = (stderr: string): Error => new RangeError(stderr)

test("a tool gets every byte, and the buffer is the caller's again after each write", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-piped-"))
  context.after(() => rm(folder, { recursive: true, force: true }))
  const process = await startPiped(["sh", "-c", `cat > '${folder}/out'`], TOOL)
  const buffer = Buffer.alloc(100_000)
  for (const value of [1, 2, 3]) {
    buffer.fill(value)
    assert.equal(await process.write(buffer), true)
  }
  assert.deepEqual(await process.finish(), { succeeded: true, stderr: "" })
  const found = await readFile(`${folder}/out`)
  assert.deepEqual(
    [0, 100_000, 299_999].map((at) => found[at]),
    [1, 2, 3],
  )
})

test("a tool that ends early takes no more, and says why", async () => {
  const process = await startPiped(["sh", "-c", "echo broken >&2; exit 3"], TOOL)
  while (await process.write(Buffer.alloc(100_000))) assert.ok(true)
  assert.equal(await process.write(Buffer.alloc(1)), false)
  assert.deepEqual(await process.finish(), { succeeded: false, stderr: "broken\n" })
})

test("a tool that is broken off is gone, with what it started", async () => {
  const process = await startPiped(["sh", "-c", "sleep 1000 & cat > /dev/null"], TOOL)
  await process.abort()
  assert.equal(await process.write(Buffer.alloc(1)), false)
})

test("of what a tool says, the last words are kept", async () => {
  const process = await startPiped(["sh", "-c", "seq 1 100000 >&2; exit 1"], TOOL)
  const { stderr } = await process.finish()
  assert.equal(stderr.length, 4096)
  assert.ok(stderr.endsWith("100000\n"))
})

test("what a tool prints is handed out; when it fails, that comes at the end", async () => {
  assert.equal(await all(outputOf(["printf", "hello"], { ...TOOL, failed })), "hello")
  const broken = outputOf(["sh", "-c", "echo half; echo why >&2; exit 1"], { ...TOOL, failed })
  assert.equal((await broken.next()).value?.toString(), "half\n")
  await assert.rejects(broken.next(), new RangeError("why\n"))
})

test("a tool whose output nobody wants any more is killed", async () => {
  for await (const piece of outputOf(["yes"], { ...TOOL, failed })) {
    assert.ok(piece.length > 0)
    break
  }
})

test("a tool that is not installed is told, with the package that has it", async () => {
  const wanted = (error: unknown): boolean =>
    isGeartrainError(error, "STORE_TOOL_MISSING") &&
    error.message === 'Cannot run "no-such-tool": it is not installed' &&
    error.hint === "Install it, on Debian with: apt-get install tool"
  await assert.rejects(startPiped(["no-such-tool"], TOOL), wanted)
  await assert.rejects(outputOf(["no-such-tool"], { ...TOOL, failed }).next(), wanted)
})

async function all(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  let text = ""
  for await (const piece of pieces) text += Buffer.from(piece).toString()
  return text
}
