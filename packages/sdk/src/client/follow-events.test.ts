import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { followEvents } from "./follow-events.ts"
import type { GearClient } from "./open-client.ts"

/** A client that is answered with these streams, one after the other, and what it asked to go on after. */
function clientOf(streams: readonly string[]): { readonly client: GearClient; readonly asked: (string | undefined)[] } {
  const asked: (string | undefined)[] = []
  const send = async (_path: string, { headers }: { readonly headers: Readonly<Record<string, string>> }) => {
    const stream = streams[asked.length]
    asked.push(headers["last-event-id"])
    return new Response(stream)
  }
  return { client: { send } as unknown as GearClient, asked }
}

async function dataOf(client: GearClient, after?: string): Promise<readonly string[]> {
  const found: string[] = []
  const options = after === undefined ? {} : { after }
  for await (const { data } of followEvents(client, "/events", options)) found.push(data)
  return found
}

/** Each wait is over as soon as it begins, and its length is kept. */
function withoutWaits(context: TestContext): readonly number[] {
  const waits: number[] = []
  const original = globalThis.setTimeout
  context.mock.method(globalThis, "setTimeout", (act: () => void, ms: number) => {
    waits.push(ms)
    return original(act, 0)
  })
  return waits
}

const message = (id: number, data: string, event = "state"): string => `id: ${id}\nevent: ${event}\ndata: ${data}\n\n`

test("a stream that is cut is taken up after its last message, at once", async (context) => {
  const waits = withoutWaits(context)
  const { client, asked } = clientOf([message(1, "a") + message(2, "b"), message(3, "c") + message(4, "", "end")])
  assert.deepEqual(await dataOf(client, "0"), ["a", "b", "c", ""])
  assert.deepEqual(asked, ["0", "2"])
  assert.deepEqual(waits, [])
})

test("a stream that ends with nothing in it is asked for more and more rarely, until something comes", async (context) => {
  const waits = withoutWaits(context)
  const streams = ["", "", "", "", "", "", "", message(1, "a"), "", message(2, "", "end")]
  const { client, asked } = clientOf(streams)
  assert.deepEqual(await dataOf(client), ["a", ""])
  assert.equal(asked.length, streams.length)
  assert.deepEqual(waits, [200, 400, 800, 1600, 3200, 5000, 5000, 200])
})

test("who stops to follow does not wait to the end", async () => {
  const { client } = clientOf(["", ""])
  const stop = new AbortController()
  const following = followEvents(client, "/events", { signal: stop.signal }).next()
  setImmediate(() => stop.abort(new Error("enough")))
  await assert.rejects(following, { message: "enough" })
})
