import assert from "node:assert/strict"
import { test } from "node:test"
import type { Workflow } from "@geartrain/spec/workflow"
import { parse } from "yaml"
import { parseYaml } from "../../../documents/read-yaml.ts"
import type { ConvertedGear } from "./gears/convert-gears.ts"
import { fileOf, gearSources } from "./gears/gear-sources.ts"
import { workflowText } from "./workflow-text.ts"

function gear(image: string | undefined, programs: Readonly<Record<string, string>> = {}): ConvertedGear {
  const container = { name: "c", type: "docker" as const, image: image ?? "", mounts: [], bypass: false, profiles: {} }
  return {
    ...{ transformation: "t", name: "t", manifest: {}, run: "", programs, checks: [] },
    ...(image === undefined ? {} : { container }),
  }
}

test("a gear of a container stands on the container, with its programs beside it", () => {
  const { Dockerfile = "" } = gearSources(gear("docker://org/tool:1", { 'p/my "sort"': "/bin/sort" })) ?? {}
  assert.match(Dockerfile, /^FROM org\/tool:1$/m)
  assert.match(Dockerfile, /^COPY \["my \\"sort\\"","\/p\/my \\"sort\\""\]$/m)
  assert.ok(Dockerfile.includes('COPY ["manifest.json", "/flywheel/v0/manifest.json"]'))
})

test("an image of Shifter is one of a hub", () => {
  assert.match(gearSources(gear("shifter://org/tool:1"))?.["Dockerfile"] ?? "", /^FROM org\/tool:1$/m)
})

test("an image that only others read has no such file", () => {
  for (const image of ["library://org/tool", "shub://org/tool", "file:///i/tool.sif", "http://h/docker://x", "docker:"])
    assert.equal(gearSources(gear(image)), undefined, image)
})

test("a container's name that goes over several lines adds no line to the file", () => {
  assert.equal(gearSources(gear("docker://org/tool\nRUN rm -rf /")), undefined)
})

test("a program that is installed becomes a recipe that YAML reads", () => {
  const recipe = parse(gearSources(gear(undefined, { "flywheel/v0/programs/a: b": "/x" }))?.["gear.yaml"] ?? "")
  assert.deepEqual(recipe.files, { "/flywheel/v0/programs/a: b": "a: b" })
  assert.equal(recipe.recipe, 1)
  assert.equal(Object.hasOwn(parse(gearSources(gear(undefined))?.["gear.yaml"] ?? ""), "files"), false)
})

test("a file beside the recipe is called as the last part of its place", () => {
  assert.deepEqual(["a/b/c", "c", "a/b/"].map(fileOf), ["c", "c", ""])
})

const WORKFLOW: Workflow = { workflow: 1, name: "w", steps: { a: { gear: "g", config: { text: "007", yes: "yes" } } } }

test("a workflow is written as it can be read again, and its comment is one line", () => {
  const text = workflowText(WORKFLOW, "w.yml\nworkflow: 2\r\nname: forged")
  assert.deepEqual(parse(text), WORKFLOW)
  assert.equal(text.split("\n")[1], "workflow: 1")
})

test("what stands twice is written twice, as aliases are refused when it is read", () => {
  const shared = { list: [1, 2] }
  const text = workflowText(
    { ...WORKFLOW, steps: { a: { gear: "g", config: shared }, b: { gear: "g", config: shared } } },
    "w",
  )
  assert.ok(!/[&*]/.test(text))
})

test("one too large for YAML is JSON with a line a step; one too large for that is refused with its number of jobs", () => {
  const large = (megabytes: number): Workflow => ({
    ...WORKFLOW,
    steps: Object.fromEntries(
      Array.from({ length: megabytes }, (_, index) => [
        `s${index}`,
        { gear: "g", config: { x: "x".repeat(1024 ** 2) } },
      ]),
    ),
  })
  const text = workflowText(large(5), "big.yml")
  const { value } = parseYaml(Buffer.from(text), { file: "workflow.yaml", code: "WORKFLOW_INVALID" })
  assert.deepEqual(JSON.parse(JSON.stringify(value)), large(5))
  assert.equal(text.split("\n").filter((line) => line.startsWith('  "s')).length, 5)
  assert.throws(() => workflowText(large(33), "big.yml"), {
    ...{ code: "PEGASUS_NOT_CONVERTIBLE", message: /"big\.yml": a step for each of its 33 jobs/ },
  })
})

test("what would be no workflow of ours is not written", () => {
  const outputs = Object.fromEntries(Array.from({ length: 100_001 }, (_, index) => [`o${index}`, { from: "steps.a" }]))
  assert.throws(() => workflowText({ ...WORKFLOW, outputs }, "w.yml"), {
    ...{ code: "PEGASUS_NOT_CONVERTIBLE", message: /would be none here: outputs/ },
  })
})
