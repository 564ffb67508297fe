/** Stores and reads a blob in a bucket, under whatever clock this process was given, and prints how many bytes came back. */
import { openS3Store } from "@geartrain/s3"
import { numbered, sizeOf } from "./stored-bytes.ts"

const [bucket = "", endpoint = "", accessKeyId = "", secretAccessKey = ""] = process.argv.slice(2)
const store = openS3Store({ bucket, endpoint, credentials: { accessKeyId, secretAccessKey } })
const { digest } = await store.put(numbered(1000))
process.stdout.write(`${new Date().toISOString()} ${await sizeOf(store, digest)}`)
await store.close()
