import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { type TestContext, test } from "node:test"
import { memoryBlobStore } from "@geartrain/ports/fakes"
import { givenOf, hasControls } from "../../../test/cli/told.ts"
import { gear, job } from "../../../test/stores/records/sample-records.ts"
import { readArchive } from "../../archive/hierarchy/read-archive.ts"
import type { EnginePorts } from "../../engine/engine-ports.ts"
import type { JobRequest } from "../../engine/job-request.ts"
import { createPaint } from "../output/paint.ts"
import { HIERARCHY_FLAGS, hierarchyFile } from "./hierarchy-flags.ts"
import { keepMetadata } from "./keep-metadata.ts"
import { metadataReport } from "./metadata-report.ts"
import { changesData, planMetadata } from "./plan-metadata.ts"
import { useHierarchy } from "./use-hierarchy.ts"

const DOCUMENT = `# Kept by hand
project:
  label: Memory
  info: { context: { matlab_license_code: CODE } }
  subjects:
    - label: sub-01
      files: [scans/ref.nii]
      sessions:
        - label: ses-01
          info: { age: 30 }
          acquisitions:
            - label: T1w
              files:
                - { path: scans/t1.nii, modality: MR }
`

function home(context: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), "geartrain-hierarchy-"))
  context.after(() => rmSync(made, { recursive: true, force: true }))
  const folder = join(made, "archive")
  mkdirSync(folder)
  mkdirSync(join(folder, "scans"))
  writeFileSync(join(folder, "scans/t1.nii"), "1")
  writeFileSync(join(folder, "project.yaml"), DOCUMENT)
  return folder
}

const sample = gear(1)
const GEAR = {
  ...sample,
  manifest: {
    ...sample.manifest,
    inputs: { mask: { base: "file" }, scan: { base: "file" }, matlab_license_code: { base: "context" } },
  },
} as unknown as JobRequest["gear"]

const request = (more: Partial<JobRequest> = {}): JobRequest => ({ gear: GEAR, config: {}, files: {}, ...more })
const given = (...args: readonly string[]) => givenOf(HIERARCHY_FLAGS, args)

test("flags that need a hierarchy are refused without one, and none of them is needed", () => {
  assert.equal(hierarchyFile(given()), undefined)
  assert.equal(hierarchyFile(given("--hierarchy", "p.yaml", "--apply")), "p.yaml")
  for (const args of [["--apply"], ["--destination", "Memory"]])
    assert.throws(() => hierarchyFile(given(...args)), {
      ...{ code: "USAGE", message: `Cannot take ${args[0]}: there is no hierarchy to look in` },
    })
})

test("without a hierarchy a request is as it was", async () => {
  const asked = request({ files: { scan: "x" } })
  assert.deepEqual(await useHierarchy(asked, given()), { request: asked })
})

test("an input of the hierarchy comes with what is known of it, and the job runs for where it lies", async (context) => {
  const folder = home(context)
  writeFileSync(join(folder, "other.nii"), "2")
  const files = { mask: join(folder, "other.nii"), scan: join(folder, "scans/t1.nii") }
  const placed = await useHierarchy(
    request({ files, fileObjects: { scan: { modality: "CT" } } }),
    given("--hierarchy", join(folder, "project.yaml")),
  )
  const { request: asked, work } = placed
  assert.equal(work?.destination.path.split("/").at(-1), "T1w")
  assert.deepEqual(asked.destination, { type: "acquisition", id: work?.destination.id })
  assert.deepEqual(asked.filePlaces, { scan: asked.destination })
  assert.equal(asked.fileNames?.["scan"], "t1.nii")
  // What the user says of a file counts more than what the hierarchy knows.
  assert.equal(asked.fileObjects?.["scan"]?.["modality"], "CT")
  assert.equal(asked.files["mask"], files.mask)
  assert.equal(work?.apply, false)
})

test("of several inputs the first by the manifest says where the job runs, in whatever order they were typed", async (context) => {
  const file = join(home(context), "project.yaml")
  const [scan, mask] = ["Memory/sub-01/ses-01/T1w/t1.nii", "Memory/sub-01/ref.nii"]
  for (const files of [
    { scan, mask },
    { mask, scan },
  ]) {
    const { work } = await useHierarchy(request({ files }), given("--hierarchy", file))
    assert.equal(work?.destination.level, "subject")
  }
})

test("a destination that is named counts most, then that of a config.json, and the project last", async (context) => {
  const file = join(home(context), "project.yaml")
  const destination = async (asked: Partial<JobRequest>, ...args: readonly string[]) =>
    (await useHierarchy(request(asked), given("--hierarchy", file, ...args))).work?.destination
  assert.equal((await destination({}))?.level, "project")
  const session = await destination({}, "--destination", "Memory/sub-01/ses-01", "--apply")
  assert.equal(session?.level, "session")
  const told = { destination: { type: "session", id: session?.id ?? "" } } as const
  const scan = { files: { scan: "Memory/sub-01/ses-01/T1w/t1.nii" } }
  assert.equal((await destination({ ...told, ...scan }))?.level, "session")
  assert.equal((await destination({ ...told, ...scan }, "--destination", "Memory/sub-01"))?.level, "subject")
  assert.equal(
    (await destination({ ...scan, destination: { type: "session", id: "f".repeat(24) } }))?.level,
    "acquisition",
  )
  await assert.rejects(destination({}, "--destination", "Memory/sub-02"), { code: "PLACE_NOT_FOUND" })
})

test("a context is looked up from the destination upwards, unless the user gives it", async (context) => {
  const args = ["--hierarchy", join(home(context), "project.yaml"), "--destination", "Memory/sub-01/ses-01"]
  const found = await useHierarchy(request(), given(...args))
  assert.deepEqual(found.request.contexts, { matlab_license_code: "CODE" })
  const own = await useHierarchy(request({ contexts: { matlab_license_code: "OWN" } }), given(...args))
  assert.deepEqual(own.request.contexts, { matlab_license_code: "OWN" })
})

/** A job that put these files out, and said this of its surroundings. */
async function ended(said: object | string | undefined, outputs: readonly string[] = []) {
  const blobs = memoryBlobStore()
  const paths = said === undefined ? outputs : [...outputs, ".metadata.json"]
  const stored = []
  for (const path of paths) {
    const text = path !== ".metadata.json" ? path : typeof said === "string" ? said : JSON.stringify(said)
    const bytes = async function* () {
      yield Buffer.from(text)
    }
    const { digest, sizeBytes } = await blobs.put(bytes())
    stored.push({ path, digest, sizeBytes, ...(path.endsWith(".nii") ? { type: "nifti" } : {}) })
  }
  return {
    record: job(1, { state: "complete", outputs: stored }),
    ports: { blobs: blobs as unknown as EnginePorts["blobs"] },
  }
}

async function workIn(folder: string, apply = true) {
  const archive = await readArchive(join(folder, "project.yaml"))
  const destination = archive.hierarchy.places.find(({ level }) => level === "acquisition") ?? assert.fail()
  return { archive, destination, apply }
}

const SAID = {
  session: { info: { age: 31, weight: 70 } },
  acquisition: { files: [{ name: "mask.nii", info: { snr: 2 } }] },
}

test("without a hierarchy everything that the job said is told, place by place", async () => {
  const { record, ports } = await ended(SAID, ["mask.nii"])
  const { isThere, changes, notes } = await planMetadata(record, ports, undefined)
  assert.deepEqual([isThere, notes], [true, []])
  assert.deepEqual(
    changesData(changes)
      .map(({ place, file, field, after }) => [place, file, field, after])
      .toSorted(),
    [
      ["the acquisition", "mask.nii", ["info", "snr"], 2],
      ["the session", undefined, ["info", "age"], 31],
      ["the session", undefined, ["info", "weight"], 70],
    ],
  )
  const silent = await ended(undefined, ["a"])
  const planned = await planMetadata(silent.record, silent.ports, undefined)
  assert.deepEqual([planned.isThere, planned.changes], [false, []])
})

test("outputs that platforms do not keep are told of: those in folders, and more than a hundred", async (context) => {
  const work = await workIn(home(context))
  const notesOf = async (outputs: readonly string[]) => {
    const { record, ports } = await ended(undefined, outputs)
    return (await planMetadata(record, ports, work)).notes
  }
  const many = (count: number) => Array.from({ length: count }, (_, at) => `f${at}`)
  assert.deepEqual(await notesOf(many(100)), [])
  assert.deepEqual(await notesOf([...many(101), "a/b", "a/c"]), [
    "2 outputs lie in sub-folders, which platforms do not keep: zip them",
    "101 outputs are more than the 100 that platforms keep",
  ])
})

test("what is missing is written, what a curator wrote stays, and so do comments", async (context) => {
  const folder = home(context)
  const work = await workIn(folder)
  const { record, ports } = await ended(SAID, ["mask.nii"])
  writeFileSync(join(folder, "scans/mask.nii"), "m")
  const planned = await planMetadata(record, ports, work)
  assert.deepEqual(await keepMetadata(work, planned, join(folder, "scans")), { isWritten: true, notes: [] })
  const text = readFileSync(join(folder, "project.yaml"), "utf8")
  assert.ok(text.startsWith("# Kept by hand\n"))
  const again = await readArchive(join(folder, "project.yaml"))
  const session = again.hierarchy.places.find(({ level }) => level === "session")
  assert.deepEqual(session?.fields["info"], { age: 30, weight: 70 })
  const files = again.hierarchy.places.find(({ level }) => level === "acquisition")?.files
  assert.deepEqual(
    files?.map(({ path }) => path),
    ["scans/t1.nii", "scans/mask.nii"],
  )
})

test("outputs that the document cannot name are left out, and it is said why", async (context) => {
  const folder = home(context)
  const elsewhere = home(context)
  writeFileSync(join(elsewhere, "mask.nii"), "m")
  // What leads elsewhere by a link lies elsewhere.
  symlinkSync(elsewhere, join(folder, "results"))
  writeFileSync(join(dirname(folder), "mask.nii"), "m")
  const { record, ports } = await ended(undefined, ["mask.nii"])
  for (const [where, why] of [
    [undefined, "they lie in no folder"],
    [elsewhere, "they do not lie in or below the folder of"],
    [dirname(folder), "they do not lie in or below the folder of"],
    [join(folder, "results"), "they do not lie in or below the folder of"],
    [join(folder, "none"), "they do not lie in or below the folder of"],
  ] as const) {
    const work = await workIn(folder)
    const { notes } = await keepMetadata(work, await planMetadata(record, ports, work), where)
    assert.equal(notes.length, 1, where)
    assert.ok(notes[0]?.startsWith(`1 output left out of the hierarchy, since ${why}`), notes[0])
  }
  assert.equal(readFileSync(join(folder, "project.yaml"), "utf8"), DOCUMENT)
})

test("what cannot be used is not written, nor what somebody changed meanwhile", async (context) => {
  const folder = home(context)
  const work = await workIn(folder)
  const broken = await ended("{")
  const faulty = await planMetadata(broken.record, broken.ports, work)
  await assert.rejects(keepMetadata(work, faulty, folder), { code: "METADATA_INVALID" })
  const { record, ports } = await ended(SAID)
  const planned = await planMetadata(record, ports, work)
  writeFileSync(join(folder, "project.yaml"), DOCUMENT.replace("age: 30", "age: 29"))
  await assert.rejects(keepMetadata(work, planned, folder), { code: "HIERARCHY_CHANGED" })
  assert.ok(readFileSync(join(folder, "project.yaml"), "utf8").includes("age: 29"))
})

const TELLING = { folder: undefined, paint: createPaint(false), id: (id: string) => id.slice(0, 12) }

test("a job that said nothing and ran in no hierarchy has no report", async () => {
  const { record, ports } = await ended(undefined, ["a"])
  assert.equal(await metadataReport(record, ports, { ...TELLING, work: undefined }), undefined)
})

test("a report ends with what to type to go on: look, or write it", async (context) => {
  const folder = home(context)
  const { record, ports } = await ended(SAID)
  const id = record.id.slice(0, 12)
  const lone = await metadataReport(record, ports, { ...TELLING, work: undefined })
  assert.equal(lone?.lines.at(-1), `What it would change in a hierarchy: gear metadata ${id} --hierarchy FILE`)
  assert.deepEqual([lone?.data["applied"], lone?.data["destination"]], [false, null])
  const looked = await metadataReport(record, ports, { ...TELLING, folder: "a b", work: await workIn(folder, false) })
  assert.match(
    looked?.lines.at(-1) ?? "",
    /^Nothing is written to .*project\.yaml yet: gear metadata .* -o 'a b' --apply$/,
  )
  assert.equal(readFileSync(join(folder, "project.yaml"), "utf8"), DOCUMENT)
  const written = await metadataReport(record, ports, { ...TELLING, work: await workIn(folder) })
  assert.equal(written?.lines.at(-1), `written to ${join(folder, "project.yaml")}`)
  assert.equal(written?.data["applied"], true)
})

test("faults keep everything from being written, and are an error where it was asked for alone", async (context) => {
  const folder = home(context)
  const { record, ports } = await ended('{"session": {"info": {"\\u001b[2J": 1}}, "session": {}}')
  const options = { ...TELLING, work: await workIn(folder) }
  const report = await metadataReport(record, ports, options)
  assert.match(report?.lines[0] ?? "", /^\.metadata\.json:1:\d+ /)
  assert.ok(report?.lines.every((line) => !hasControls(line)))
  assert.equal(report?.data["applied"], false)
  assert.equal(readFileSync(join(folder, "project.yaml"), "utf8"), DOCUMENT)
  await assert.rejects(metadataReport(record, ports, { ...options, strict: true }), { code: "METADATA_INVALID" })
})

test("a job that changes nothing is told to", async (context) => {
  const { record, ports } = await ended({ session: { info: { age: 31 } } })
  const report = await metadataReport(record, ports, { ...TELLING, work: await workIn(home(context)) })
  assert.equal(report?.lines.at(-1), "Nothing changes in the hierarchy")
  assert.equal(report?.data["applied"], false)
})
