import assert from "node:assert/strict"
import { EventEmitter } from "node:events"
import { type TestContext, test } from "node:test"
import type { Client } from "pg"
import { CHANNEL, postgresSignals } from "./postgres-signals.ts"

/** A line to a PostgreSQL, which a test cuts. */
class Line extends EventEmitter {
  readonly asked: string[] = []
  isEnded = false
  readonly #connects: boolean

  constructor(connects: boolean) {
    super()
    this.#connects = connects
  }

  async connect(): Promise<void> {
    if (!this.#connects) throw new Error("refused")
  }

  async query(text: string): Promise<void> {
    this.asked.push(text)
  }

  async end(): Promise<void> {
    this.isEnded = true
    this.emit("end")
  }
}

/** Signals over lines of which each connects, or does not, as is said; those after them connect. */
async function bench(context: TestContext, ...connects: readonly boolean[]) {
  context.mock.timers.enable({ apis: ["setTimeout"] })
  const lines: Line[] = []
  const make = (): Client => {
    lines.push(new Line(connects[lines.length] ?? true))
    return lines.at(-1) as unknown as Client
  }
  const signals = await postgresSignals(make)
  context.after(() => signals.close())
  const woken: string[] = []
  for (const topic of ["a", "b"]) context.after(signals.on(topic, () => void woken.push(topic)))
  return { signals, lines, woken }
}

/** Lets everything happen that waits for nothing but its turn. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

test("what is told on the channel wakes who waits for it; what is told without a topic wakes nobody", async (context) => {
  const { signals, lines, woken } = await bench(context)
  const [line] = lines
  assert.deepEqual(line?.asked, [`LISTEN ${CHANNEL}`])
  line?.emit("notification", { payload: "a" })
  line?.emit("notification", { payload: undefined })
  line?.emit("notification", { payload: "other" })
  assert.deepEqual(woken, ["a"])
  const waiting = signals.wait(["b"], { timeoutMs: 3_600_000 })
  line?.emit("notification", { payload: "b" })
  await waiting
})

test("a line that is cut is made again once, however often it is said, and everybody is woken then", async (context) => {
  const { lines, woken } = await bench(context)
  lines[0]?.emit("error", new Error("cut"))
  lines[0]?.emit("error", new Error("cut"))
  lines[0]?.emit("end")
  assert.deepEqual(woken, [])
  await settle()
  assert.equal(lines.length, 2)
  assert.deepEqual(woken.toSorted(), ["a", "b"])
  lines[1]?.emit("notification", { payload: "a" })
  assert.equal(woken.length, 3)
})

test("while the database is away it is asked again after a while, and nobody is woken for nothing", async (context) => {
  const { lines, woken } = await bench(context, true, false, false)
  lines[0]?.emit("end")
  await settle()
  assert.equal(lines.length, 2)
  for (const made of [3, 4]) {
    context.mock.timers.tick(499)
    await settle()
    assert.deepEqual([lines.length, woken.length], [made - 1, 0])
    context.mock.timers.tick(1)
    await settle()
    assert.equal(lines.length, made)
  }
  assert.deepEqual(woken.toSorted(), ["a", "b"])
  // Lines that did not come about are not left open.
  assert.deepEqual(
    lines.map(({ isEnded }) => isEnded),
    [false, true, true, false],
  )
})

test("who cannot listen at the start is told so, and leaves no line open", async () => {
  const line = new Line(false)
  await assert.rejects(
    postgresSignals(() => line as unknown as Client),
    /^Error: refused$/,
  )
  assert.ok(line.isEnded)
})

test("after it is closed no line is made again, also where the database was away just then", async (context) => {
  const { signals, lines } = await bench(context, true, false)
  lines[0]?.emit("end")
  await settle()
  assert.equal(lines.length, 2)
  await signals.close()
  context.mock.timers.tick(10_000)
  await settle()
  lines[0]?.emit("error", new Error("late"))
  await settle()
  assert.equal(lines.length, 2)
})
