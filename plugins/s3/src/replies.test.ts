import assert from "node:assert/strict"
import { test } from "node:test"
import { type ErrorCode, GeartrainError, isGeartrainError } from "@geartrain/spec"
import { explained, failureOf } from "./replies.ts"

const BUCKET = { name: "blobs", place: "s3://blobs/" }

/** An error as the SDK makes one of a reply. */
function reply(httpStatusCode: number, name: string): Error {
  return Object.assign(new Error("UnknownError"), { name, $metadata: { httpStatusCode, attempts: 1 } })
}

/** An error as Node's sockets have it. */
function silence(code: string): Error {
  return Object.assign(new Error(code), { code, $metadata: { attempts: 8 } })
}

test("each way in which a request fails has one of our codes", () => {
  for (const [error, code, message] of [
    [reply(403, "SignatureDoesNotMatch"), "STORE_REFUSED", /the secret key is not the one of this access key/],
    [reply(403, "InvalidAccessKeyId"), "STORE_REFUSED", /the access key is not known there/],
    [reply(403, "AccessDenied"), "STORE_REFUSED", /do not have the right to/],
    [reply(400, "ExpiredToken"), "STORE_REFUSED", /has expired/],
    [reply(403, "RequestTimeTooSkewed"), "STORE_REFUSED", /differ by more than 15 minutes/],
    [reply(404, "NoSuchBucket"), "STORE_REFUSED", /there is no such bucket/],
    [reply(301, "PermanentRedirect"), "STORE_REFUSED", /another region/],
    [reply(400, "AuthorizationHeaderMalformed"), "STORE_REFUSED", /another region/],
    [reply(403, "InvalidObjectState"), "STORE_REFUSED", /archive class/],
    [reply(403, "QuotaExceeded"), "STORE_FULL", /its quota is used up/],
    [reply(507, "InsufficientStorage"), "STORE_FULL", /its quota is used up/],
    [reply(400, "XAmzContentSHA256Mismatch"), "BLOB_DIGEST_MISMATCH", /changed on their way/],
    [reply(503, "SlowDown"), "STORE_UNAVAILABLE", /it asks to come later/],
    [reply(429, "TooManyRequests"), "STORE_UNAVAILABLE", /it asks to come later/],
    [reply(500, "InternalError"), "STORE_UNAVAILABLE", /it answers 500 InternalError/],
    [reply(418, "Teapot"), "STORE_REFUSED", /it answers 418 Teapot/],
    [reply(200, "SyntaxError"), "STORE_REFUSED", /it answers 200 with something that is not S3's/],
    [silence("ECONNREFUSED"), "STORE_UNAVAILABLE", /nobody listens there/],
    [silence("ENOTFOUND"), "STORE_UNAVAILABLE", /no host of this name/],
    [silence("EHOSTUNREACH"), "STORE_UNAVAILABLE", /no way leads to the host/],
    [silence("EPROTO"), "STORE_REFUSED", /does not speak TLS/],
    [silence("DEPTH_ZERO_SELF_SIGNED_CERT"), "STORE_REFUSED", /its certificate is not trusted/],
    [silence("ENEWWORD"), "STORE_UNAVAILABLE", /the connection failed \(ENEWWORD\)/],
    [Object.assign(new Error("slow"), { name: "TimeoutError" }), "STORE_UNAVAILABLE", /does not answer in time/],
    [Object.assign(new Error("none"), { name: "CredentialsProviderError" }), "STORE_REFUSED", /no credentials for it/],
    [new Error("Region is missing"), "SETTINGS_INVALID", /its region is not known/],
  ] as const satisfies readonly (readonly [Error, ErrorCode, RegExp])[]) {
    const found = explained(error, "read blob", BUCKET)
    assert.ok(isGeartrainError(found, code), `${error.name} ${error.message}: ${found}`)
    assert.match(found.message, /^Cannot read blob in "s3:\/\/blobs\/": /)
    assert.match(found.message, message)
    assert.equal(found.cause, error)
  }
})

test("an error that has nothing to do with a request stays as it is", () => {
  const ours = new GeartrainError("BLOB_NOT_FOUND", "Cannot read blob: it is not stored")
  for (const error of [new TypeError("a bug"), new RangeError("the source broke"), ours, "text", undefined]) {
    assert.equal(explained(error, "read blob", BUCKET), error)
  }
  const misuse = Object.assign(new TypeError("wrong argument"), { code: "ERR_INVALID_ARG_TYPE" })
  assert.equal(failureOf(misuse), undefined)
})
