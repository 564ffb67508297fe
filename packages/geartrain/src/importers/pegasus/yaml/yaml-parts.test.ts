import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { pegasusFault } from "../pegasus-fault.ts"
import { readBlockScalar } from "./block-scalar.ts"
import { MOST_LEVELS, readFlow, refuseMarks, setMember } from "./flow-value.ts"
import { LineCursor } from "./line-cursor.ts"
import { foldLines, readPlain, unescapeDouble } from "./scalars.ts"

const OF = { file: "workflow.yml" }

function flow(text: string): unknown {
  return readFlow(new LineCursor(text, OF), 0, 0).value
}

function block(header: string, body: string, parent = 0): string {
  return readBlockScalar(new LineCursor(`key: ${header}\n${body}`, OF), header, parent)
}

test("a plain scalar is a number only where it would be written the same way", () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ["0", 0],
    ["-3", -3],
    ["2.5", 2.5],
    ["-0", "-0"],
    ["007", "007"],
    ["4.0", "4.0"],
    ["1e3", "1e3"],
    ["0x10", "0x10"],
    ["-", "-"],
    ["9007199254740993", "9007199254740993"],
    ["NULL", null],
    ["", null],
    ["True", true],
    ["FALSE", false],
    ["yes", "yes"],
    ["tRUE", "tRUE"],
  ]
  for (const [text, value] of cases) assert.deepEqual(readPlain(text), value, text)
})

test("escapes between double quotes are read, and what is none is refused", () => {
  assert.equal(unescapeDouble("a\\tb\\x41\\u00e9\\U0001F600"), "a\tbAé😀")
  assert.equal(unescapeDouble("\\ud83d\\ude00"), "😀")
  assert.equal(unescapeDouble("one\\\n   two"), "onetwo")
  assert.equal(unescapeDouble('\\\\n\\"'), '\\n"')
  for (const bad of ["\\q", "\\", "\\x4", "\\xg1", "\\u12", "\\U00110000", "\\u+123"]) {
    assert.equal(unescapeDouble(bad), undefined, bad)
  }
})

test("one end of line folds to a space, and each further one stays", () => {
  assert.equal(foldLines("a  \n  b"), "a b")
  assert.equal(foldLines("a\n\nb"), "a\nb")
  assert.equal(foldLines("a\r\n\r\n\r\nb"), "a\n\nb")
  assert.equal(foldLines("a b"), "a b")
})

test("a text of several lines is kept or folded, and ends as its header says", () => {
  const body = "  one\n  two\n\n"
  assert.equal(block("|", body), "one\ntwo\n")
  assert.equal(block("|-", body), "one\ntwo")
  assert.equal(block("|+", body), "one\ntwo\n\n")
  assert.equal(block(">", body), "one two\n")
  assert.equal(block(">-", "  a\n    deep\n  b\n\n  c\n"), "a\n  deep\nb\nc")
  assert.equal(block("|1", "  one\n"), " one\n")
  assert.equal(block("|2-", "    one\n"), "  one")
  assert.equal(block("| # why", "  one\r\n  two\r\n"), "one\ntwo\n")
  assert.equal(block("|", "next: 1\n"), "")
})

test("behind a text of several lines the next name is read", () => {
  const cursor = new LineCursor("key: |\n  # no comment\n  text\n# comment\nnext: 1\n", OF)
  assert.equal(readBlockScalar(cursor, "|", 0), "# no comment\ntext\n")
  assert.equal(cursor.line, 5)
  assert.equal(cursor.text.slice(cursor.start, cursor.end), "next: 1")
})

test("a header that is none is refused with its line", () => {
  for (const header of ["||", "|0", "|12", ">x", "|-+"]) {
    assert.throws(() => block(header, "  a\n"), /Cannot read "workflow\.yml:1": /, header)
  }
})

test("brackets and quotes are read over several lines, with comments between", () => {
  assert.deepEqual(flow("[a, 1, 'it''s', \"b\\n\", ~, [ ], {}]"), ["a", 1, "it's", "b\n", null, [], {}])
  assert.deepEqual(flow("{a: 1, # why\n  'b c': [x,\n y], d, e:, f: http://h:80/p}"), {
    a: 1,
    "b c": ["x", "y"],
    d: null,
    e: null,
    f: "http://h:80/p",
  })
  assert.deepEqual(flow("[a#b]"), ["a#b"])
})

test("what is left open, missing or there twice is refused", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["[a, b", /\[ is never closed|comma or \] is missing/],
    ["{a: 1", /\{ is never closed|comma or \} is missing/],
    ["[a] ]", /^$/],
    ["'abc", /quote is never closed/],
    ['"abc\\"', /quote is never closed/],
    ["[,]", /value is missing/],
    ["{a: 1, a: 2}", /"a" is there twice/],
    ['["\\q"]', /backslash/],
    ["[*all]", /alias/],
    ["{&x a: 1}", /anchor/],
    ["[!!binary x]", /tag/],
    ["[`x]", /cannot begin with `/],
  ]
  for (const [text, problem] of cases) {
    if (problem.source === "^$") assert.deepEqual(flow(text), ["a"])
    else assert.throws(() => flow(text), problem, text)
  }
})

test("brackets in brackets are bounded, however many there are", () => {
  const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels)
  assert.doesNotThrow(() => flow(nested(MOST_LEVELS)))
  assert.throws(() => flow(nested(MOST_LEVELS + 2)), /more than 64 levels deep/)
  assert.throws(() => flow("[".repeat(1_000_000)), /more than 64 levels deep/)
})

test("a fault in brackets names the line where it is", () => {
  assert.throws(() => flow("[a,\n b,\n *c]"), /"workflow\.yml:3"/)
})

test("a member may be called as what all objects have", () => {
  const map = flow('{"__proto__": {polluted: true}, constructor: 1}') as Record<string, unknown>
  assert.deepEqual(Object.keys(map), ["__proto__", "constructor"])
  assert.equal(map["polluted"], undefined)
  const own: Record<string, never> = {}
  setMember(own, "__proto__", null as never)
  assert.ok(Object.hasOwn(own, "__proto__"))
})

test("marks that stand for something else are refused, and letters are not", () => {
  for (const letter of "&*!@`%") {
    assert.throws(() => refuseMarks(letter, (problem) => new RangeError(problem)), RangeError, letter)
  }
  for (const letter of ["a", "-", "", "$", "/"])
    assert.doesNotThrow(() => refuseMarks(letter, (problem) => new RangeError(problem)))
})

test("a cursor goes over blank lines and comments, whatever ends a line", () => {
  const cursor = new LineCursor("# head\r\n\r\n  a: 1\r\n\t\r\n b\r\n   # tail", OF)
  assert.deepEqual([cursor.line, cursor.indent, cursor.text.slice(cursor.start, cursor.end)], [3, 2, "a: 1"])
  cursor.reenter(cursor.start + 3)
  assert.deepEqual([cursor.indent, cursor.text.slice(cursor.start, cursor.end)], [5, "1"])
  cursor.advance()
  assert.deepEqual([cursor.line, cursor.indent], [5, 1])
  cursor.advance()
  assert.deepEqual([cursor.done, cursor.indent, cursor.start], [true, -1, cursor.text.length])
})

test("raw lines are looked at before they are taken, blank ones too", () => {
  const cursor = new LineCursor("a\n\n  b\r\n", OF)
  assert.equal(cursor.peekRaw(), "")
  assert.equal(cursor.rawLine(), "")
  assert.equal(cursor.peekRaw(), "  b")
  assert.equal(cursor.rawLine(), "  b")
  assert.deepEqual([cursor.peekRaw(), cursor.rawLine()], [undefined, undefined])
})

test("behind a value only a comment may follow on its line", () => {
  const resumed = (text: string, at: number): boolean => new LineCursor(text, OF).resumeAfter(at)
  assert.equal(resumed("[a,\n b] # why\nc", 7), true)
  assert.equal(resumed("[a] c", 3), false)
  const cursor = new LineCursor("[a,\n b]\nc", OF)
  cursor.resumeAfter(7)
  cursor.advance()
  assert.equal(cursor.line, 3)
})

test("a tab before a name is refused with its line", () => {
  assert.throws(
    () => new LineCursor("# one\n\ta: 1", OF),
    (error: unknown) =>
      isGeartrainError(error, "PEGASUS_DOCUMENT_INVALID") &&
      /workflow\.yml:2": it is indented with a tab/.test(error.message),
  )
})

test("a fault names what it knows of the place, and how to mend it", () => {
  const whole = pegasusFault({ file: "sites.yml" }, "it is empty")
  assert.equal(whole.message, 'Cannot read "sites.yml": it is empty')
  assert.deepEqual(whole.details, { file: "sites.yml" })
  assert.ok((whole.hint ?? "").length > 0)
  const placed = pegasusFault({ file: "w.yml", line: 7, what: "jobs[3].id" }, "it is empty", "Add one")
  assert.equal(placed.message, 'Cannot read "w.yml:7": jobs[3].id: it is empty')
  assert.deepEqual([placed.details, placed.hint], [{ file: "w.yml", line: 7 }, "Add one"])
})
