import { GeartrainError } from "@geartrain/spec"

/** Keys that are given, instead of found where the AWS SDK looks for them. */
export interface S3Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** Where blobs are kept, and how to get there. */
export interface S3StoreSettings {
  readonly bucket: string
  /** What the keys of all objects begin with, so that several stores may share a bucket. Default: nothing. */
  readonly prefix?: string
  /** `https://HOST[:PORT]` of a service other than Amazon's. */
  readonly endpoint?: string
  /** Default: `us-east-1` with an endpoint, otherwise what the AWS SDK finds. */
  readonly region?: string
  /** Whether the bucket stands in the path, and not in the name of the host. Default: with an endpoint. */
  readonly pathStyle?: boolean
  /** Default: where the AWS SDK looks, beginning with `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`. */
  readonly credentials?: S3Credentials
  /** How often a request is tried, with longer and longer pauses, before the store counts as not available. Default: 8, half a minute. */
  readonly attempts?: number
}

/** Settings with what follows from them. */
export interface CheckedSettings extends S3StoreSettings {
  /** Empty, or with a slash at its end. */
  readonly prefix: string
  readonly pathStyle: boolean
  readonly attempts: number
}

/** Leaves room for our own part of a key, of at most 1024 bytes. */
const LONGEST_PREFIX_BYTES = 900
const ATTEMPTS = 8

/**
 * Checks settings, and fills in what follows from them.
 *
 * @throws {GeartrainError} SETTINGS_INVALID.
 * @see "Amazon S3 User Guide", General purpose bucket naming rules, and Naming Amazon S3 objects
 */
export function checkSettings(settings: S3StoreSettings): CheckedSettings {
  const { bucket, endpoint, region, attempts = ATTEMPTS, pathStyle = endpoint !== undefined } = settings
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket))
    throw unusable("bucket", bucket, "it has to be 3 to 63 small letters, digits, dots and hyphens")
  if (region !== undefined && !/^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/.test(region))
    throw unusable("region", region, "it has to be letters, digits and hyphens, such as eu-central-1")
  if (!Number.isInteger(attempts) || attempts < 1)
    throw unusable("attempts", String(attempts), "it has to be a whole number from 1 on")
  return {
    ...settings,
    ...(endpoint === undefined ? {} : { endpoint: checkedEndpoint(endpoint), region: region ?? "us-east-1" }),
    prefix: checkedPrefix(settings.prefix ?? ""),
    pathStyle,
    attempts,
  }
}

function checkedEndpoint(text: string): string {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === "")
    throw unusable("endpoint", text, "it has to be https://HOST or http://HOST, with or without a port")
  if (url.username !== "" || url.password !== "")
    throw unusable("endpoint", url.host, "credentials do not belong into an address")
  if (url.search !== "" || url.hash !== "") throw unusable("endpoint", text, "nothing may follow its path")
  return url.href
}

/** Where credentials are expected instead. */
export const CREDENTIALS_HINT =
  "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE with a profile in ~/.aws/credentials"

function checkedPrefix(text: string): string {
  const names = text.split("/").filter((name, at, all) => name !== "" || (at > 0 && at < all.length - 1))
  // What others' tools would take for a path must not lead anywhere else.
  if (names.some((name) => name === "" || name === "." || name === "..") || /\p{Cc}/u.test(text))
    throw unusable("prefix", text, "it has to be names with single slashes between them")
  if (Buffer.byteLength(text) > LONGEST_PREFIX_BYTES)
    throw unusable("prefix", `${text.slice(0, 40)}…`, `it has to be at most ${LONGEST_PREFIX_BYTES} bytes`)
  return names.map((name) => `${name}/`).join("")
}

function unusable(name: string, value: string, is: string): GeartrainError {
  return new GeartrainError("SETTINGS_INVALID", `Cannot use ${name} "${value}" of the S3 store: ${is}`, {
    details: { name, value },
  })
}
