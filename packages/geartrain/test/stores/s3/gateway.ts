import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3"
import { openS3Store, type S3BlobStore, type S3StoreSettings } from "@geartrain/s3"
import { type Radosgw, startRadosgw } from "../../programs/radosgw.ts"

/** A radosgw, and stores on it. */
export interface Gateway extends Radosgw {
  /** A client of the test's own, to look behind the store. */
  readonly client: S3Client
  /** A bucket that nobody else uses. */
  makeBucket(): Promise<string>
  settings(bucket: string, more?: Partial<S3StoreSettings>): S3StoreSettings
  /** A store in a bucket of its own. */
  makeStore(more?: Partial<S3StoreSettings>): Promise<{ readonly store: S3BlobStore; readonly bucket: string }>
}

export async function startGateway(): Promise<Gateway> {
  const server = await startRadosgw()
  const { endpoint, credentials } = server
  const client = new S3Client({
    endpoint,
    credentials,
    region: "us-east-1",
    forcePathStyle: true,
    requestChecksumCalculation: "WHEN_REQUIRED",
  })
  let buckets = 0
  const makeBucket = async (): Promise<string> => {
    buckets += 1
    const name = `bucket-${buckets}`
    await client.send(new CreateBucketCommand({ Bucket: name }))
    return name
  }
  const settings: Gateway["settings"] = (bucket, more) => ({ bucket, endpoint, credentials, ...more })
  return {
    ...server,
    client,
    makeBucket,
    settings,
    makeStore: async (more) => {
      const bucket = await makeBucket()
      return { bucket, store: openS3Store(settings(bucket, more)) }
    },
    stop: () => {
      client.destroy()
      return server.stop()
    },
  }
}
