import assert from "node:assert/strict"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { HOSTILE, hasControls, type ToldOptions, told } from "../../../../test/cli/told.ts"
import { digest } from "../../../../test/stores/records/sample-records.ts"
import { openEngine } from "../../../compose/open-engine.ts"
import { openCommits } from "../../../compose/pipelines/open-pipelines.ts"
import { readSettings } from "../../../settings/read-settings.ts"
import type { DatumRecord } from "../../../workflows/pipelines/datums/datum-record.ts"
import { COMMIT_FORMAT, type Commit } from "../../../workflows/pipelines/folders/commit.ts"
import { outputOf, versionedFolder } from "../../../workflows/pipelines/folders/commit-store.ts"
import type { Command } from "../../command.ts"
import { pipelineCheckCommand } from "./pipeline-check.ts"
import { pipelineDatumsCommand } from "./pipeline-datums.ts"
import { pipelineGetCommand } from "./pipeline-get.ts"
import { pipelineImportCommand } from "./pipeline-import.ts"
import { pipelineLsCommand } from "./pipeline-ls.ts"
import { pipelineRunCommand } from "./pipeline-run.ts"
import { pipelineShowCommand } from "./pipeline-show.ts"

async function home(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "geartrain-kept-pipelines-"))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const env = { HOME: folder, GEARTRAIN_HOME: join(folder, "gears"), XDG_CACHE_HOME: join(folder, "cache") }
  const settings = readSettings(env)
  await (await openEngine(settings, { write: true })).close()
  const tell = (command: Command, args: readonly string[], options: ToldOptions = {}) =>
    told(command, args, { env, ...options })
  return { folder, tell, store: openCommits(settings) }
}

const COUNTS = { total: 60, kept: 0, reused: 0, run: 59, failed: 1, recovered: 0, removed: 0 }
const commit = (number: number, of: string, more: object = {}): Commit =>
  ({
    ...{ format: COMMIT_FORMAT, id: "ab".repeat(12), number, of, created: "2026-01-01T00:00:00.000Z" },
    ...{ digest: digest(1), fileCount: 2, sizeBytes: 2048 },
    origin: {
      ...{
        kind: "pipeline",
        pipeline: of,
        gear: { id: digest(2), name: HOSTILE, version: "1" },
        config: { k: HOSTILE },
      },
      ...{ inputs: [{ name: "scans", of: "scans-12345678", number: 3, id: "cd".repeat(12) }], counts: COUNTS },
    },
    ...more,
  }) as unknown as Commit

const datum = (number: number, more: object = {}): DatumRecord =>
  ({
    ...{ id: digest(number), key: digest(number), place: "", state: "complete", how: "run", why: "it is new" },
    parts: [{ input: "scans", to: "in", path: `/d${number}`, files: [] }],
    outputs: [{ path: `out-${number}`, digest: digest(number), sizeBytes: 1024 }],
    ...more,
  }) as unknown as DatumRecord

const SCANS = versionedFolder("/data/scans")

async function withCommits(context: TestContext) {
  const kept = await home(context)
  const datums = Array.from({ length: 60 }, (_, at) => datum(at + 1))
  const failed = { state: "failed", problem: HOSTILE, outputs: [] }
  await kept.store.write(outputOf("count"), commit(1, "count"), [])
  await kept.store.write(outputOf("count"), commit(2, "count"), [datum(0, failed), ...datums.slice(1)])
  const origin = { kind: "folder", path: `/data/${HOSTILE}` }
  const files = [{ path: HOSTILE, digest: digest(9), sizeBytes: 10, archive: { file: "f", version: 7 } }]
  await kept.store.write(SCANS, commit(1, SCANS.name, { origin }), files)
  return kept
}

test("pipelines come before what they read, each with its newest commit and how many datums failed", async (context) => {
  const { tell } = await withCommits(context)
  const { out } = await tell(pipelineLsCommand, [])
  const rows = out
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split(/ {2,}/))
  assert.deepEqual(
    rows.map(([name, , number]) => [name, number]),
    [
      ["count", "2"],
      [SCANS.name, "1"],
    ],
  )
  assert.match(rows[0]?.[1] ?? "", /@1, 1 failed$/)
  assert.ok(!hasControls(out))
  assert.equal((await tell(pipelineLsCommand, [], { json: true })).out.trimEnd().split("\n").length, 2)
  const none = await (await home(context)).tell(pipelineLsCommand, [])
  assert.deepEqual([none.out, none.err], ["", "No pipeline has run here\n→ gear pipeline run pipeline.yaml\n"])
})

test("of a commit the datums are told up to a bound, or its files; programs are told all", async (context) => {
  const { tell } = await withCommits(context)
  const { out, err, result } = await tell(pipelineShowCommand, ["count"])
  assert.match(out, /^commit 2 of count, 2 files, 2 KiB\n/)
  assert.match(out, /\nfrom {2}scans: commit 3 of scans-12345678 {2}(cd){12}\n60 datums: 59 run, 1 failed\n/)
  assert.equal(out.match(/^(run|failed) /gm)?.length, 50)
  assert.equal(err, "… and 10 datums more: --json has all of them\n")
  assert.equal(Object(result.data).datums.length, 60)
  assert.ok(!hasControls(out))
  const files = await tell(pipelineShowCommand, ["count", "--files"])
  assert.equal(files.out.match(/^sha256:[0-9a-f]{64} +1 KiB {2}out-\d+$/gm)?.length, 59)
  const empty = await tell(pipelineShowCommand, ["count", "--commit", "1"])
  assert.equal(Object(empty.result.data).number, 1)
})

test("of what a pipeline reads the files are listed, with their versions in the archive", async (context) => {
  const { tell } = await withCommits(context)
  const { out } = await tell(pipelineShowCommand, ["/data/scans"])
  assert.match(out, /^from {2}\/data\/a\\x1b/m)
  assert.match(out, /^sha256:0+9 +10 B {2}a\\x1b[^\n]* {2}version 7$/m)
  assert.ok(!hasControls(out))
})

test("what pipelines read is not got, for it lies where it is; nor bytes that are not stored", async (context) => {
  const { folder, tell } = await withCommits(context)
  await assert.rejects(tell(pipelineGetCommand, ["/data/scans"]), {
    code: "PIPELINE_NOT_FOUND",
    message: /lie where they are$/,
  })
  await assert.rejects(tell(pipelineGetCommand, ["count", "--commit", "9"]), { code: "PIPELINE_NOT_FOUND" })
  const to = join(folder, "out")
  const empty = await tell(pipelineGetCommand, ["count", "--commit", "1", "-o", to])
  assert.deepEqual(Object(empty.result.data).files, [])
  await assert.rejects(tell(pipelineGetCommand, ["count", "-o", to]), { code: "BLOB_NOT_FOUND" })
})

const SPEC = JSON.stringify({
  pipeline: { name: "edges" },
  transform: { image: "x", cmd: ["python3", "edges.py"] },
  input: { pfs: { repo: "images", glob: "/*" } },
  spout: {},
})

test("a pipeline of another system is written as one of ours, and what has no counterpart is told", async (context) => {
  const { folder, tell } = await home(context)
  const spec = join(folder, "edges.json")
  writeFileSync(spec, SPEC)
  const { out, err } = await tell(pipelineImportCommand, [spec, "--gear", "edges@1", "--folders", "/data/*"])
  assert.match(out, /edges@1/)
  assert.match(out, /\/data\/images/)
  assert.match(err, /^warning spout is left out: gears end; a spout does not$/m)
  const file = join(folder, "edges.yaml")
  await tell(pipelineImportCommand, [spec, "--gear", "edges@1", "--folders", "/data/*", "-o", file])
  assert.equal(readFileSync(file, "utf8"), out)
  await assert.rejects(tell(pipelineImportCommand, [spec, "--gear", "other", "-o", file]), {
    code: "USAGE",
    message: /there already$/,
  })
  assert.equal(readFileSync(file, "utf8"), out)
  await assert.rejects(tell(pipelineImportCommand, [spec]), { code: "USAGE", message: /without --gear/ })
})

test("a pipeline that is none is not checked or looked at, and what may run at a time is a count", async (context) => {
  const { folder, tell } = await home(context)
  const file = join(folder, "pipeline.yaml")
  writeFileSync(file, "pipeline: 1\nnmae: x\n")
  for (const command of [pipelineCheckCommand, pipelineDatumsCommand]) {
    await assert.rejects(
      tell(command, [file]),
      { code: "PIPELINE_INVALID", message: /pipeline\.yaml:2:\d+ / },
      command.name,
    )
    await assert.rejects(tell(command, [join(folder, "none.yaml")]), { code: "PIPELINE_NOT_FOUND" }, command.name)
  }
  for (const jobs of ["0", "1.5", "all", ""])
    await assert.rejects(tell(pipelineRunCommand, [file, `--jobs=${jobs}`]), { code: "USAGE" }, jobs)
})
