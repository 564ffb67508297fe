import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "../../errors/geartrain-error.ts"
import { compilePathGlob, readPathGlob } from "./path-glob.ts"

function fits(glob: string, paths: readonly string[]): readonly string[] {
  const compiled = compilePathGlob(glob)
  return paths.filter((path) => compiled.match(path) !== undefined)
}

function caught(glob: string, path: string): readonly string[] | undefined {
  return compilePathGlob(glob).match(path)
}

function faultOf(glob: string) {
  const result = readPathGlob(glob)
  return result.ok ? undefined : result.fault
}

const FIFTY = Array.from({ length: 50 }, (_, index) => `/foo${index}`)

test("a question mark takes one character of fifty names, as Pachyderm's iterator does", () => {
  assert.deepEqual(fits("/foo?1", FIFTY), ["/foo11", "/foo21", "/foo31", "/foo41"])
  assert.deepEqual(fits("/foo*5", FIFTY), ["/foo5", "/foo15", "/foo25", "/foo35", "/foo45"])
  assert.deepEqual(fits("/foo*", FIFTY), FIFTY)
  assert.deepEqual(fits("/foo[12]", FIFTY), ["/foo1", "/foo2"])
})

test("a star stays within a name, and two cross", () => {
  const paths = ["a", "a/b", "a/b/c", "b"]
  assert.deepEqual(fits("/*", paths), ["a", "b"])
  assert.deepEqual(fits("/*/*", paths), ["a/b"])
  assert.deepEqual(fits("/**", paths), paths)
  assert.deepEqual(fits("a/**", paths), ["a/b", "a/b/c"])
})

test("slashes at either end mean nothing, and a slash alone is the folder itself", () => {
  assert.deepEqual(fits("/", ["", "/", "a"]), ["", "/"])
  assert.deepEqual(fits("a/", ["a", "/a", "/a/", "a/b"]), ["a", "/a", "/a/"])
})

test("sets have ranges and classes, may be turned round, and never take a slash", () => {
  const names = ["a", "C", "5", ".", "/", "é", "😀"]
  assert.deepEqual(fits("[a-z]", names), ["a"])
  assert.deepEqual(fits("[!a-z]", names), ["C", "5", ".", "é", "😀"])
  assert.deepEqual(fits("[^[:alpha:]]", names), ["5", ".", "é", "😀"])
  assert.deepEqual(fits("[[:^alpha:][:lower:]]", names), ["a", "5", ".", "é", "😀"])
  assert.deepEqual(fits("[]-]", ["]", "-", "a"]), ["]", "-"])
  assert.deepEqual(fits("x[!a]y", ["x/y", "xby"]), ["xby"])
})

test("braces choose without catching, also in each other, and escapes stand for themselves", () => {
  assert.deepEqual(caught("{cat,bat,[fr]at}", "rat"), [])
  assert.deepEqual(fits("{a,{b,c}d}.txt", ["a.txt", "bd.txt", "cd.txt", "ad.txt"]), ["a.txt", "bd.txt", "cd.txt"])
  assert.deepEqual(fits("{,*.}example", ["example", "www.example", "wwwexample"]), ["example", "www.example"])
  assert.deepEqual(fits("\\*\\(a\\)", ["*(a)", "aa"]), ["*(a)"])
  assert.deepEqual(fits("a,b|c", ["a,b|c", "a"]), ["a,b|c"])
})

test("groups catch what they take, counted by where they open", () => {
  assert.deepEqual(caught("test/a*(a|b)/*(*).go", "test/aaaa/x.go"), ["aaa", "x"])
  assert.deepEqual(caught("/(*)/sub-(??)_run-(*).nii", "/s1/sub-07_run-1.nii"), ["s1", "07", "1"])
  assert.deepEqual(caught("@(a(b|c)|d)e", "ace"), ["ac", "c"])
  assert.deepEqual(caught("@(a(b|c)|d)e", "de"), ["d", ""])
  assert.deepEqual(caught("(**)/(*)", "a/b/c"), ["a/b", "c"])
})

test("the five kinds of group take what they are documented to take", () => {
  const names = ["", "a", "aa", "aaa", "aaX", "bbb"]
  assert.deepEqual(fits("@(a)", names), ["a"])
  assert.deepEqual(fits("*(a)", names), ["", "a", "aa", "aaa"])
  assert.deepEqual(fits("+(a)", names), ["a", "aa", "aaa"])
  assert.deepEqual(fits("?(a)", names), ["", "a"])
  assert.deepEqual(fits("!(a)", names), ["", "aa", "aaa", "aaX", "bbb"])
})

test("what is left out by a group stays within a name, and is caught as the rest is", () => {
  assert.deepEqual(fits("!(*.tmp)", ["a.txt", "a.tmp", "a.tmp.gz", "d/a.txt"]), ["a.txt", "a.tmp.gz"])
  assert.deepEqual(caught("sub-!(01|02)_bold.nii", "sub-03_bold.nii"), ["03"])
  assert.equal(caught("sub-!(01|02)_bold.nii", "sub-02_bold.nii"), undefined)
  assert.deepEqual(fits("!(!(a))", ["a", "b", ""]), ["a"])
})

test("names of any script are taken by character", () => {
  assert.deepEqual(caught("(?)(*).txt", "é à 漢.txt"), ["é", " à 漢"])
  assert.deepEqual(caught("(?)x", "😀x"), ["😀"])
})

test("the prefix is what everything begins with", () => {
  assert.deepEqual(
    ["/data/sub-*/x", "*", "a/b", "{a,b}/c", "/"].map((glob) => compilePathGlob(glob).prefix),
    ["data/sub-", "", "a/b", "", ""],
  )
})

test("what is no glob is refused with its place and what to write", () => {
  assert.deepEqual(faultOf("/sub-(*"), {
    at: 5,
    problem: "it has a ( without )",
    hint: "Close it, or write \\( for the character itself",
  })
  assert.equal(faultOf("a)")?.problem, "it has a ) that nothing opens")
  assert.equal(faultOf("{a,b")?.problem, "it has a { without }")
  assert.equal(faultOf("[a")?.problem, "it has a [ without ]")
  assert.equal(faultOf("[z-a]")?.problem, "a range in [ ] runs backwards")
  assert.equal(faultOf("[[:letter:]]")?.problem, "it has a class [:letter:] that is not known")
  assert.equal(faultOf("a\\")?.problem, "it ends with a \\")
  assert.equal(faultOf("(".repeat(500))?.problem, "its groups lie too deep in each other")
  assert.equal(faultOf("a".repeat(1_001))?.problem, "it is longer than 1000 characters")
  assert.throws(
    () => compilePathGlob("(a"),
    (error) => isGeartrainError(error, "GLOB_INVALID") && /at 1, it has a \( without \)/.test(error.message),
  )
})

test("hostile patterns are matched in bounded work", () => {
  const long = `${"a".repeat(4_000)}b`
  assert.equal(caught(`${"*a".repeat(100)}c`, long), undefined)
  assert.equal(caught("*(*(*(a)))c", long), undefined)
  assert.equal(caught("+(a|aa|aaa|*(a))c", long), undefined)
  assert.equal(caught("*(?(*(*)))", long)?.length, 3)
})

test("what would take too many steps is refused", () => {
  assert.throws(
    () => caught("*(!(b))*(!(c))d", "a".repeat(4_000)),
    (error) => isGeartrainError(error, "GLOB_TOO_COSTLY"),
  )
})
