import { S3Client } from "@aws-sdk/client-s3"
import { type Exceptions, explained } from "./replies.ts"
import type { CheckedSettings } from "./settings.ts"

/** A bucket as our commands see it. */
export interface Bucket {
  readonly client: S3Client
  readonly name: string
  /** What all keys begin with: empty, or with a slash at its end. */
  readonly prefix: string
  /** For messages: `s3://BUCKET/PREFIX`. */
  readonly place: string
}

/** No bytes for that long, and a connection counts as dead. Finishing an upload of thousands of parts takes a service a while. */
const SILENCE_MS = 120_000
const CONNECT_MS = 10_000
/** A reader holds a connection for as long as it takes its time: of the usual 50, those who stand still would soon keep all others waiting. */
const CONNECTIONS = { keepAlive: true, maxSockets: 2000 }

/** Sends nothing yet. */
export function openBucket(settings: CheckedSettings): Bucket {
  const { bucket, prefix, endpoint, region, credentials, pathStyle, attempts } = settings
  const client = new S3Client({
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(credentials === undefined ? {} : { credentials }),
    forcePathStyle: pathStyle,
    maxAttempts: attempts,
    // The signature of each request covers the sha256 of its bytes, and we hash all that we read: no further checksum is needed, and a
    // body that ends in one is refused by services that do not know them.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      socketTimeout: SILENCE_MS,
      httpAgent: CONNECTIONS,
      httpsAgent: CONNECTIONS,
    },
  })
  return { client, name: bucket, prefix, place: `s3://${bucket}/${prefix}` }
}

/**
 * Sends a request, and turns what goes wrong into errors of ours.
 *
 * @param doing  What cannot be done then, such as `read blob "sha256:…"`.
 * @param exceptions  What some replies mean here and nowhere else.
 */
export async function asking<Reply>(
  bucket: Bucket,
  doing: string,
  { send, exceptions }: { readonly send: () => Promise<Reply>; readonly exceptions?: Exceptions },
): Promise<Reply> {
  try {
    return await send()
  } catch (error) {
    throw exceptions?.(error) ?? explained(error, doing, bucket)
  }
}
