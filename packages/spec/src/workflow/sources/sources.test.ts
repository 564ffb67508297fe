import assert from "node:assert/strict"
import { test } from "node:test"
import type { WorkflowStep } from "../workflow.ts"
import { readSource } from "./read-source.ts"
import { readText } from "./read-text.ts"
import { isFromValue, isTextValue, stepSources } from "./walk-sources.ts"

test("a source names an input, a parameter, a step with or without its output, or an item with or without a group", () => {
  assert.deepEqual(readSource("inputs.reads"), { kind: "input", name: "reads" })
  assert.deepEqual(readSource("parameters.k"), { kind: "parameter", name: "k" })
  assert.deepEqual(readSource("steps.align"), { kind: "step", step: "align" })
  assert.deepEqual(readSource("steps.align.bam.bai"), { kind: "step", step: "align", output: "bam.bai" })
  assert.deepEqual(readSource("each.reads"), { kind: "each", name: "reads" })
  assert.deepEqual(readSource("each.reads.12"), { kind: "each", name: "reads", group: 12 })
})

test("what is no source is none", () => {
  const wrong = ["", "inputs", "inputs.", "inputs.a.b", "parameters.a.b", "steps.", "steps.a.", "each.a.0", "each.a.x"]
  for (const from of [...wrong, "each.a.1.2", "each.a.100", "step.a.b", "a", "__proto__.a", "steps..a"]) {
    assert.equal(readSource(from), undefined, from)
  }
})

test("a text is taken apart, and what stands for itself stays", () => {
  assert.deepEqual(readText(""), [])
  assert.deepEqual(readText("plain $ } {"), ["plain $ } {"])
  assert.deepEqual(readText(`\${each.a}`), [{ from: "each.a" }])
  assert.deepEqual(readText(`a\${ each.b }\${parameters.c}d`), ["a", { from: "each.b" }, { from: "parameters.c" }, "d"])
  assert.deepEqual(readText(`$\${a}-\${each.b}`), [`\${a}-`, { from: "each.b" }])
  assert.equal(readText(`a\${each.b`), undefined)
})

test("all that a step reads is found, with the place where it says so", () => {
  const step: WorkflowStep = {
    gear: "align",
    scatter: { over: { reads: { from: "inputs.reads", glob: "(*).fq" }, k: [1, 2] } },
    inputs: {
      reads: { from: "each.reads" },
      all: [{ from: "steps.a.x" }, { from: "steps.b", files: "*.txt" }],
      table: { file: "table.csv" },
      context: { value: 1 },
    },
    config: { k: { from: "each.k" }, label: { text: `x\${each.reads.1}` }, plain: `\${each.k}`, list: ["from"] },
    when: { all: [{ not: { value: "parameters.p", equals: 1 } }, { any: [{ exists: "steps.c.y" }] }] },
  }
  assert.deepEqual(
    stepSources(step).map(({ from, of, path, files, glob }) => [from, of, path.join("/"), files ?? glob]),
    [
      ["inputs.reads", "scatter", "scatter/over/reads/from", "(*).fq"],
      ["each.reads", "input", "inputs/reads/from", undefined],
      ["steps.a.x", "input", "inputs/all/0/from", undefined],
      ["steps.b", "input", "inputs/all/1/from", "*.txt"],
      ["each.k", "value", "config/k/from", undefined],
      ["each.reads.1", "text", "config/label/text", undefined],
      ["parameters.p", "condition", "when/all/0/not/value", undefined],
      ["steps.c.y", "exists", "when/all/1/any/0/exists", undefined],
    ],
  )
})

test("a value of the config is a source only where it is an object of just that", () => {
  assert.equal(isFromValue({ from: "each.a" }), true)
  assert.equal(isFromValue({ from: 1 } as never), false)
  assert.equal(isFromValue({ from: "a", to: "b" }), false)
  assert.equal(isFromValue("from"), false)
  assert.equal(isTextValue({ text: "a" }), true)
  assert.equal(isTextValue(["text"]), false)
})
