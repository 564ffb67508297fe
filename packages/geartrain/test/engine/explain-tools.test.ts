import assert from "node:assert/strict"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, suite, test } from "node:test"
import type { JobRecord } from "@geartrain/spec"
import { findClockLibrary } from "../../src/engine/experiments/clock-library.ts"
import { explainJob } from "../../src/engine/explain/explain-job.ts"
import type { Explanation } from "../../src/engine/explain/explanation.ts"
import { manifestOf } from "../programs/busybox-gear.ts"
import { type EngineHome, openEngineHome } from "../programs/engine-home.ts"
import { findHostProgram, makeHostRoot } from "../programs/host-root.ts"
import { SAMPLE_ALIGNMENT, sampleReads, sampleSlice, shiftParameters } from "../programs/sample-science.ts"

const THREADS = { threads: { type: "integer", minimum: 1, maximum: 16, default: 4 } }

let home: EngineHome
before(async () => {
  home = await openEngineHome()
})
after(() => home.close())

interface ToolGear {
  readonly programs: readonly string[]
  readonly data: Readonly<Record<string, string | Uint8Array>>
  readonly command: string
  readonly config?: Readonly<Record<string, unknown>>
}

/** A gear of a real tool, as this machine has it, with its data in `/data`. */
function makeToolGear(name: string, { programs, data, ...gear }: ToolGear): string {
  const found = ["bash", ...programs].map((program) => ({ path: findHostProgram(program) ?? program, name: program }))
  const root = makeHostRoot(join(home.folder, name), found)
  mkdirSync(join(root, "data"))
  for (const [file, content] of Object.entries(data)) writeFileSync(join(root, "data", file), content)
  writeFileSync(join(root, "flywheel/v0/manifest.json"), JSON.stringify(manifestOf({ name, ...gear })))
  return root
}

async function run(root: string, config = {}): Promise<JobRecord> {
  const record = await home.runRoot(root, { config })
  assert.equal(record.state, "complete", record.failure?.evidence ?? record.failure?.message)
  return record
}

function explain(a: JobRecord, b?: JobRecord): Promise<Explanation> {
  return explainJob(a, b, { ports: home.engine, options: { repeat: 3, mostRuns: 30 } })
}

function needs(...programs: readonly string[]): string | false {
  const missing = programs.filter((program) => findHostProgram(program) === undefined)
  return missing.length > 0 && `needs ${missing.join(", ")}`
}

suite("gear explain of real tools", () => {
  const aligner = ["bowtie2-build-s", "bowtie2-align-s"]
  test("bowtie2 with several threads: the same records in another order, identical with one thread", {
    skip: needs(...aligner),
  }, async () => {
    const root = makeToolGear("align", {
      programs: aligner,
      data: sampleReads(2000),
      config: THREADS,
      command: `cd work && bowtie2-build-s -q --wrapper basic-0 /data/genome.fa index && bowtie2-align-s --wrapper basic-0 -p "$FW_CONFIG_THREADS" -x index -1 /data/reads_1.fq -2 /data/reads_2.fq -S ../output/aligned.sam`,
    })
    const explanation = await explain(await run(root))
    assert.equal(explanation.verdict, "explained")
    const [difference] = explanation.differing
    assert.equal(difference?.path, "aligned.sam")
    assert.equal(difference?.comparison?.onlyOrder, true)
    assert.match(difference?.comparison?.summary ?? "", /the same 4000 records, in another order/)
    const cause = explanation.search?.cause
    assert.deepEqual(
      cause?.series.conditions.map(({ name, says }) => [name, says]),
      [["threads", "one thread (threads=1)"]],
    )
    assert.ok((cause?.chance ?? 1) <= 0.05)
  })

  test("hmmbuild: one line with the date, identical with a fixed clock", {
    skip: needs("hmmbuild") || ("why" in findClockLibrary() && "needs libfaketime (package faketime)"),
  }, async () => {
    const root = makeToolGear("profile", {
      programs: ["hmmbuild", "sleep"],
      data: { "four.sto": SAMPLE_ALIGNMENT },
      // The date is told in seconds.
      command: "sleep 0.4 && hmmbuild output/four.hmm /data/four.sto",
    })
    const explanation = await explain(await run(root))
    assert.equal(explanation.verdict, "explained")
    const [difference] = explanation.differing
    assert.equal(difference?.comparison?.differences.length, 1)
    assert.match(difference?.comparison?.differences[0]?.a ?? "", /^DATE/)
    assert.deepEqual(
      explanation.search?.cause?.series.conditions.map(({ name }) => name),
      ["clock"],
    )
    assert.equal(
      explanation.search?.tried.length,
      1,
      "a difference that looks like a time is tried with the clock first",
    )
  })

  test("elastix with one thread and with eight: the last digits, which are equal within a tolerance", {
    skip: needs("elastix"),
    // Thirty runs of a second or more.
    timeout: 180_000,
  }, async () => {
    const data = { "fixed.mha": sampleSlice(0, 0), "moving.mha": sampleSlice(13, 17) }
    const differing = async (iterations: number): Promise<readonly [JobRecord, JobRecord] | undefined> => {
      const root = makeToolGear(`register-${iterations}`, {
        programs: ["elastix"],
        data: { ...data, "shift.txt": shiftParameters(iterations) },
        config: THREADS,
        command: `elastix -f /data/fixed.mha -m /data/moving.mha -p /data/shift.txt -out work -threads "$FW_CONFIG_THREADS" && while read -r line; do [[ $line != "(TransformParameters "* ]] || echo "$line"; done < work/TransformParameters.0.txt > output/shift.txt`,
      })
      const [a, b] = [await run(root, { threads: 1 }), await run(root, { threads: 8 })]
      return a.outputs[0]?.digest === b.outputs[0]?.digest ? undefined : [a, b]
    }
    // Where the sums of both come to the same digits, another number of steps shows what they are apart by.
    let pair: readonly [JobRecord, JobRecord] | undefined
    for (const iterations of [200, 250, 150, 300]) pair ??= await differing(iterations)
    assert.ok(pair !== undefined)
    const explanation = await explain(...pair)
    assert.equal(explanation.verdict, "explained")
    assert.deepEqual(explanation.change?.cause, [{ part: "config", name: "threads", a: 1, b: 8 }])
    const within = explanation.differing[0]?.within ?? 1
    assert.ok(within <= 0.01, `${within}`)
  })
})
