import assert from "node:assert/strict"
import { test } from "node:test"
import { GeartrainError } from "@geartrain/spec"
import type { ListedPlace, PipelineArchives } from "../../../src/workflows/pipelines/archive/pipeline-archives.ts"
import type { TreeFile } from "../../../src/workflows/pipelines/folders/commit.ts"
import type { PipelineRun } from "../../../src/workflows/pipelines/run/run-pipelines.ts"
import { digestOfText } from "../fake-jobs.ts"
import { idAt } from "./fake-archive.ts"
import { openPipelineFixture, type PipelineFixture } from "./pipeline-fixture.ts"

const SERVER = "https://gear.example"

/** An archive in memory. What was brought is written down. */
class Archive implements PipelineArchives {
  files: readonly TreeFile[] = []
  readonly brought: string[] = []
  readonly gone = new Set<string>()
  isAway = false

  /** @param texts  By path. Another text is another version. */
  hold(texts: Readonly<Record<string, string>>, type?: string): void {
    this.files = Object.entries(texts).map(([path, text], index) => ({
      ...{ path, digest: digestOfText(text), sizeBytes: text.length, archive: { file: idAt(index), version: 1 } },
      ...(type === undefined ? {} : { type }),
    }))
  }

  async addressOf(): Promise<string> {
    return SERVER
  }

  async list(): Promise<ListedPlace> {
    return { id: idAt(99), files: this.files }
  }

  async bring(_: string, files: readonly TreeFile[]): Promise<void> {
    for (const { path } of files) {
      if (this.isAway) throw new GeartrainError("SERVER_UNREACHABLE", "away")
      if (this.gone.has(path)) throw new GeartrainError("ARCHIVE_FILE_NOT_FOUND", `"${path}" was removed`)
      this.brought.push(path)
    }
  }
}

const PIPELINE = `pipeline: 1
name: count
gear: counter
input: { archive: { place: lab/study }, to: scan, glob: "/*/*.nii" }
place: "\${study}/"
`

async function inFixture(act: (fixture: PipelineFixture, archive: Archive) => Promise<void>, text = PIPELINE) {
  const fixture = await openPipelineFixture()
  try {
    await fixture.write({ "count.yaml": text })
    await act(fixture, new Archive())
  } finally {
    await fixture.end()
  }
}

function told(run: PipelineRun | undefined): readonly string[] {
  return (run?.datums ?? []).map(({ parts, how, state, why }) => `${parts[0]?.path} ${how} ${state}: ${why}`)
}

test("only files of datums that have to run are brought, and each change is told", () =>
  inFixture(async (fixture, archives) => {
    archives.hold({ "s1/a.nii": "one", "s1/notes.md": "notes", "s2/a.nii": "two" })
    const first = await fixture.run(["count"], { archives })
    assert.deepEqual(archives.brought.sort(), ["s1/a.nii", "s2/a.nii"])
    const origin = first.runs[0]?.commit?.origin
    assert.equal(origin?.kind === "pipeline" && origin.inputs[0]?.id, first.id)
    archives.hold({ "s1/a.nii": "one", "s1/notes.md": "notes", "s2/a.nii": "three" })
    const second = await fixture.run(["count"], { archives })
    assert.deepEqual(told(second.runs[0]), [
      "s1/a.nii kept complete: nothing changed since commit 1",
      "s2/a.nii run complete: study has other content in s2/a.nii",
    ])
    assert.deepEqual(archives.brought.slice(2), ["s2/a.nii"])
    archives.hold({ "s1/a.nii": "one" })
    assert.equal((await fixture.run(["count"], { archives })).runs[0]?.counts?.removed, 1)
    assert.equal((await fixture.run(["count"], { archives })).runs[0]?.state, "unchanged")
    const [name = ""] = await fixture.store.names("folders")
    assert.equal((await fixture.store.numbers({ kind: "folders", name })).length, 3)
  }))

test("another type on the server is another datum's key: the gear is told of it", () =>
  inFixture(async (fixture, archives) => {
    archives.hold({ "s1/a.nii": "one" }, "nifti")
    await fixture.run(["count"], { archives })
    archives.hold({ "s1/a.nii": "one" }, "dicom")
    const { runs } = await fixture.run(["count"], { archives })
    assert.equal(runs[0]?.counts?.kept, 0)
  }))

test("a file that went since it was listed fails its datum alone; a server that is away ends the run", () =>
  inFixture(async (fixture, archives) => {
    archives.hold({ "s1/a.nii": "one", "s2/a.nii": "two" })
    archives.gone.add("s1/a.nii")
    const { runs } = await fixture.run(["count"], { archives })
    assert.deepEqual(
      runs[0]?.datums.map(({ state, problem }) => [state, problem]),
      [
        ["failed", '"s1/a.nii" was removed'],
        ["complete", undefined],
      ],
    )
    archives.isAway = true
    await assert.rejects(fixture.run(["count"], { archives }), { code: "SERVER_UNREACHABLE" })
    const numbers = await fixture.store.numbers({ kind: "outputs", name: "count" })
    assert.deepEqual(numbers, [1], "nothing is committed without its bytes")
  }))

test("an input that reads of a folder, then of an archive, then of a pipeline keeps what is the same", () =>
  inFixture(async (fixture, archives) => {
    const read = async (input: string): Promise<readonly string[]> => {
      await fixture.write({ "count.yaml": PIPELINE.replace("archive: { place: lab/study }", `name: study, ${input}`) })
      return told((await fixture.run(["count"], { archives })).runs[0])
    }
    await fixture.write({ "data/s1/a.nii": "one", "data/s2/a.nii": "two" })
    assert.equal((await read("folder: ./data")).length, 2)
    archives.hold({ "s1/a.nii": "one", "s2/a.nii": "other" })
    assert.deepEqual(await read("archive: { place: lab/study }"), [
      "s1/a.nii kept complete: nothing changed since commit 1",
      "s2/a.nii run complete: study has other content in s2/a.nii",
    ])
    const first = 'pipeline: 1\nname: first\ngear: copy\ninput: { folder: ./data, to: scan, glob: "/*/*" }\n'
    await fixture.write({ "first.yaml": first.concat(`place: "\${data}/"\n`) })
    await fixture.run(["first"], { archives })
    assert.deepEqual(await read("pipeline: first"), [
      "s1/a.nii run complete: study has a new file, s1/a.nii/out",
      "s2/a.nii run complete: study has a new file, s2/a.nii/out",
    ])
    const back = await read("folder: ./data")
    assert.match(back[0] ?? "", /^s1\/a\.nii reused complete: study has a new file, s1\/a\.nii;/)
  }))

test("a file that a gear knows by its name alone stays where it is", () =>
  inFixture(
    async (fixture, archives) => {
      archives.hold({ "s1/a.nii": "one" })
      assert.equal((await fixture.run(["count"], { archives })).runs[0]?.state, "complete")
      assert.deepEqual(archives.brought, [])
    },
    PIPELINE.replace("to: scan,", "to: scan, emptyFiles: true,"),
  ))
