import assert from "node:assert/strict"
import { test } from "node:test"
import ts from "typescript"
import { countEscapes, countLines } from "./count-lines.ts"

const parse = (text: string) => ({
  path: "a.ts",
  text,
  tree: ts.createSourceFile("a.ts", text, ts.ScriptTarget.Latest, true),
})

test("comments, code and blank lines are told apart, also where a comment stands in a text", () => {
  const text = "/**\n * What.\n */\nfunction f() {\n\n  // why\n  return `\n// text\n` // as it is\n}\n"
  assert.deepEqual(countLines(parse(text)), { lines: 10, comments: 4, code: 5 })
})

test("any counts as a type, not as a word", () => {
  assert.deepEqual(countEscapes(parse("// any\nconst any = 1 as any // @ts-expect-error\n")), {
    any: 1,
    suppressions: 1,
  })
})
