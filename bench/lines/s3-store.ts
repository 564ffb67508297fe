import { GetObjectCommand } from "@aws-sdk/client-s3"
import { Upload } from "@aws-sdk/lib-storage"
import { type Gateway, startGateway } from "../../packages/geartrain/test/stores/s3/gateway.ts"
import { digestOf, MEBIBYTE, numbered, sizeOf } from "../../packages/geartrain/test/stores/s3/stored-bytes.ts"
import type { Measurement, Row } from "../bench.ts"
import { interleave } from "../measure/interleave.ts"

const SIZE = 1024 * MEBIBYTE
const ROUNDS = 3
/** As ours are. */
const PARTS = { partSize: 8 * MEBIBYTE, queueSize: 3 }

/** What a large blob costs on its way to a bucket and back, over what the AWS SDK takes for the same bytes without looking at them. */
export const s3Store: Measurement = {
  name: "s3-store",
  measure: async () => {
    const gateway = await startGateway()
    try {
      return await measure(gateway)
    } finally {
      await gateway.stop()
    }
  },
}

async function measure(gateway: Gateway): Promise<readonly Row[]> {
  const { store, bucket } = await gateway.makeStore()
  const digest = await digestOf(numbered(SIZE))
  const object = { Bucket: bucket, Key: "bare" }
  // The gateway keeps what was replaced for hours, in memory.
  const cleared = async (run: () => Promise<unknown>): Promise<number> => {
    const ms = await timed(run)
    gateway.admin("gc", "process", "--include-all")
    return ms
  }
  const bare = (): Promise<number> => {
    const upload = new Upload({ client: gateway.client, params: { ...object, Body: stream() }, ...PARTS })
    return cleared(() => upload.done())
  }
  const known = await interleave(() => cleared(() => store.put(numbered(SIZE), digest)), bare, ROUNDS)
  const unknown = await interleave(() => cleared(() => store.put(numbered(SIZE))), bare, ROUNDS)
  const read = await interleave(
    () => timed(() => sizeOf(store, digest)),
    () =>
      timed(async () => {
        const { Body } = await gateway.client.send(new GetObjectCommand(object))
        for await (const _chunk of Body as AsyncIterable<Uint8Array>);
      }),
    ROUNDS,
  )
  await store.close()
  const upload = { against: "upload by the AWS SDK alone", unit: "ms", limit: 1.3 } as const
  return [
    { what: "1 GiB to a bucket, digest known", ...known, ...upload },
    { what: "1 GiB to a bucket, digest not known", ...unknown, ...upload },
    {
      what: "1 GiB from a bucket, every byte hashed",
      ...read,
      against: "download by the AWS SDK alone",
      unit: "ms",
      limit: 1.5,
    },
  ]
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now()
  await run()
  return performance.now() - startedMs
}

function stream(): ReadableStream<Uint8Array> {
  // The SDK keeps what it is given, so that it gets copies.
  const chunks = numbered(SIZE)
  return new ReadableStream({
    pull: async (controller) => {
      const { done, value } = await chunks.next()
      if (done === true) controller.close()
      else controller.enqueue(Uint8Array.from(value))
    },
  })
}
