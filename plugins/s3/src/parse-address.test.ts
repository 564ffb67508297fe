import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { parseS3Address } from "./parse-address.ts"

test("an address names bucket, prefix, endpoint, region and style", () => {
  assert.deepEqual(
    parseS3Address("s3://blobs/lab/two%20words?endpoint=https://s3.lab.example&region=eu-central-1&path-style=no"),
    {
      bucket: "blobs",
      prefix: "lab/two words/",
      endpoint: "https://s3.lab.example/",
      region: "eu-central-1",
      pathStyle: false,
    },
  )
  assert.deepEqual(parseS3Address("s3://blobs"), { bucket: "blobs", prefix: "" })
})

test("what is no address is refused, and told what one looks like", () => {
  for (const [text, message, hint] of [
    ["blobs", /it is not of the form s3:\/\/BUCKET/, /^Write it as s3:/],
    ["https://blobs", /not of the form/, /^Write/],
    ["s3://blobs#x", /not of the form/, /^Write/],
    ["s3://blobs/%zz", /a "%" is not followed by a byte/, /^Write/],
    [
      "s3://blobs?regoin=eu",
      /there is no parameter "regoin"; there are endpoint, region, path-style/,
      /^Write region=…$/,
    ],
    ["s3://blobs?region=a&region=b", /"region" is given twice/, /^Write/],
    ["s3://blobs?path-style=maybe", /path-style is "maybe", not yes or no/, /^Write/],
  ] as const) {
    assert.throws(
      () => parseS3Address(text),
      (error) => {
        assert.ok(isGeartrainError(error, "SETTINGS_INVALID"), String(error))
        assert.match(error.message, message)
        assert.match(error.hint ?? "", hint)
        return true
      },
      text,
    )
  }
})

test("credentials in an address are refused without being repeated", () => {
  assert.throws(
    () => parseS3Address("s3://key:hidden-word@blobs"),
    (error) =>
      isGeartrainError(error, "SETTINGS_INVALID") &&
      /credentials do not belong/.test(error.message) &&
      /AWS_ACCESS_KEY_ID/.test(error.hint ?? "") &&
      !JSON.stringify([error.message, error.hint, error.details]).includes("hidden-word"),
  )
})
