import assert from "node:assert/strict"
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { findPlace, type MetadataChange, parseMetadata, planChanges } from "@geartrain/spec/archive"
import { sha256 } from "../../system/hash.ts"
import { type Archive, readArchive } from "./read-archive.ts"
import { writeArchive } from "./write-archive.ts"

const folder = await mkdtemp(join(tmpdir(), "geartrain-archive-"))
after(() => rm(folder, { recursive: true }))

const TEXT = `# The study
project:
  label: Memory
  subjects:
    - label: sub-01
      sessions:
        - label: ses-01 # the first visit
          info: {site: north}
          files: [notes.txt]
`

async function open(name: string): Promise<Archive> {
  await writeFile(join(folder, name), TEXT)
  return await readArchive(join(folder, name))
}

/** What a job for a place says and put out. */
function changesOf(
  archive: Archive,
  job: { readonly at: string; readonly says: object; readonly saved?: readonly string[] },
): readonly MetadataChange[] {
  const { metadata } = parseMetadata(JSON.stringify(job.says))
  assert.ok(metadata !== undefined)
  const saved = (job.saved ?? []).map((name) => ({ name, fields: { type: "text" } }))
  const destination = findPlace(archive.hierarchy, job.at, sha256)
  return planChanges(archive.hierarchy, { destination, metadata, saved })
}

test("what a job changed is in the document, which keeps its comments and reads as before", async () => {
  const archive = await open("plain.yaml")
  const changes = changesOf(archive, {
    at: "Memory/sub-01/ses-01",
    says: {
      session: {
        info: { site: "south", qc: { snr: 2.5 } },
        tags: ["seen"],
        files: [
          { name: "notes.txt", tags: ["t"] },
          { name: "out.txt", info: { n: 1 } },
        ],
      },
      project: { info: { jobs: 1 } },
    },
    saved: ["out.txt"],
  })
  await writeArchive(archive, changes, new Map([["out.txt", "results/out.txt"]]))
  assert.equal(
    await readFile(join(folder, "plain.yaml"), "utf8"),
    `# The study
project:
  label: Memory
  subjects:
    - label: sub-01
      sessions:
        - label: ses-01 # the first visit
          info: {site: north, qc: {snr: 2.5}}
          files: [{path: notes.txt, tags: [t]}, {path: results/out.txt, type: text, info: {n: 1}}]
          tags:
            - seen
  info:
    jobs: 1
`,
  )
  const { hierarchy } = await readArchive(join(folder, "plain.yaml"))
  assert.deepEqual(
    findPlace(hierarchy, "Memory/sub-01/ses-01", sha256).files.map((file) => [file.name, file.path]),
    [
      ["notes.txt", "notes.txt"],
      ["out.txt", "results/out.txt"],
    ],
  )
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.endsWith(".tmp")),
    [],
  )
})

test("what was written once is not written again", async () => {
  const job = {
    at: "Memory/sub-01/ses-01",
    says: {
      session: {
        age: 5,
        info: { a: { b: [1, { c: null }] } },
        tags: ["x"],
        files: [{ name: "notes.txt", type: "text" }],
      },
    },
  }
  const archive = await open("twice.yaml")
  assert.equal(await writeArchive(archive, changesOf(archive, job), new Map()), true)
  const again = await readArchive(archive.file)
  assert.deepEqual(changesOf(again, job), [])
  const before = await readFile(archive.file, "utf8")
  assert.equal(await writeArchive(again, changesOf(again, job), new Map()), false)
  assert.equal(await readFile(archive.file, "utf8"), before)
})

test("an analysis that a job makes is in the document afterwards, once", async () => {
  const archive = await open("analysis.yaml")
  const changes = changesOf(archive, {
    at: "Memory/sub-01/analyses/count",
    says: { analysis: { info: { a: 1 }, tags: ["x"] } },
    saved: ["a.txt", "b.txt"],
  })
  await writeArchive(
    archive,
    changes,
    new Map([
      ["a.txt", "r/a.txt"],
      ["b.txt", "r/b.txt"],
    ]),
  )
  const read = await readArchive(join(folder, "analysis.yaml"))
  const analysis = findPlace(read.hierarchy, "Memory/sub-01/analyses/count", sha256)
  assert.equal(read.hierarchy.places.filter((place) => place.level === "analysis").length, 1)
  assert.equal(analysis.id, findPlace(archive.hierarchy, "Memory/sub-01/analyses/count", sha256).id)
  assert.deepEqual(analysis.fields, { info: { a: 1 }, tags: ["x"] })
  assert.deepEqual(
    analysis.files.map((file) => file.path),
    ["r/a.txt", "r/b.txt"],
  )
})

test("an output that lies nowhere is left out, with what is said of it", async () => {
  const archive = await open("nowhere.yaml")
  const changes = changesOf(archive, {
    at: "Memory/sub-01/ses-01",
    says: { session: { files: [{ name: "out.txt", info: { n: 1 } }], age: 5 } },
    saved: ["out.txt"],
  })
  await writeArchive(archive, changes, new Map())
  const { hierarchy } = await readArchive(join(folder, "nowhere.yaml"))
  const session = findPlace(hierarchy, "Memory/sub-01/ses-01", sha256)
  assert.deepEqual([session.files.length, session.fields["age"]], [1, 5])
})

test("a document that somebody has changed meanwhile is left alone; a comment is no change", async () => {
  const archive = await open("changed.yaml")
  const changes = changesOf(archive, { at: "Memory", says: { project: { info: { a: 1 } } } })
  await writeFile(archive.file, TEXT.replace("north", "south"))
  await assert.rejects(writeArchive(archive, changes, new Map()), { code: "HIERARCHY_CHANGED" })
  assert.equal(await readFile(archive.file, "utf8"), TEXT.replace("north", "south"))
  await writeFile(archive.file, `${TEXT}# the end\n`)
  await writeArchive(archive, changes, new Map())
  assert.match(await readFile(archive.file, "utf8"), /# the end\n/)
})

test("a document that is a link stays one", async () => {
  await open("real.yaml")
  await symlink("real.yaml", join(folder, "link.yaml"))
  const archive = await readArchive(join(folder, "link.yaml"))
  await writeArchive(archive, changesOf(archive, { at: "Memory", says: { project: { public: true } } }), new Map())
  assert.match(await readFile(join(folder, "real.yaml"), "utf8"), /public: true/)
  assert.equal(
    (await readdir(folder, { withFileTypes: true })).find(({ name }) => name === "link.yaml")?.isSymbolicLink(),
    true,
  )
})
