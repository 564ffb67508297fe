import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { parseImageLimits } from "./image-limits.ts"

test("limits are counts, and one is a size", () => {
  assert.deepEqual(parseImageLimits([], "--image-limit"), {})
  assert.deepEqual(parseImageLimits(["entries=2000000", "size=1t", "layers=600"], "--image-limit"), {
    entries: 2_000_000,
    size: 2 ** 40,
    layers: 600,
  })
})

test("what is no limit is refused, with what was probably meant", () => {
  for (const [texts, message, hint] of [
    [
      ["entires=5"],
      /^Cannot read --image-limit "entires=5": it has to be NAME=VALUE, with one of entries, /,
      /entries=…$/,
    ],
    [["entries"], /it has to be NAME=VALUE/, /entries=2000000$/],
    [["toString=5"], /it has to be NAME=VALUE/, /entries=2000000$/],
    [["depth=1", "depth=2"], /"depth=2": "depth" is given twice$/, /^Give each limit once$/],
    [["entries=-1"], /^Cannot read --image-limit entries= "-1": /, /^/],
    [["size=much"], /^Cannot read --image-limit size= "much": a size is/, /^/],
  ] as const) {
    assert.throws(
      () => parseImageLimits(texts, "--image-limit"),
      (error) => {
        assert.ok(isGeartrainError(error, "USAGE"))
        assert.match(error.message, message)
        assert.match(error.hint ?? "", hint)
        return true
      },
    )
  }
})
