import { after, before, describe, it } from "node:test"
import { blobStoreLaws, keepsLaws } from "@geartrain/ports/laws"
import { openS3Store } from "@geartrain/s3"
import { radosgwMissing } from "../../programs/radosgw.ts"
import { type Gateway, startGateway } from "./gateway.ts"

describe("A bucket of a real S3 server keeps the laws of blob stores", { skip: radosgwMissing() }, () => {
  let gateway: Gateway
  before(async () => {
    gateway = await startGateway()
  })
  after(() => gateway?.stop())

  keepsLaws(it, "s3", {
    laws: blobStoreLaws,
    open: async () => {
      const { store } = await gateway.makeStore()
      return { port: store, close: store.close }
    },
  })

  keepsLaws(it, "s3, below a prefix beside another store", {
    laws: blobStoreLaws,
    open: async () => {
      const { store: whole, bucket } = await gateway.makeStore()
      await whole.put(bytesOf("of the store without a prefix"))
      const store = openS3Store(gateway.settings(bucket, { prefix: "lab/two words" }))
      return { port: store, close: () => Promise.all([store.close(), whole.close()]).then(() => undefined) }
    },
  })
})

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}
