import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { checkSettings } from "./settings.ts"

test("a prefix ends with one slash and begins with none", () => {
  for (const [given, kept] of [
    ["", ""],
    ["/", ""],
    ["lab", "lab/"],
    ["/lab/blobs/", "lab/blobs/"],
  ] as const) {
    assert.equal(checkSettings({ bucket: "blobs", prefix: given }).prefix, kept)
  }
})

test("with an endpoint, the bucket stands in the path, and there is a region that every service takes", () => {
  const { pathStyle, region } = checkSettings({ bucket: "blobs", endpoint: "https://s3.lab.example" })
  assert.deepEqual({ pathStyle, region }, { pathStyle: true, region: "us-east-1" })
  assert.equal(checkSettings({ bucket: "blobs" }).pathStyle, false)
  assert.equal(checkSettings({ bucket: "blobs" }).region, undefined)
})

test("what no service could take is refused, and named", () => {
  for (const [settings, message] of [
    [{ bucket: "Blobs" }, /bucket "Blobs" of the S3 store: it has to be 3 to 63 small letters/],
    [{ bucket: "../x" }, /bucket/],
    [{ bucket: "blobs", region: "eu west" }, /region "eu west"/],
    [{ bucket: "blobs", attempts: 0 }, /attempts "0"/],
    [{ bucket: "blobs", endpoint: "s3.lab.example" }, /endpoint "s3.lab.example".*https:\/\/HOST/],
    [{ bucket: "blobs", endpoint: "ftp://s3.lab.example" }, /endpoint/],
    [{ bucket: "blobs", endpoint: "https://s3.lab.example/?x=1" }, /nothing may follow its path/],
    [{ bucket: "blobs", prefix: "a//b" }, /prefix "a\/\/b"/],
    [{ bucket: "blobs", prefix: "a/../b" }, /prefix/],
    [{ bucket: "blobs", prefix: "a\nb" }, /prefix/],
    [{ bucket: "blobs", prefix: "x".repeat(901) }, /at most 900 bytes/],
  ] as const) {
    assert.throws(
      () => checkSettings(settings),
      (error) => isGeartrainError(error, "SETTINGS_INVALID") && message.test(error.message),
      JSON.stringify(settings),
    )
  }
})

test("credentials in an endpoint are refused without being repeated", () => {
  assert.throws(
    () => checkSettings({ bucket: "blobs", endpoint: "https://key:hidden-word@s3.lab.example" }),
    (error) =>
      isGeartrainError(error, "SETTINGS_INVALID") &&
      /credentials do not belong/.test(error.message) &&
      !JSON.stringify([error.message, error.hint, error.details]).includes("hidden-word"),
  )
})
