import assert from "node:assert/strict"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { after, before, test } from "node:test"
import { type Gear, type GearManifest, GeartrainError, isGeartrainError, type JsonObject } from "@geartrain/spec"
import { checkWorkflow, readWorkflow } from "./read-workflow.ts"

let folder = ""
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "geartrain-workflow-"))
})
after(() => rm(folder, { recursive: true }))

const SPLIT = manifest("split", {
  inputs: { reads: { base: "file", type: { enum: ["fastq"] } } },
  config: { parts: { type: "integer", minimum: 1, default: 2 } },
  outputs: { parts: { files: ["part-*.fastq"], type: "fastq" }, log: { files: ["log.txt"] } },
})
const ALIGN = manifest("align", {
  inputs: {
    reads: { base: "file", type: { enum: ["fastq"] } },
    extra: { base: "file", optional: true },
    age: { base: "context" },
  },
  config: {
    k: { type: "integer", maximum: 31 },
    mode: { enum: ["fast", "slow"], default: "fast" },
    label: { type: "string", default: "" },
  },
  outputs: { bam: { files: ["out.bam"], type: "bam" } },
})
const MERGE = manifest("merge", { inputs: { bams: { base: "file" } }, takes: { bams: { takes: "files" } } })
const KEYED = manifest("keyed", { inputs: { key: { base: "api-key" } } })
const GEARS = new Map([SPLIT, ALIGN, MERGE, KEYED].map((gear) => [gear.manifest.name, gear]))

function manifest(
  name: string,
  of: {
    readonly inputs: Readonly<Record<string, JsonObject>>
    readonly config?: JsonObject
    readonly outputs?: JsonObject
    readonly takes?: JsonObject
  },
): Gear {
  const geartrain: JsonObject = {
    ...(of.outputs === undefined ? {} : { outputs: of.outputs }),
    ...(of.takes === undefined ? {} : { inputs: of.takes }),
  }
  const whole = {
    name,
    version: "1.0.0",
    label: name,
    config: of.config ?? {},
    inputs: of.inputs,
    custom: { geartrain },
  }
  return { manifest: whole as unknown as GearManifest } as Gear
}

const JOBS = {
  resolveGear: async (reference: string): Promise<Gear> => {
    const gear = GEARS.get(reference)
    if (gear !== undefined) return gear
    throw new GeartrainError("GEAR_NOT_FOUND", `Cannot find gear "${reference}": stored are align@1.0.0`, {
      hint: "List all gears: gear ls",
    })
  },
}

async function write(name: string, text: string): Promise<string> {
  const file = join(folder, name)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
  return file
}

const HEAD =
  "workflow: 1\nname: w\ninputs:\n  reads: { type: fastq }\n  many: { takes: files }\n  maybe: { optional: true }\n"

async function faultsOf(steps: string, more = ""): Promise<readonly string[]> {
  const file = await write("w.yaml", `${HEAD}${more}steps:\n${steps}`)
  const { faults } = await checkWorkflow(file, JOBS.resolveGear)
  const above = `${HEAD}${more}`.split("\n").length
  return faults.map(({ line, column, problem, fix }) => `${line - above}:${column} ${problem} → ${fix}`)
}

const WHOLE = `  split: { gear: split, inputs: { reads: { from: inputs.reads } } }
  align:
    gear: align
    scatter: { over: { part: { from: steps.split.parts } } }
    inputs: { reads: { from: each.part } }
    config: { k: 21 }
  merge: { gear: merge, inputs: { bams: { from: steps.align.bam } } }
outputs:
  bams: { from: steps.align.bam }
`

test("split, align each part, merge: it is read with its gears, and named by content", async () => {
  const file = await write("whole.yaml", `${HEAD}steps:\n${WHOLE}`)
  const checked = await readWorkflow(file, JOBS)
  assert.deepEqual([...checked.gears.keys()].toSorted(), ["align", "merge", "split"])
  assert.deepEqual([...checked.documents.keys()], [""])
  const other = await write("other/whole.yaml", `# The same\n${HEAD}steps:\n${WHOLE}`)
  assert.equal((await readWorkflow(other, JOBS)).digest, checked.digest)
  const changed = await write("other/changed.yaml", `${HEAD}steps:\n${WHOLE.replace("21", "22")}`)
  assert.notEqual((await readWorkflow(changed, JOBS)).digest, checked.digest)
})

test("a gear that is not found is told at its line, and hides nothing of the other steps", async () => {
  assert.deepEqual(
    await faultsOf(
      "  a: { gear: algin }\n  b: { gear: merge, inputs: { bams: { from: steps.a.x } } }\n  c: { gear: merge }\n",
    ),
    [
      '1:14 Cannot find gear "algin": stored are align@1.0.0 → List all gears: gear ls',
      '3:6 gear "merge" needs input "bams", and it is given nothing → Add bams: { from: … } with files under inputs',
    ],
  )
})

test("inputs are those of the manifest, all that are needed are bound, and each gets what it takes", async () => {
  const align = (inputs: string, more = "") =>
    faultsOf(`  a: { gear: align, config: { k: 1 }, inputs: { ${inputs} }${more} }\n`)
  assert.deepEqual(await align("raeds: { from: inputs.reads }"), [
    '1:47 gear "align" needs input "reads", and it is given nothing → Add reads: { from: … } with a file of type "fastq" under inputs',
    '1:56 gear "align" has no input "raeds" → Rename it to "reads"',
  ])
  assert.deepEqual(await align("reads: { from: inputs.many }"), [
    '1:56 input "reads" of gear "align" takes one file, and "inputs.many" gives several → Run it for each: scatter: { over: { reads: { from: inputs.many } } }, and here { from: each.reads }',
  ])
  assert.deepEqual(await align("reads: [{ from: inputs.reads }, { from: inputs.reads }]"), [
    '1:56 input "reads" of gear "align" takes one file, and is given 2 sources → Give it one of them',
  ])
  assert.deepEqual(await align("reads: { from: inputs.maybe }"), [
    '1:56 "inputs.maybe" is optional, and gear "align" needs its input "reads" → Give the workflow\'s input a default, remove its optional, or add when: { exists: inputs.maybe }',
  ])
  assert.deepEqual(await align("reads: { from: inputs.reads }, extra: { from: inputs.maybe }"), [])
  assert.deepEqual(await align("reads: { value: 1 }, age: { from: inputs.reads }"), [
    '1:56 input "reads" of gear "align" takes a file, and is given a value → Write { from: … } or { file: PATH }',
    '1:75 input "age" of gear "align" takes a value, and is given files → Write { value: … }',
  ])
  assert.deepEqual(await align("reads: { from: inputs.reads }, age: { value: 40 }, k: { from: inputs.reads }"), [
    '1:103 gear "align" has no input "k" → Move it to config, where there is a "k"',
  ])
  assert.deepEqual(await faultsOf("  a: { gear: keyed }\n"), [
    '1:6 gear "keyed" asks for an API key, "key", which no workflow gives → Use another gear, or run this one by itself',
  ])
})

test("types of files fit, also those of what another step gives and of the items of a scatter", async () => {
  const steps = `  s: { gear: split, inputs: { reads: { from: inputs.reads } } }
  a: { gear: align, config: { k: 1 }, inputs: { reads: { from: steps.s.log } } }
  b: { gear: align, config: { k: 1 }, scatter: { over: { p: { from: steps.s.parts } } }, inputs: { reads: { from: each.p } } }
  c: { gear: align, config: { k: 1 }, inputs: { reads: { from: steps.s, files: "*.csv" } } }
`
  assert.deepEqual(await faultsOf(steps), [
    '2:64 "steps.s.log" gives files of type "text", and input "reads" of gear "align" takes "fastq" → Read of another output, or say the type that the files have where they come from',
    '4:64 "steps.s" gives files of type "tabular data", and input "reads" of gear "align" takes "fastq" → Read of another output, or say the type that the files have where they come from',
  ])
})

test("outputs are those that the gear declares", async () => {
  const split = "  s: { gear: split, inputs: { reads: { from: inputs.reads } } }\n"
  assert.deepEqual(
    await faultsOf(
      `${split}  m: { gear: merge, inputs: { bams: [{ from: steps.s.prats }, { from: steps.m2.x }] } }\n  m2: { gear: merge, inputs: { bams: { from: steps.s, files: "*" } }, when: { exists: steps.s.zzz } }\n`,
    ),
    [
      '2:46 gear "split" has no output "prats"; it has parts, log → Write steps.s.parts',
      '2:71 gear "merge" does not say what its outputs are called → Pick files: { from: steps.m2, files: "PATTERN" }',
      '3:87 gear "split" has no output "zzz"; it has parts, log → Write one of them, or pick files: { from: steps.s, files: "PATTERN" }',
    ],
  )
})

test("config is held against the manifest: names, values, defaults of parameters, items of scatters, types", async () => {
  const parameters =
    "parameters:\n  k: { type: integer, default: 99 }\n  t: { type: string }\n  n: { type: integer, default: 3 }\n"
  const align = (config: string, more = "") =>
    faultsOf(
      `  a: { gear: align, inputs: { reads: { from: inputs.reads } }, config: { ${config} }${more} }\n`,
      parameters,
    )
  assert.deepEqual(await align("k: 21, mode: slow, label: { text: 'x' }"), [])
  assert.deepEqual(await align("k: { from: parameters.n }"), [])
  assert.deepEqual(await align("kk: 1"), [
    '1:72 gear "align": config "k" has no value, and no default → Set it to an integer at most 31',
    '1:78 gear "align" has no config value "kk" → Remove it: it has "k", "mode", "label"',
  ])
  assert.deepEqual(await align("k: 32, mode: medium"), [
    '1:77 config "k": found 32, wanted at most 31 → Set it to an integer at most 31',
    '1:87 config "mode": found "medium", wanted one of "fast", "slow" → Set it to one of "fast", "slow"',
  ])
  assert.deepEqual(await align("k: { from: parameters.k }"), [
    '1:77 "parameters.k", its default: config "k": found 99, wanted at most 31 → Let them agree',
  ])
  assert.deepEqual(await align("k: { from: parameters.t }"), [
    '1:77 "parameters.t" is of type text, and config "k" of gear "align" takes integer → Write { from: … } with a value of that type',
  ])
  assert.deepEqual(await align("k: { text: '3' }"), [
    '1:77 "3" is of type text, and config "k" of gear "align" takes integer → Write { from: … } with a value of that type',
  ])
  assert.deepEqual(await align("k: { from: each.v }", ", scatter: { over: { v: [1, 40] } }"), [
    '1:77 "each.v", item 2 of the scatter: config "k": found 40, wanted at most 31 → Let them agree',
  ])
})

test("a file that the workflow names has to be there", async () => {
  await write("table.csv", "a\n")
  assert.deepEqual(await faultsOf("  a: { gear: merge, inputs: { bams: { file: table.csv } } }\n"), [])
  assert.deepEqual(
    await faultsOf(
      "  a: { gear: merge, inputs: { bams: { file: none.csv } } }\n  b: { gear: merge, inputs: { bams: { file: . } } }\n",
    ),
    [
      `1:45 there is no file "${folder}/none.csv" → Name a file that lies beside the workflow`,
      `2:45 "${folder}" is no file → Name a file that lies beside the workflow`,
    ],
  )
})

const INNER = `workflow: 1
name: inner
parameters: { k: { type: integer, maximum: 31 } }
inputs: { reads: { type: fastq } }
steps:
  align: { gear: align, inputs: { reads: { from: inputs.reads } }, config: { k: { from: parameters.k } } }
outputs:
  bam: { from: steps.align.bam }
`

test("a sub-workflow takes and gives like a gear, and its faults are told in its file", async () => {
  await write("sub/inner.yaml", INNER)
  const right = `  q: { workflow: sub/inner.yaml, inputs: { reads: { from: inputs.reads } }, parameters: { k: 3 } }
  m: { gear: merge, inputs: { bams: { from: steps.q.bam } } }
`
  assert.deepEqual(await faultsOf(right), [])
  const checked = await readWorkflow(join(folder, "w.yaml"), JOBS)
  assert.deepEqual([...checked.documents.keys()], ["", "q"])
  assert.deepEqual([...checked.gears.keys()].toSorted(), ["m", "q/align"])
  assert.equal(checked.documents.get("q")?.folder, join(folder, "sub"))
  assert.deepEqual(
    await faultsOf(
      `  q: { workflow: sub/inner.yaml, parameters: { k: 99, j: 1 } }\n  m: { gear: merge, inputs: { bams: { from: steps.q.bma } } }\n`,
    ),
    [
      '1:6 workflow "inner" needs input "reads", and it is given nothing → Add reads: { from: … } with a file of type "fastq" under inputs',
      '1:51 parameter "k": found 99, wanted an integer at most 31 → Write an integer at most 31',
      '1:58 workflow "inner" has no parameter "j" → Remove it: it has "k"',
      '2:45 workflow "inner" has no output "bma"; it has bam → Write steps.q.bam',
    ],
  )
  await write("sub/inner.yaml", INNER.replace("k: { from: parameters.k }", "k: x"))
  const { faults } = await checkWorkflow(await write("w.yaml", `${HEAD}steps:\n${right}`), JOBS.resolveGear)
  assert.deepEqual(
    faults.map(({ file, line, problem }) => [file, line, problem]),
    [[join(folder, "sub/inner.yaml"), 6, 'config "k": found the string "x", wanted an integer']],
  )
})

test("sub-workflows that hold each other, are not there, are no YAML or lie too deep are told where they are named", async () => {
  await write("a.yaml", "workflow: 1\nname: a\nsteps:\n  b: { workflow: b.yaml }\n")
  await write("b.yaml", "workflow: 1\nname: b\nsteps:\n  a: { workflow: a.yaml }\n")
  await write("bad.yaml", "steps: [\n")
  const told = await faultsOf(
    "  a: { workflow: a.yaml }\n  n: { workflow: none.yaml }\n  x: { workflow: bad.yaml }\n  d: { workflow: . }\n",
  )
  assert.equal(told.length, 4, told.join("\n"))
  const text = told.join("\n")
  assert.match(text, new RegExp(`workflows hold each other: ${folder}/a.yaml → ${folder}/b.yaml → ${folder}/a.yaml`))
  assert.match(text, /2:\d+ ".*none\.yaml" is not there/)
  assert.match(text, /3:\d+ Cannot read ".*bad\.yaml"/)
  assert.match(text, /4:\d+ (Cannot read ".*": it is no regular file|".*" is a folder)/)
  for (let depth = 0; depth < 20; depth++) {
    await write(`deep-${depth}.yaml`, `workflow: 1\nname: d\nsteps:\n  s: { workflow: deep-${depth + 1}.yaml }\n`)
  }
  assert.match((await faultsOf("  s: { workflow: deep-0.yaml }\n")).join("\n"), /sub-workflows lie more than 16 deep/)
})

test("what multiplies by itself is bounded: sub-workflows and documents without end", async () => {
  for (let depth = 0; depth < 16; depth++) {
    await write(
      `wide-${depth}.yaml`,
      `workflow: 1\nname: d\nsteps:\n  s: { workflow: wide-${depth + 1}.yaml }\n  t: { workflow: wide-${depth + 1}.yaml }\n`,
    )
  }
  await write("wide-16.yaml", "workflow: 1\nname: d\nsteps:\n  a: { gear: split }\n")
  const told = await faultsOf("  s: { workflow: wide-0.yaml }\n")
  assert.match(told.join("\n"), /it has more than 10000 sub-workflows/)
})

test("anchors, and what is no YAML or not there, are refused for the file itself", async () => {
  const refuse = async (text: string, pattern: RegExp) =>
    assert.rejects(readWorkflow(await write("bad.yaml", text), JOBS), (error) => {
      assert.ok(isGeartrainError(error, "WORKFLOW_INVALID"), String(error))
      assert.match(error.message, pattern)
      return true
    })
  await refuse("a: &a [1]\nb: *a\n", /alias/)
  await refuse("a: [\n", /bad\.yaml:\d+:\d+/)
  await refuse("", /wanted an object|found null/)
  await refuse(`a: ${"x".repeat(5_000_000)}`, /5000003 bytes, and 4194304 are the most/)
  await refuse(`a: ${"[".repeat(100)}${"]".repeat(100)}`, /32 levels/)
  await assert.rejects(readWorkflow(join(folder, "never.yaml"), JOBS), { code: "WORKFLOW_NOT_FOUND" })
})

test("all faults are one error, with each at its place", async () => {
  const file = await write("w.yaml", `${HEAD}steps:\n  a: { gear: none }\n  b: { gear: also-none }\n`)
  await assert.rejects(readWorkflow(file, JOBS), (error) => {
    assert.ok(isGeartrainError(error, "WORKFLOW_INVALID"))
    assert.equal(
      error.message,
      `Cannot follow workflow "${file}": it has 2 faults
${file}:8:14: Cannot find gear "none": stored are align@1.0.0; list all gears: gear ls
${file}:9:14: Cannot find gear "also-none": stored are align@1.0.0; list all gears: gear ls`,
    )
    return true
  })
})

test("what is no fault of the document is thrown as it is", async () => {
  const file = await write("w.yaml", `${HEAD}steps:\n  a: { gear: split }\n`)
  const broken = { resolveGear: () => Promise.reject(new GeartrainError("STORE_FULL", "Disk")) }
  await assert.rejects(readWorkflow(file, broken))
  await assert.rejects(readWorkflow(file, { resolveGear: () => Promise.reject(new RangeError("a bug")) }), RangeError)
})
