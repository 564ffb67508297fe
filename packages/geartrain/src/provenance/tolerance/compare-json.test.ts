import assert from "node:assert/strict"
import { test } from "node:test"
import { jsonLines } from "./compare-json.ts"

test("a document is a line a value, in the order of names", () => {
  assert.equal(
    jsonLines('{"b": {"y": [1, "x"], "x": null}, "a/~": true, "e": {}}', []),
    '/a~1~0 true\n/b/x null\n/b/y/0 1\n/b/y/1 "x"\n/e {}\n',
  )
  assert.equal(jsonLines("3", []), " 3\n")
})

test("fields that do not count are left out, at any index or name where a star stands", () => {
  const text = '{"date": 1, "runs": [{"date": 2, "n": 3}, {"date": 4}]}'
  assert.equal(jsonLines(text, ["/date", "/runs/*/date"]), "/runs/0/n 3\n")
  assert.equal(jsonLines(text, ["/runs"]), "/date 1\n")
  assert.equal(jsonLines(text, [""]), "")
})

test("what is no JSON is nobody's document", () => {
  assert.equal(jsonLines("{", []), undefined)
})
