import assert from "node:assert/strict"
import { test } from "node:test"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { LogEnd } from "./log-end.ts"
import { LINE_OVERHEAD, linesOf } from "./log-line.ts"

const LINE_COST = 10 + LINE_OVERHEAD

function passage(first: number, count: number): { readonly time: string; readonly fd: 1; readonly bytes: Buffer } {
  const lines = Array.from({ length: count }, (_, index) => `line ${String(first + index).padStart(4, "0")}\n`)
  return { time: "2026-01-01T00:00:00.000Z", fd: 1, bytes: Buffer.from(lines.join("")) }
}

function kept(end: LogEnd): string[] {
  return end.passages().flatMap((each) => linesOf(each).map((line) => line.msg))
}

test("what fits is all kept", () => {
  const end = new LogEnd(20 * LINE_COST)
  end.add(passage(0, 12))
  end.add(passage(12, 8))
  assert.equal(kept(end).length, 20)
  assert.equal(end.lines, 20)
  assert.equal(end.droppedBytes, 0)
})

test("what came first is dropped, and what is left with what is dropped is all that came", () => {
  const end = new LogEnd(20 * LINE_COST)
  for (let first = 0; first < 5000; first += 5) end.add(passage(first, 5))
  const lines = kept(end)
  assert.equal(lines.length, 20)
  assert.equal(lines[0], "line 4980")
  assert.equal(end.lines, 5000)
  assert.equal(end.droppedBytes, (5000 - 20) * 9)
})

test("a passage that alone is too long loses its beginning, line by line", () => {
  const end = new LogEnd(20 * LINE_COST)
  end.add(passage(0, 3))
  end.add(passage(3, 50))
  assert.deepEqual(
    kept(end),
    Array.from({ length: 20 }, (_, index) => `line ${String(33 + index).padStart(4, "0")}`),
  )
  assert.equal(end.droppedBytes, 33 * 9)
  end.add(passage(53, 1))
  assert.deepEqual(kept(end), ["line 0053"])
})

test("a line that alone is too long is dropped", () => {
  const end = new LogEnd(100)
  end.add({ time: "", fd: 2, bytes: Buffer.alloc(1000, "x") })
  assert.deepEqual(kept(end), [])
  assert.equal(end.lines, 1)
})

test("what is dropped takes no memory any more", async () => {
  setFlagsFromString("--expose-gc")
  const collect = runInNewContext("gc") as () => void
  const end = new LogEnd(5000)
  const add = (): WeakRef<Buffer> => {
    const bytes = Buffer.alloc(2000, "x")
    end.add({ time: "", fd: 1, bytes })
    return new WeakRef(bytes)
  }
  const dropped = Array.from({ length: 20 }, add)
  // What a weak reference was asked for in this turn stays until the next.
  await new Promise(setImmediate)
  collect()
  assert.equal(dropped.slice(0, -2).filter((bytes) => bytes.deref() !== undefined).length, 0)
  assert.ok(end.droppedBytes > 0)
})
