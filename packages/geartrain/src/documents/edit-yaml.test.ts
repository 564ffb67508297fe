import assert from "node:assert/strict"
import { test } from "node:test"
import { editYaml } from "./edit-yaml.ts"

const TEXT = `# The study
project:
  label: Memory # as in the protocol
  tags: [a, b]

  # Who took part
  subjects:
    - label: "01"
      info: # nothing yet
    - label: "02"
`

test("comments, empty lines, indentation and brackets stay as they are", () => assert.equal(editYaml(TEXT, []), TEXT))

test("deeper indentation stays, and no comment is lost", () => {
  const changed = editYaml("a: # one\n    b: 1   # two\n    c:\n        d: 2\n", [{ path: ["a", "b"], set: 3 }])
  assert.equal(changed, "a:\n    # one\n    b: 3 # two\n    c:\n        d: 2\n")
})

test("a value is changed where it stands", () => {
  const changed = editYaml(TEXT, [{ path: ["project", "label"], set: "Sleep" }])
  assert.match(changed, /^ {2}label: Sleep # as in the protocol$/m)
  assert.match(changed, /^ {2}# Who took part$/m)
})

test("what is missing on the way is made, also below a name with nothing after it", () => {
  const changed = editYaml(TEXT, [
    { path: ["project", "subjects", 0, "info", "qc", "snr"], set: 1.5 },
    { path: ["project", "info", "x"], set: [1] },
  ])
  assert.match(changed, /info:\n.*# nothing yet\n +qc:\n +snr: 1\.5/)
  assert.match(changed, /^ {2}info:\n {4}x:\n/m)
})

test("an item is added to a list, which is made if there is none", () => {
  const changed = editYaml(TEXT, [
    { path: ["project", "tags"], append: "c" },
    { path: ["project", "files"], append: { path: "a.txt" } },
  ])
  assert.match(changed, /tags: \[a, b, c\]/)
  assert.match(changed, /files:\n +- path: a\.txt/)
})

test("text that means something in YAML is put in quotes", () => {
  const changed = editYaml("a: 1\n", [
    { path: ["a"], set: "5" },
    { path: ["b"], set: "- x: #y" },
    { path: ["c"], set: "two\nlines" },
  ])
  assert.match(changed, /^a: "5"$/m)
  assert.match(changed, /^b: "- x: #y"$/m)
})

test("a list that is not indented below its name stays so", () => {
  assert.equal(editYaml("a:\n- 1\n", [{ path: ["a"], append: 2 }]), "a:\n- 1\n- 2\n")
})
