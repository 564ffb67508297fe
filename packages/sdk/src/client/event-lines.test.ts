import assert from "node:assert/strict"
import { test } from "node:test"
import { readEventLines, type StreamedEvent } from "./event-lines.ts"

async function read(...pieces: readonly string[]): Promise<readonly StreamedEvent[]> {
  async function* each(): AsyncGenerator<string> {
    yield* pieces
  }
  const events: StreamedEvent[] = []
  for await (const event of readEventLines(each())) events.push(event)
  return events
}

const STREAM = "id: 7\r\nevent: job\r\ndata: {\r\ndata: }\r\n\r\n: still there\r\n\r\ndata:x\r\n\r\n"
const EVENTS = [
  { id: "7", event: "job", data: "{\n}" },
  // The id stays, the event's name does not.
  { id: "7", event: "message", data: "x" },
]

test("messages are the same wherever the stream is cut, and whatever ends its lines", async () => {
  for (const end of ["\r\n", "\n", "\r"]) {
    const text = `${STREAM.replaceAll("\r\n", end)}${end}`
    for (let at = 0; at <= text.length; at++)
      assert.deepEqual(await read(text.slice(0, at), text.slice(at), "\n"), EVENTS, `${JSON.stringify(end)} ${at}`)
    assert.deepEqual(await read(...text, "\n"), EVENTS)
  }
})

test("a message that the stream breaks off in is none", async () => {
  assert.deepEqual(await read("data: a\n"), [])
  assert.deepEqual(await read("data: a"), [])
  assert.deepEqual(await read(), [])
})

test("a message without data is none, and lends the next one nothing but its id", async () => {
  assert.deepEqual(await read("event: x\nid: 1\n\ndata: a\n\n"), [{ id: "1", event: "message", data: "a" }])
})

test("one blank after the colon is none of the value, and a field without colon is empty", async () => {
  assert.deepEqual(await read("data:  a: b\n\ndata\n\n"), [
    { event: "message", data: " a: b" },
    { event: "message", data: "" },
  ])
})

test("fields that are not known, and an id with a zero in it, are passed over", async () => {
  assert.deepEqual(await read("retry: 5\nid: a\0b\nDATA: x\ndata: y\n\n"), [{ event: "message", data: "y" }])
})
