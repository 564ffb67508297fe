import assert from "node:assert/strict"
import { symlink } from "node:fs/promises"
import { join } from "node:path"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import type { PipelineRun } from "../../../src/workflows/pipelines/run/run-pipelines.ts"
import type { FakeEnd } from "../fake-jobs.ts"
import { namesOf, openPipelineFixture, type PipelineFixture } from "./pipeline-fixture.ts"

const COUNT = `pipeline: 1
name: count
gear: counter
input: { folder: ./scans, to: data, glob: "/*" }
place: "\${scans}/"
`

const SCANS = { "scans/s1/t1.nii": "one", "scans/s2/t1.nii": "two", "scans/s2/bold.nii": "three", "count.yaml": COUNT }

async function inFixture(
  files: Readonly<Record<string, string>>,
  act: (fixture: PipelineFixture) => Promise<void>,
  end?: Parameters<typeof openPipelineFixture>[0],
): Promise<void> {
  const fixture = await openPipelineFixture(end)
  try {
    await fixture.write(files)
    await act(fixture)
  } finally {
    await fixture.end()
  }
}

function told(run: PipelineRun | undefined): readonly string[] {
  return (run?.datums ?? []).map(
    ({ parts, how, state, why }) => `${parts.map(({ path }) => path).join("+")} ${how} ${state}: ${why}`,
  )
}

test("what is new or changed is run, the rest is kept, and each says why", () =>
  inFixture(SCANS, async (fixture) => {
    const first = await fixture.run(["count"])
    assert.deepEqual(told(first.runs[0]), [
      "s1 run complete: the pipeline has never run",
      "s2 run complete: the pipeline has never run",
    ])
    assert.equal(first.runs[0]?.commit?.id, first.id)
    const again = await fixture.run(["count"])
    assert.equal(again.runs[0]?.state, "unchanged")
    assert.equal(again.runs[0]?.commit?.number, 1)
    await fixture.write({ "scans/s2/bold.nii": "other", "scans/s3/t1.nii": "new" })
    const third = await fixture.run(["count"])
    assert.deepEqual(told(third.runs[0]), [
      "s1 kept complete: nothing changed since commit 1",
      "s2 run complete: scans has other content in s2/bold.nii",
      "s3 run complete: there was no datum of these paths",
    ])
    assert.equal(third.runs[0]?.commit?.number, 2)
    assert.equal(fixture.jobs.started.length, 4)
  }))

test("outputs of what is gone are removed, and what comes back is found by its content", () =>
  inFixture(SCANS, async (fixture) => {
    await fixture.run(["count"])
    await fixture.remove("scans/s1")
    const without = await fixture.run(["count"])
    assert.deepEqual(without.runs[0]?.counts, {
      total: 1,
      kept: 1,
      reused: 0,
      run: 0,
      failed: 0,
      recovered: 0,
      removed: 1,
    })
    assert.equal(without.runs[0]?.commit?.fileCount, 1)
    await fixture.write({ "scans/s1/t1.nii": "one" })
    const back = await fixture.run(["count"])
    assert.deepEqual(told(back.runs[0]), [
      "s1 reused complete: there was no datum of these paths; the same invocation was carried out",
      "s2 kept complete: nothing changed since commit 1",
    ])
    assert.equal(fixture.jobs.started.length, 2)
  }))

test("what the same invocation gave is taken only while its bytes are there", () =>
  inFixture(SCANS, async (fixture) => {
    await fixture.run(["count"])
    await fixture.remove("scans/s1")
    await fixture.run(["count"])
    await fixture.write({ "scans/s1/t1.nii": "one" })
    fixture.jobs.stored.clear()
    const { runs } = await fixture.run(["count"])
    const why = "there was no datum of these paths; what the same invocation gave is stored no more"
    assert.equal(told(runs[0])[0], `s1 run complete: ${why}`)
    assert.match(told(runs[0])[1] ?? "", /^s2 run complete: its output out is stored no more/)
    assert.equal(fixture.jobs.started.length, 4)
  }))

test("the gear and its config are part of the key, and the change is named", () =>
  inFixture(SCANS, async (fixture) => {
    await fixture.run(["count"])
    await fixture.write({ "count.yaml": `${COUNT}config: { threads: 2 }\n` })
    const config = await fixture.run(["count"])
    assert.match(told(config.runs[0])[0] ?? "", /^s1 run complete: config threads changed from its default to 2$/)
    await fixture.write({ "count.yaml": COUNT.replace("gear: counter", "gear: counter2") })
    const gear = await fixture.run(["count"])
    assert.match(told(gear.runs[0])[0] ?? "", /gear counter@\S+ became counter2@/)
    await fixture.write({ "count.yaml": COUNT.replace("gear: counter", "gear: counter2\nsalt: x") })
    const salt = await fixture.run(["count"])
    assert.match(told(salt.runs[0])[0] ?? "", /run complete: the salt changed$/)
    await fixture.write({
      "count.yaml": COUNT.replace("gear: counter", "gear: counter2\nsalt: x\nreprocess: every_job"),
    })
    const all = await fixture.run(["count"])
    assert.deepEqual(all.runs[0]?.counts?.run, 2)
  }))

const REPORT = `pipeline: 1
name: report
gear: reporter
input: { pipeline: count, to: data, glob: "/(*)/out" }
place: "\${count.1}-"
`

test("a change ripples through with one id, and stops where nothing changed", () =>
  inFixture({ ...SCANS, "report.yaml": REPORT }, async (fixture) => {
    const first = await fixture.run(["report", "count"])
    assert.deepEqual(
      first.runs.map(({ pipeline, state, commit }) => [pipeline, state, commit?.id === first.id]),
      [
        ["count", "complete", true],
        ["report", "complete", true],
      ],
    )
    await fixture.write({ "scans/s1/t1.nii": "changed" })
    const second = await fixture.run(["count", "report"])
    assert.deepEqual(told(second.runs[1]), [
      "s1/out run complete: count has other content in s1/out",
      "s2/out kept complete: nothing changed since commit 1",
    ])
    assert.deepEqual(
      second.runs.map(({ commit }) => commit?.id),
      [second.id, second.id],
    )
    const [, report] = (await fixture.run(["count", "report"])).runs
    assert.equal(report?.state, "unchanged")
  }))

test("an output that came out the same stops the ripple", () =>
  inFixture(
    { ...SCANS, "report.yaml": REPORT },
    async (fixture) => {
      await fixture.run(["count", "report"])
      await fixture.write({ "scans/s1/t1.nii": "changed" })
      const { runs } = await fixture.run(["count", "report"])
      assert.deepEqual(
        runs.map(({ state }) => state),
        ["complete", "unchanged"],
      )
    },
    { end: () => ({ outputs: { out: "always the same" } }) },
  ))

test("what is kept and stored no more is made again; what was freed, only where another pipeline reads it", () =>
  inFixture({ ...SCANS, "report.yaml": REPORT }, async (fixture) => {
    const { stored, freed } = fixture.jobs
    const first = await fixture.run(["count"])
    const [one, two] = (first.runs[0]?.datums ?? []).map(({ outputs }) => outputs[0]?.digest)
    assert.ok(one !== undefined && two !== undefined)
    stored.delete(one)
    freed.add(one)
    assert.equal((await fixture.run(["count"])).runs[0]?.state, "unchanged")
    const read = await fixture.run(["count", "report"])
    assert.match(told(read.runs[0])[0] ?? "", /^s1 run complete: its output out was freed, and "report" reads it/)
    assert.equal(told(read.runs[0])[1], "s2 kept complete: nothing changed since commit 1")
    assert.equal(read.runs[1]?.state, "complete")
    assert.deepEqual(fixture.jobs.missed, [])
    stored.delete(two)
    const lost = await fixture.run(["count"])
    assert.match(told(lost.runs[0])[1] ?? "", /^s2 run complete: its output out is stored no more/)
    assert.ok(stored.has(two))
  }))

/** Fails for orders that read a file whose text says so. */
function failingOn(names: readonly string[]): { end: (order: Parameters<typeof namesOf>[0]) => FakeEnd } {
  return {
    end: (order) =>
      namesOf(order).some((name) => names.some((bad) => name.includes(bad))) && order.gear.manifest.name !== "fixer"
        ? { failure: { reason: "NONZERO_EXIT", message: "The gear ended with 3" }, exit: { code: 3 } }
        : { outputs: { out: JSON.stringify(namesOf(order)) } },
  }
}

test("a failed datum leaves the rest, the commit says so, and what reads of it is not run", () =>
  inFixture(
    { ...SCANS, "report.yaml": REPORT },
    async (fixture) => {
      const { runs } = await fixture.run(["count", "report"])
      assert.deepEqual(
        runs.map(({ state, because }) => [state, because]),
        [
          ["failed", undefined],
          ["not-run", 'it reads of "count", which has failed datums'],
        ],
      )
      assert.equal(runs[0]?.datums[1]?.problem, "The gear ended with 3")
      assert.deepEqual(runs[0]?.commit?.origin.kind === "pipeline" && runs[0].commit.origin.counts.failed, 1)
      const again = await fixture.run(["count", "report"], { keepGoing: true })
      assert.deepEqual(told(again.runs[0]), [
        "s1 kept complete: nothing changed since commit 1",
        "s2 run failed: it failed in commit 1",
      ])
      assert.deepEqual(told(again.runs[1]), ["s1/out run complete: the pipeline has never run"])
    },
    failingOn(["bold"]),
  ))

test("a failed datum is tried as often as asked, accepted by its exit code, dropped, or recovered by a gear", () =>
  inFixture(
    SCANS,
    async (fixture) => {
      const state = async (more: string, options = {}): Promise<unknown> => {
        await fixture.write({ "count.yaml": `${COUNT}${more}\n` })
        const { runs } = await fixture.run(["count"], options)
        const datum = runs[0]?.datums[1]
        return [datum?.how, datum?.state, datum?.tries, datum?.outputs.length]
      }
      assert.deepEqual(await state("tries: 3"), ["run", "failed", 3, 0])
      assert.deepEqual(await state("recover: drop"), ["run", "recovered", 1, 0])
      assert.deepEqual(await state("recover: { gear: fixer }"), ["kept", "recovered", 1, 0])
      assert.deepEqual(await state("recover: { gear: counter }", { retryRecovered: true }), ["run", "failed", 1, 0])
      assert.deepEqual(await state("recover: { gear: fixer }"), ["run", "recovered", 1, 0])
      assert.deepEqual(await state("acceptExitCodes: [3]", { all: true }), ["run", "complete", 1, 0])
      await state("recover: drop\nsalt: x")
      const accepted = await state("acceptExitCodes: [3]\nsalt: x", { retryRecovered: true })
      assert.deepEqual(accepted, ["reused", "complete", undefined, 0])
    },
    failingOn(["bold"]),
  ))

test("two datums that give one path are refused by both names, and nothing is committed", () =>
  inFixture({ ...SCANS, "count.yaml": COUNT.replace(/place.*\n/, "") }, async (fixture) => {
    await assert.rejects(fixture.run(["count"]), (error) => {
      assert.ok(isGeartrainError(error, "PIPELINE_OUTPUTS_COLLIDE"), String(error))
      assert.match(error.message, /datum "scans:\/s1" and datum "scans:\/s2" both give "out"/)
      return true
    })
    assert.equal(await fixture.store.newest({ kind: "outputs", name: "count" }), undefined)
    await fixture.write({ "count.yaml": COUNT })
    const { runs } = await fixture.run(["count"])
    assert.deepEqual(runs[0]?.counts?.reused, 2)
  }))

test("a run that is cut short goes on in the next, and nothing is done twice", () =>
  inFixture(SCANS, async (fixture) => {
    const cut = new AbortController()
    const onDone = () => cut.abort(new Error("cut"))
    await assert.rejects(fixture.run(["count"], { signal: cut.signal, onDone, parallel: 1 }), /cut/)
    const { runs } = await fixture.run(["count"])
    assert.deepEqual(
      told(runs[0]).map((line) => line.split(" ")[1]),
      ["reused", "run"],
    )
    assert.equal(fixture.jobs.started.length, 2)
  }))

test("files are where each kind of input has them, and reference and empty files do not count by content", () =>
  inFixture(
    {
      "in/a/x.txt": "1",
      "in/b/x.txt": "2",
      "ref/atlas.nii": "atlas",
      "mix.yaml": `pipeline: 1
name: mix
gear: g
input:
  cross:
    - { folder: ./in, to: data, glob: "/(*)" }
    - { folder: ./ref, to: scan, glob: "/*.nii", reference: true }
    - { folder: ./in, name: names, to: many, glob: "/a/*", emptyFiles: true }
place: "\${in.1}/"
`,
    },
    async (fixture) => {
      const { runs } = await fixture.run(["mix"])
      const [first] = runs[0]?.datums ?? []
      assert.deepEqual(JSON.parse(fixture.jobs.stored.get(first?.outputs[0]?.digest ?? "sha256:") ?? "null"), [
        "data/in/a/x.txt",
        "many/x.txt",
        "scan",
      ])
      await fixture.write({ "ref/atlas.nii": "another", "in/a/x.txt": "3" })
      const again = await fixture.run(["mix"])
      assert.deepEqual(told(again.runs[0]), [
        "a+atlas.nii+a/x.txt run complete: in has other content in a/x.txt",
        "b+atlas.nii+a/x.txt kept complete: nothing changed since commit 1",
      ])
    },
    failingOn([]),
  ))

test("what cannot be a datum of the gear is refused before anything runs", () =>
  inFixture({ ...SCANS, "count.yaml": COUNT.replace("to: data", "to: scan") }, async (fixture) => {
    await assert.rejects(
      fixture.run(["count"]),
      (error) =>
        isGeartrainError(error, "PIPELINE_DATUM_UNFIT") && /"scan" takes one file, and "\/s2"/.test(error.message),
    )
    await fixture.write({
      "count.yaml": COUNT.replace("to: data", "to: many")
        .replace('"/*"', '"/"')
        .replace(/place.*\n/, ""),
    })
    await assert.rejects(
      fixture.run(["count"]),
      (error) =>
        isGeartrainError(error, "PIPELINE_DATUM_UNFIT") && /two files would be "many\/t1.nii"/.test(error.message),
    )
    assert.deepEqual(fixture.jobs.started, [])
  }))

test("a glob that fits nothing is said", () =>
  inFixture({ ...SCANS, "count.yaml": COUNT.replace('"/*"', '"/*.txt"') }, async (fixture) => {
    const { runs } = await fixture.run(["count"])
    assert.deepEqual(runs[0]?.warnings, ['glob "/*.txt" fits nothing in "scans", which has 3 files'])
    assert.equal(runs[0]?.counts?.total, 0)
  }))

test("links are followed within a folder, and refused where they lead out of it", () =>
  inFixture(SCANS, async (fixture) => {
    await symlink("../s1/t1.nii", join(fixture.folder, "scans/s2/link.nii"))
    assert.equal((await fixture.run(["count"])).runs[0]?.state, "complete")
    for (const target of ["/etc/hostname", "nowhere", "../s1"]) {
      await symlink(target, join(fixture.folder, "scans/s2/out"))
      await assert.rejects(fixture.run(["count"]), (error) => isGeartrainError(error, "PIPELINE_FOLDER_UNFIT"))
      await fixture.remove("scans/s2/out")
    }
  }))

test("a pipeline that never ran, a circle, two of one name and a damaged commit are told", () =>
  inFixture({ ...SCANS, "report.yaml": REPORT, "twin.yaml": COUNT }, async (fixture) => {
    await assert.rejects(fixture.run(["report"]), (error) => isGeartrainError(error, "PIPELINE_NOT_FOUND"))
    await assert.rejects(fixture.run(["count", "twin"]), /both are called "count"/)
    const circle = COUNT.replace("folder: ./scans,", "pipeline: report, name: scans,")
    await fixture.write({ "circle.yaml": circle })
    await assert.rejects(fixture.run(["report", "circle"]), /report → count → report/)
    await fixture.run(["count"])
    await fixture.write({ "home/outputs/count/000001.jsonl": '{"format":"geartrain-commit/2"}\n' })
    await assert.rejects(fixture.run(["count"]), (error) => isGeartrainError(error, "PIPELINE_RECORD_UNREADABLE"))
  }))

test("two at once on one pipeline are refused", () =>
  inFixture(SCANS, async (fixture) => {
    const held = await fixture.store.hold({ kind: "outputs", name: "count" })
    try {
      await assert.rejects(fixture.run(["count"]), (error) => isGeartrainError(error, "FOLDER_IN_USE"))
    } finally {
      held.release()
    }
    assert.equal((await fixture.run(["count"])).runs[0]?.state, "complete")
  }))

test("a document's faults are told together, each with its line", () =>
  inFixture(
    {
      "bad.yaml": `pipeline: 1
name: bad
gear: g
config: { thread: 1 }
input:
  join:
    - { folder: ./a, to: scam, glob: "/(*" }
    - { folder: ./b, glob: "/(*)", joinOn: "$2", groupBy: "$1" }
    - { folder: ./c, pipeline: x, glob: "/*" }
resources: { memory: lots, gpu: 1 }
place: "../x"
`,
    },
    async (fixture) => {
      await assert.rejects(fixture.read("none"), {
        code: "PIPELINE_NOT_FOUND",
        message: /none\.yaml": there is no such file/,
      })
      await assert.rejects(fixture.read("bad"), (error) => {
        assert.ok(isGeartrainError(error, "PIPELINE_INVALID"), String(error))
        assert.match(error.message, /7:\d+ \/input\/join\/0\/glob: at 2, it has a \( without \)/)
        assert.match(error.message, /8:\d+ .*joinOn: it has \$2, and the glob has 1 groups; write \$1 to \$1/)
        assert.match(error.message, /"groupBy" is for inputs of a group/)
        assert.match(error.message, /9:\d+ .*: it has folder and pipeline/)
        assert.match(error.message, /"lots" is no size/)
        assert.match(error.message, /resources\/gpu: no provider offers graphics processors to gears here/)
        return true
      })
      await fixture.write({
        "bad.yaml":
          'pipeline: 1\nname: bad\ngear: g\nconfig: { thread: 1 }\ninput: { folder: ./a, to: scam, glob: "/*" }\n',
      })
      await assert.rejects(
        fixture.read("bad"),
        /no file input "scam"; say which takes "a": to: scan[\s\S]*rename it to "threads"/,
      )
    },
  ))
