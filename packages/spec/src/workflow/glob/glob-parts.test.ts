import assert from "node:assert/strict"
import { test } from "node:test"
import { StepBudget, StepBudgetSpent } from "../../pattern/step-budget.ts"
import { compileGlob } from "./compile-glob.ts"
import { GlobMatch } from "./match-glob.ts"
import { GlobProblem, parseGlob } from "./parse-glob.ts"

function problemOf(source: string): readonly [number, string] {
  try {
    compileGlob(parseGlob(source).node)
  } catch (error) {
    assert.ok(error instanceof GlobProblem, String(error))
    assert.ok(error.fault.hint.length > 0)
    return [error.fault.at, error.fault.problem]
  }
  return assert.fail(`"${source}" was taken`)
}

function places(source: string, path: string, steps = 100_000): readonly number[] | undefined {
  const { node, groups } = parseGlob(source)
  return new GlobMatch(compileGlob(node), path, new StepBudget(steps)).places(2 * groups + 2)
}

test("what is no pattern is told with its place", () => {
  const cases: readonly (readonly [string, number, RegExp])[] = [
    ["a)", 1, /a \) that nothing opens/],
    ["a}", 1, /a \} that nothing opens/],
    ["ab(c", 2, /a \( without \)/],
    ["{a,b", 0, /a \{ without \}/],
    ["x[", 1, /a \[ without \]/],
    ["x[]", 1, /a \[ without \]/],
    ["[z-a]", 0, /runs backwards/],
    ["[[:vowel:]]", 1, /class \[:vowel:\] that is not known/],
    ["a\\", 1, /ends with a \\/],
    ["😀)", 1, /a \) that nothing opens/],
    ["x".repeat(1_001), 1_000, /longer than 1000 characters/],
    [`${"(".repeat(21)}${")".repeat(21)}`, 21, /too deep/],
  ]
  for (const [source, at, problem] of cases) {
    const [where, what] = problemOf(source)
    assert.equal(where, at, source)
    assert.match(what, problem)
  }
})

test("a tree has the text in one piece, and groups count by where they open", () => {
  assert.deepEqual(parseGlob("a\\*b").node, { kind: "text", text: "a*b" })
  assert.deepEqual(parseGlob("").node, { kind: "sequence", parts: [] })
  const { node, groups } = parseGlob("(a|+(b))")
  assert.equal(groups, 2)
  assert.deepEqual(node, {
    kind: "group",
    group: 1,
    how: "one",
    branches: [
      { kind: "text", text: "a" },
      { kind: "group", group: 2, how: "some", branches: [{ kind: "text", text: "b" }] },
    ],
  })
  assert.deepEqual(parseGlob("***").node, { kind: "star", crosses: true })
})

test("all targets of a program lie within it", () => {
  for (const source of ["", "a", "*", "{a,b,}", "?(a|b)", "*(a|+(b)|!(c))", "!(!(a)|b)c"]) {
    const program = compileGlob(parseGlob(source).node)
    assert.equal(program.at(-1)?.op, "match")
    for (const step of program) {
      const targets =
        step.op === "split"
          ? [step.first, step.second]
          : step.op === "jump"
            ? [step.to]
            : step.op === "not"
              ? [step.next]
              : []
      for (const target of targets) assert.ok(target >= 0 && target < program.length, `${source}: ${target}`)
    }
  }
})

test("places of groups are told, and -1 for one that took no part", () => {
  assert.deepEqual(places("(*)_(*)", "a_b_c")?.slice(2), [0, 3, 4, 5])
  assert.deepEqual(places("?(a)b", "b")?.slice(2), [0, 0])
  assert.deepEqual(places("{(a),b}", "b")?.slice(2), [-1, -1])
  assert.deepEqual(places("+(ab)", "ababab")?.slice(2), [0, 6])
  assert.equal(places("+(ab)", "aba"), undefined)
})

test("names end at a slash, and characters beyond the first plane are one", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["*", "a/b", false],
    ["**", "a/b", true],
    ["?", "😀", true],
    ["??", "😀", false],
    ["[^a]", "/", false],
    ["[[:^digit:]]", "5", false],
    ["[[:^digit:]]", "x", true],
    ["[]a]", "]", true],
    ["[a-]", "-", true],
    ["!(a)", "b", true],
    ["!(a)", "a", false],
    ["!(a)b", "aab", true],
    ["", "", true],
    ["*", "", true],
  ]
  for (const [source, path, fits] of cases)
    assert.equal(places(source, path) !== undefined, fits, `${source} on "${path}"`)
})

test("stars in stars end, and what costs too much is stopped", () => {
  assert.equal(places(`${"*(a)".repeat(20)}b`, "a".repeat(200)), undefined)
  assert.ok(places("*(*(*(a)))", "a".repeat(100)) !== undefined)
  assert.throws(() => places("*a*a*a*b", "a".repeat(1_000), 1_000), StepBudgetSpent)
})
