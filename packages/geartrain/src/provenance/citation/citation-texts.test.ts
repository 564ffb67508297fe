import assert from "node:assert/strict"
import { test } from "node:test"
import type { Gear } from "@geartrain/spec"
import fc from "fast-check"
import { parse } from "yaml"
import { digest, gear, job } from "../../../test/stores/records/sample-records.ts"
import { bibtexEntry } from "./bibtex.ts"
import { citationFile } from "./citation-file.ts"
import { methodsParagraph } from "./methods-paragraph.ts"

const SAMPLE = gear(1)

type Members = Partial<Pick<Gear["manifest"], "label" | "author" | "version" | "url" | "source">> & {
  readonly license?: string
}

function withMembers(members: Members): Gear {
  return { ...SAMPLE, manifest: { ...SAMPLE.manifest, ...members } as Gear["manifest"] }
}

/** As BibTeX counts them: a backslash before one changes nothing. */
function openBraces(text: string): readonly number[] {
  let open = 0
  return [...text].map((letter) => {
    open += letter === "{" ? 1 : letter === "}" ? -1 : 0
    return open
  })
}

test("whatever a manifest says, the braces of its BibTeX entry close at its end and nowhere before", () => {
  const text = fc.string({ unit: fc.constantFrom(...'{}\\"%#&_~^$ \n@,=a'), maxLength: 12 })
  fc.assert(
    fc.property(text, text, text, (label, author, url) => {
      const entry = bibtexEntry(withMembers({ label, author, url, version: label }))
      const open = openBraces(entry.trimEnd())
      assert.equal(open.at(-1), 0)
      const first = entry.indexOf("{")
      assert.ok(
        open.slice(first, -1).every((count) => count > 0),
        entry,
      )
    }),
  )
})

test("the signs of TeX are written so that they stand for themselves, and blanks are blanks", () => {
  const entry = bibtexEntry(withMembers({ label: "50% of\n a_b & ~c^d \\e" }))
  const title = "50\\% of a\\_b \\& \\textasciitilde{}c\\textasciicircum{}d \\textbackslash{}e"
  assert.ok(entry.includes(`title = {{${title}}}`), entry)
})

test("what a manifest leaves empty is no field of the entry", () => {
  const entry = bibtexEntry(withMembers({ author: "", url: "", license: "" }))
  assert.ok(!/author|url|license/.test(entry), entry)
})

test("whatever a manifest says, the citation file is YAML that says just that", () => {
  const text = fc.string({ unit: fc.constantFrom(..."-:#'\"{}[]\n\t \\&*!|>%@`a\u0085é"), maxLength: 12 })
  fc.assert(
    fc.property(text, text, (label, author) => {
      const read = parse(citationFile(withMembers({ label, author }))) as Readonly<Record<string, unknown>>
      assert.equal(read["title"], label)
      assert.deepEqual(read["authors"], [{ name: author }])
    }),
  )
})

test("what is no address and no licence of the list is left out, so that the file stays valid", () => {
  const keys = (members: Members) =>
    Object.keys(parse(citationFile(withMembers(members))) as object).filter((key) => /url|repository|license/.test(key))
  assert.deepEqual(keys({ url: "https://a.example", source: "http://b.example", license: "MIT" }), [
    "url",
    "repository-code",
    "license",
  ])
  assert.deepEqual(keys({ url: "a.example", source: "javascript:alert(1)", license: "Other" }), [])
  assert.deepEqual(keys({ url: "", source: "https://a b", license: "see LICENSE" }), [])
})

test("the paragraph counts files, and says nothing of what there was none", () => {
  const output = (path: string) => ({ path, digest: digest(9), sizeBytes: 1 })
  const none = methodsParagraph(job(1, { outputs: [] }), SAMPLE)
  assert.match(none, /^0 files were computed/)
  const two = methodsParagraph(job(1, { outputs: [output("a"), output("b")] }), SAMPLE)
  assert.match(two, /^2 files were computed/)
  assert.doesNotMatch(two, /\. \.|\.\.| {2}|undefined/)
})

test("the last re-run that came to an end is told, with what it found", () => {
  const rerun = (verdict: string, differences: number) =>
    ({ verdict, at: "2026-03-04T00:00:00.000Z", differences: Array(differences).fill({ path: "x" }) }) as never
  const told = (...history: readonly never[]) => methodsParagraph(job(1, { history }), SAMPLE)
  assert.match(told(rerun("different", 2)), /A second run on 2026-03-04 gave other bytes in 2 files\./)
  assert.match(told(rerun("equivalent", 1)), /declares as free, in one file\./)
  assert.match(told(rerun("identical", 0), rerun("undecided", 0)), /gave the same bytes in every file\./)
  assert.match(told(rerun("undecided", 0)), /It was not run a second time\./)
})
