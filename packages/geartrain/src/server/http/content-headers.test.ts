import assert from "node:assert/strict"
import { test } from "node:test"
import { attachment, readRange, safeMediaType } from "./content-headers.ts"

test("a name of anybody's stays one name in the header, in letters that every program reads and as it is", () => {
  assert.equal(attachment("a.txt"), `attachment; filename="a.txt"; filename*=UTF-8''a.txt`)
  assert.equal(
    attachment('x"\r\nset-cookie: y=1'),
    `attachment; filename="x___set-cookie_ y=1"; filename*=UTF-8''x%22%0D%0Aset-cookie%3A%20y%3D1`,
  )
  assert.equal(attachment("é'(*)"), `attachment; filename="__(_)"; filename*=UTF-8''%C3%A9%27%28%2A%29`)
})

test("what is no media type is bytes", () => {
  assert.deepEqual(
    ["image/png", "application/vnd.ms-excel", "text/html; x", "a", "a/b\r\nc: d", ""].map(safeMediaType),
    ["image/png", "application/vnd.ms-excel", ...Array.from({ length: 4 }, () => "application/octet-stream")],
  )
})

test("one range of bytes is read, and anything else asks for all of them", () => {
  assert.deepEqual(readRange("bytes=0-0", 10), { first: 0, last: 0 })
  assert.deepEqual(readRange("bytes=-20", 10), { first: 0 })
  assert.deepEqual(readRange("bytes=-0", 10), { first: 10 }, "no byte at all, which cannot be answered")
  for (const header of [
    undefined,
    "",
    "bytes=",
    "bytes=-",
    "bytes=5-2",
    "bytes=0-1,3-4",
    "items=0-1",
    "bytes=a-b",
    `bytes=${"9".repeat(30)}-`,
  ])
    assert.equal(readRange(header, 10), undefined, header)
})
