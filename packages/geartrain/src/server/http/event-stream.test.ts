import assert from "node:assert/strict"
import test from "node:test"
import { lastSeen, messageText } from "./event-stream.ts"

test("a client that connects again goes on after what it has seen, whatever its address says", () => {
  assert.equal(lastSeen("41", 7), 41)
  assert.equal(lastSeen(undefined, 7), 7)
  assert.equal(lastSeen("no number", undefined), 0)
  assert.equal(lastSeen(["5", "6"], 7), 5)
})

test("a message is one line of data, whatever is in it", () => {
  assert.equal(messageText({ id: "1", data: "a\r\nid: 9" }), 'id: 1\ndata: "a\\r\\nid: 9"\n\n')
})
