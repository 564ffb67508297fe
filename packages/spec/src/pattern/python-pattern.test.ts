import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { readPythonPattern } from "./python-pattern.ts"
import { StepBudget, StepBudgetSpent } from "./step-budget.ts"

function search(source: string, text: string): boolean {
  const result = readPythonPattern(source)
  assert.ok(result.ok, result.ok ? "" : `${source}: ${result.problem}`)
  return result.pattern.search(text, new StepBudget())
}

// What Python 3.11 answers to re.search(pattern, text) for the texts on either side.
const ANSWERS: readonly (readonly [pattern: string, found: readonly string[], notFound: readonly string[]])[] = [
  ["", ["", "a"], []],
  ["a.c", ["abc", "xaéc", "a😀c"], ["ac", "a\nc"]],
  ["^[a-z0-9\\-]+$", ["bet-2", "x\n"], ["", "a_b", "A", "x\n\n"]],
  ["^.*.txt$", ["a.txt", "axtxt"], ["txt", "a.txt.gz"]],
  ["^a$", ["a", "a\n"], ["b\na", "ab"]],
  ["\\Aa\\Z", ["a"], ["a\n", "ba"]],
  ["(?m)^b$", ["a\nb\nc"], ["ab"]],
  ["(?s)a.c", ["a\nc"], ["ac"]],
  ["(?i)niFTI", ["nifti", "NIFTI"], ["nift"]],
  ["(?i:a)b", ["Ab"], ["AB"]],
  ["(?i)[^a]", ["b"], ["a", "A"]],
  ["(?i)ſ", ["s", "S"], ["x"]],
  ["(?x) a b # c\n d", ["abd"], ["ab d"]],
  ["\\d", ["5", "٣"], ["²", "x"]],
  ["(?a)\\d", ["5"], ["٣"]],
  ["\\w", ["_", "é", "²"], ["-", " "]],
  ["\\s", [" ", "\u00a0", "\u001c", "\u0085"], ["\u200b", "\ufeff"]],
  ["[\\w.-]+@", ["a.b-c@"], ["@"]],
  ["[]a]", ["]", "a"], ["b"]],
  ["[^]a]", ["b"], ["]", "a"]],
  ["[a-]", ["-", "a"], ["b"]],
  ["[\\]\\\\]", ["]", "\\"], ["a"]],
  ["[\\b]", ["\b"], ["b"]],
  ["\\bab\\b", ["ab", "x ab."], ["abc", "éab"]],
  ["\\B", ["ab", "."], ["", "a"]],
  ["a{2}", ["aa"], ["a"]],
  ["^a{1,2}$", ["a", "aa"], ["", "aaa"]],
  ["^a{,2}$", ["", "aa"], ["aaa"]],
  ["^a{2,}$", ["aa", "aaaa"], ["a"]],
  ["a{}", ["a{}"], ["a"]],
  ["a{x}", ["a{x}"], ["a"]],
  ["x{1", ["x{1"], ["x"]],
  ["^(a|bc)+$", ["a", "bca"], ["", "ab"]],
  ["^(?:a|)$", ["", "a"], ["b"]],
  ["^(a*)*b$", ["b", "aab"], ["a"]],
  ["^a+?$", ["a", "aa"], [""]],
  ["^(?P<first>a)(?P<second>b)$", ["ab"], ["a"]],
  ["^(?!sub-)", ["x"], ["sub-1"]],
  ["^(?=.*\\d)(?=.*[a-z]).{3,}$", ["ab1"], ["abc", "a1"]],
  ["(?<=a)b", ["ab"], ["b", "cb"]],
  ["(?<!a)b", ["b", "cb"], ["ab"]],
  ["(?<=ab|cd)e", ["abe", "cde"], ["ae"]],
  ["a(?#a comment)b", ["ab"], ["a"]],
  ["(?:^)*a", ["a", "ba"], ["b"]],
  ["\\x61\\u0062\\U00000063\\101\\0", ["abcA\0"], ["abcA"]],
  ["\\.nii(\\.gz)?$", ["x.nii", "x.nii.gz"], ["x.nii.g", "xnii"]],
  ["\\-\\/\\#\\é", ["-/#é"], ["-"]],
  ["\\a\\f\\n\\r\\t\\v", ["\u0007\f\n\r\t\v"], ["a"]],
]

for (const [pattern, found, notFound] of ANSWERS) {
  test(`${JSON.stringify(pattern)} matches as in Python`, () => {
    for (const text of found) assert.equal(search(pattern, text), true, JSON.stringify(text))
    for (const text of notFound) assert.equal(search(pattern, text), false, JSON.stringify(text))
  })
}

const REFUSED: readonly (readonly [pattern: string, kind: string, problem: string])[] = [
  ["(a", "invalid", "it has a ( without )"],
  ["a)", "invalid", "it has a ) without ("],
  ["[a", "invalid", "it has a [ without ]"],
  ["[]", "invalid", "it has a [ without ]"],
  ["*a", "invalid", "it repeats nothing"],
  ["^*", "invalid", "it repeats nothing"],
  ["(|*)", "invalid", "it repeats nothing"],
  ["a**", "invalid", "it repeats a repeat"],
  ["a{2,1}", "invalid", "a repeat has a lower most than its least"],
  ["a{4294967295}", "invalid", "a repeat number is too large"],
  ["\\q", "invalid", "\\q means nothing"],
  ["\\", "invalid", "it ends with a backslash"],
  ["\\x1", "invalid", "a \\x, \\u or \\U is not followed by its digits"],
  ["\\U00110000", "invalid", "a \\x, \\u or \\U is not followed by its digits"],
  ["\\777", "invalid", "\\777 is above \\377"],
  ["[b-a]", "invalid", "a range in [ ] runs backwards"],
  ["[\\d-a]", "invalid", "a class such as \\d is the end of a range"],
  ["a(?i)b", "invalid", "its flags for the whole are not at the start"],
  ["(?L)a", "invalid", 'it has a flag "L" that is not known'],
  ["(?i-i:a)", "invalid", "the flags of a group exclude each other"],
  ["(?<n>a)", "invalid", "it has an extension (?… that is not known"],
  ["(?P<1>a)", "invalid", "a group has no proper name"],
  ["(?P<n>a)(?P<n>b)", "invalid", 'two groups are called "n"'],
  ["(?<=a*)b", "invalid", "a look-behind has no fixed width"],
  ["(?#a", "invalid", "it has a ( without )"],
  ["(a)\\1", "unsupported", "it refers back to a group"],
  ["(?P<n>a)(?P=n)", "unsupported", "it refers back to a group"],
  ["(a)?(?(1)b|c)", "unsupported", "it has a condition on a group"],
  ["(?>a)", "unsupported", "it has an atomic group"],
  ["a*+", "unsupported", "it has a possessive repeat"],
  ["\\N{DIGIT ONE}", "unsupported", "it calls a character by its Unicode name"],
  ["a{20000}", "unsupported", "it repeats too much"],
  ["(?:){99999}", "unsupported", "it repeats too much"],
  ["(((a{100}){100}){100}){100}", "unsupported", "it repeats too much"],
  ["a".repeat(4001), "unsupported", "it is longer than 4000 characters"],
  [`${"(".repeat(200)}${")".repeat(200)}`, "unsupported", "its groups lie too deep in each other"],
]

for (const [pattern, kind, problem] of REFUSED) {
  test(`${JSON.stringify(pattern.slice(0, 40))} is refused: ${problem}`, () => {
    assert.deepEqual(readPythonPattern(pattern), { ok: false, kind, problem })
  })
}

test("patterns that keep a backtracking matcher busy for ever are answered", () => {
  const text = "a".repeat(20_000)
  for (const pattern of ["^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "^(.*a){5}", "(x+x+)+y", "^(([a-z])+.)+[A-Z]([a-z])+$"]) {
    assert.equal(search(pattern, `${text}!`), pattern === "^(.*a){5}")
  }
})

test("what would take too many steps is given up at the same step everywhere", () => {
  const result = readPythonPattern("^(?=(.*b){50})")
  assert.ok(result.ok)
  const { pattern } = result
  assert.throws(() => pattern.search("a".repeat(1000), new StepBudget(3_000)), StepBudgetSpent)
  assert.equal(pattern.search("a".repeat(1000), new StepBudget()), false)
  const looks = readPythonPattern("(?=.*x)(?=.*y)z")
  assert.ok(looks.ok)
  assert.throws(() => looks.pattern.search("a".repeat(100_000), new StepBudget()), StepBudgetSpent)
})

test("a budget is shared by all who spend from it", () => {
  const budget = new StepBudget(100)
  budget.spend(60)
  assert.throws(() => budget.spend(60), StepBudgetSpent)
})

/** Patterns that mean the same to JavaScript, and that its matcher is done with soon. */
const sharedPattern = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom("a", "b", ".", "[ab]", "[^a]", "\\x61", "", "c"),
    fc.tuple(tie("node"), tie("node")).map(([first, second]) => first + second),
    fc.tuple(tie("node"), tie("node")).map(([first, second]) => `(?:${first}|${second})`),
    fc
      .tuple(tie("node"), fc.constantFrom("?", "*", "+", "{0,2}", "{2}", "*?"))
      .map(([body, repeat]) => `(?:${body})${repeat}`),
    fc.tuple(tie("node"), fc.constantFrom("(?=", "(?!", "(")).map(([body, open]) => `${open}${body})`),
  ),
})).node

test("what Python and JavaScript share is matched as JavaScript does", () => {
  const whole = fc.constantFrom(
    (node: string) => node,
    (node: string) => `^(?:${node})`,
    (node: string) => `(?:${node})c$`,
  )
  fc.assert(
    fc.property(
      sharedPattern,
      whole,
      fc.string({ unit: fc.constantFrom("a", "b", "c", "é"), maxLength: 8 }),
      (node, wrap, text) => {
        const source = wrap(node)
        assert.equal(search(source, text), new RegExp(source, "u").test(text), `${source} in ${text}`)
      },
    ),
    { numRuns: 1500 },
  )
})
