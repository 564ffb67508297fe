import assert from "node:assert/strict"
import { test } from "node:test"
import { createPaint } from "./paint.ts"
import { textTable, textWidth, wrapText } from "./text-table.ts"

test("columns are as wide as their widest cell, and lines have no space at the end", () => {
  const columns = [{ title: "NAME" }, { title: "SIZE", align: "right" }, { title: "NOTE" }] as const
  assert.deepEqual(
    textTable(columns, [
      ["a", "1 B", ""],
      ["longer-name", "12 KiB", "x"],
    ]),
    ["NAME           SIZE  NOTE", "a               1 B", "longer-name  12 KiB  x"],
  )
})

test("without titles there is no line for them", () => {
  assert.deepEqual(textTable([{ title: "" }, { title: "" }], [["a", "b"]]), ["a  b"])
})

test("colours take no width, wide letters two columns, and marks none of their own", () => {
  const paint = createPaint(true)
  assert.equal(textWidth(paint.bold(paint.red("red"))), 3)
  assert.equal(textWidth("脳"), 2)
  assert.equal(textWidth("e\u0301"), 1)
  assert.deepEqual(
    textTable(
      [{ title: "" }, { title: "" }],
      [
        [paint.red("a"), "x"],
        ["bbb", "y"],
      ],
    ),
    [`${paint.red("a")}    x`, "bbb  y"],
  )
})

test("text is broken at spaces and at its own line ends, and a long word stays whole", () => {
  assert.deepEqual(wrapText("one two three\nfour", 8), ["one two", "three", "four"])
  assert.deepEqual(wrapText("https://example.org/a/long/path x", 10), ["https://example.org/a/long/path", "x"])
  assert.deepEqual(wrapText("", 10), [""])
})

test("paint without colours changes nothing, and an empty text is never painted", () => {
  assert.equal(createPaint(false).red("x"), "x")
  assert.equal(createPaint(true).red(""), "")
})
