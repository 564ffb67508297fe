import { type ErrorCode, GeartrainError, isGeartrainError } from "@geartrain/spec"
import { CREDENTIALS_HINT } from "./settings.ts"

/** Gives an error of ours for what a reply means at one place, or nothing. */
export type Exceptions = (error: unknown) => GeartrainError | undefined

/** What the SDK tells of a reply that is an error. */
interface Failure {
  /** S3's word, such as `NoSuchKey`; for a reply without a body, a word of the SDK's. */
  readonly word: string
  /** HTTP status; absent when there was no reply at all. */
  readonly status: number | undefined
  /** The system's word, such as `ECONNREFUSED`. */
  readonly system: string | undefined
}

interface Meaning {
  readonly code: ErrorCode
  readonly is: string
  readonly hint?: string
}

/**
 * Turns an error of the SDK's into one of ours. What is none, such as a bug of ours, comes back as it is.
 *
 * @param doing  What cannot be done, such as `read blob "sha256:…"`.
 */
export function explained(
  error: unknown,
  doing: string,
  bucket: { readonly name: string; readonly place: string },
): unknown {
  const failure = failureOf(error)
  if (failure === undefined) return error
  const { code, is, hint } = meaningOf(failure, bucket.name)
  const { word, status, system } = failure
  return new GeartrainError(code, `Cannot ${doing} in "${bucket.place}": ${is}`, {
    details: {
      place: bucket.place,
      ...(status === undefined ? {} : { status, reply: word }),
      ...(system === undefined ? {} : { system }),
    },
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  })
}

/** What went wrong with a request, or nothing for an error that has nothing to do with one. */
export function failureOf(error: unknown): Failure | undefined {
  if (!(error instanceof Error) || isGeartrainError(error)) return undefined
  const { $metadata, code } = error as { $metadata?: { httpStatusCode?: number }; code?: unknown }
  const status = $metadata?.httpStatusCode
  const system = typeof code === "string" ? code : undefined
  const isOurs = status === undefined && system === undefined && $metadata === undefined
  if (isOurs && !NEVER_SENT.has(wordOf(error)) && error.name !== "TimeoutError") return undefined
  // Node's words for misuse by ourselves.
  if (system?.startsWith("ERR_") && !system.startsWith("ERR_TLS") && !system.startsWith("ERR_SSL")) return undefined
  return { word: wordOf(error), status, system }
}

function wordOf(error: Error): string {
  // The SDK gives this one no name of its own.
  return error.message === "Region is missing" ? "RegionMissing" : error.name
}

function meaningOf({ word, status, system }: Failure, bucket: string): Meaning {
  const known = NEVER_SENT.get(word) ?? WORDS.get(word)
  if (known !== undefined) return typeof known === "function" ? known(bucket) : known
  if (status === undefined) return meaningOfSilence(system ?? word)
  if (status === 507) return FULL
  if (status === 429) return SLOW_DOWN
  if (status >= 500) return { code: "STORE_UNAVAILABLE", is: `it answers ${status} ${word}` }
  if (status >= 400) return { code: "STORE_REFUSED", is: `it answers ${status} ${word}` }
  return {
    code: "STORE_REFUSED",
    is: `it answers ${status} with something that is not S3's`,
    hint: "Check the endpoint: another service, or a proxy, seems to answer there",
  }
}

function meaningOfSilence(system: string): Meaning {
  const is = SILENCE.get(system)
  if (is !== undefined)
    return { code: "STORE_UNAVAILABLE", is, hint: "Check the endpoint, and whether the service runs" }
  if (system === "EPROTO" || system.startsWith("ERR_SSL"))
    return {
      code: "STORE_REFUSED",
      is: "it does not speak TLS as we do",
      hint: "Check whether the endpoint is http:// or https://",
    }
  if (/CERT|SIGNED|SIGNATURE|ERR_TLS/.test(system))
    return {
      code: "STORE_REFUSED",
      is: `its certificate is not trusted (${system})`,
      hint: "Set NODE_EXTRA_CA_CERTS to the file of the authority that has signed it",
    }
  return { code: "STORE_UNAVAILABLE", is: `the connection failed (${system})` }
}

/** @see errno(3), getaddrinfo(3); TimeoutError is the SDK's */
const SILENCE = new Map([
  ["ECONNREFUSED", "nobody listens there"],
  ["ENOTFOUND", "there is no host of this name"],
  ["EAI_AGAIN", "the name of the host cannot be looked up now"],
  ["EHOSTUNREACH", "no way leads to the host"],
  ["ENETUNREACH", "no way leads to its network"],
  ["ECONNRESET", "the connection broke"],
  ["EPIPE", "the connection broke"],
  ["ETIMEDOUT", "it does not answer in time"],
  ["TimeoutError", "it does not answer in time"],
])

/** Before anything is sent. */
const NEVER_SENT = new Map<string, Meaning>([
  [
    "CredentialsProviderError",
    { code: "STORE_REFUSED", is: "there are no credentials for it", hint: CREDENTIALS_HINT },
  ],
  [
    "RegionMissing",
    {
      code: "SETTINGS_INVALID",
      is: "its region is not known",
      hint: "Add ?region=REGION to the address, or set AWS_REGION",
    },
  ],
])

const FULL: Meaning = {
  code: "STORE_FULL",
  is: "its quota is used up",
  hint: "Ask whoever runs the service for more room, or remove what is not needed",
}
/** The signature of a request covers the digest of its bytes. */
const CHANGED: Meaning = {
  code: "BLOB_DIGEST_MISMATCH",
  is: "the bytes changed on their way there",
  hint: "Try again; if it happens again, find what lies between this machine and the endpoint",
}
const SLOW_DOWN: Meaning = { code: "STORE_UNAVAILABLE", is: "it asks to come later" }
const SECRET: Meaning = {
  code: "STORE_REFUSED",
  is: "the secret key is not the one of this access key",
  hint: "Check AWS_SECRET_ACCESS_KEY, or the profile that AWS_PROFILE names",
}
const REGION: Meaning = {
  code: "STORE_REFUSED",
  is: "the bucket lies in another region",
  hint: "Add ?region=REGION to the address, with the region of the bucket",
}
const TOKEN: Meaning = {
  code: "STORE_REFUSED",
  is: "the session token has expired or is not valid",
  hint: "Fetch new credentials",
}

/** S3's words that we have more to say about than their status. @see "Amazon S3 API Reference", Error responses */
const WORDS = new Map<string, Meaning | ((bucket: string) => Meaning)>([
  ["SignatureDoesNotMatch", SECRET],
  [
    "InvalidAccessKeyId",
    {
      code: "STORE_REFUSED",
      is: "the access key is not known there",
      hint: "Check AWS_ACCESS_KEY_ID and the endpoint: do both belong to the same service?",
    },
  ],
  [
    "AccessDenied",
    {
      code: "STORE_REFUSED",
      is: "the credentials do not have the right to",
      hint: "Allow s3:ListBucket, s3:ListBucketMultipartUploads, s3:GetObject, s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload on the bucket",
    },
  ],
  ["ExpiredToken", TOKEN],
  ["InvalidToken", TOKEN],
  [
    "RequestTimeTooSkewed",
    {
      code: "STORE_REFUSED",
      is: "the clock of this machine and that of the service differ by more than 15 minutes",
      hint: "Set the clock of this machine, for instance with: timedatectl set-ntp true",
    },
  ],
  [
    "NoSuchBucket",
    (bucket) => ({
      code: "STORE_REFUSED",
      is: "there is no such bucket",
      hint: `Make it, for instance with: aws s3api create-bucket --bucket ${bucket}`,
    }),
  ],
  ["PermanentRedirect", REGION],
  ["AuthorizationHeaderMalformed", REGION],
  ["QuotaExceeded", FULL],
  ["XAmzContentSHA256Mismatch", CHANGED],
  ["BadDigest", CHANGED],
  ["SlowDown", SLOW_DOWN],
  ["ServiceUnavailable", SLOW_DOWN],
  [
    "InvalidObjectState",
    {
      code: "STORE_REFUSED",
      is: "the object lies in an archive class, from which it cannot be read at once",
      hint: "Restore it, and take the rule away that moves objects of this prefix there",
    },
  ],
])
