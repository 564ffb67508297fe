import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { type ArchiveBench, archiveBench } from "../../../../test/server/archive/archive-bench.ts"
import { saveAt } from "../../../../test/server/archive/save-at.ts"
import { memoryDatabase } from "../../../../test/server/memory-database.ts"
import { findPlace } from "../places/find-place.ts"
import { trashFile } from "../trash/trash-file.ts"
import { changeFile } from "./change-file.ts"
import { type FileFilter, type FileList, filesOf, sumOfFiles } from "./list-files.ts"

interface Bench extends ArchiveBench {
  /** Names of the files of a place, in the order in which they come. */
  names(place: string, list?: Partial<FileList>): Promise<readonly string[]>
  sum(place: string, filter?: FileFilter): Promise<readonly [files: number, bytes: number]>
}

async function opened(context: TestContext): Promise<Bench> {
  const bench = await archiveBench(context, await memoryDatabase(context))
  const { read } = bench.ports.database
  const within = async (id: string) => (await findPlace(read, id)) ?? assert.fail("there is no such place")
  return {
    ...bench,
    names: async (place, list = {}) =>
      (await filesOf(read, await within(place), { limit: 100, ...list })).map(({ name }) => name),
    sum: async (place, filter = {}) => {
      const { files, bytes } = await sumOfFiles(read, await within(place), filter)
      return [files, bytes]
    },
  }
}

test("a place lists its own files by name, and with those below by where they lie", async (context) => {
  const { ports, project, subject, session, acquisition, otherProject, names } = await opened(context)
  for (const [place, name] of [
    [acquisition, "deep"],
    [session, "b"],
    [session, "a"],
    [subject, "c"],
    [project, "z"],
    [otherProject, "not here"],
  ] as const)
    await saveAt(ports.database, place, { [name]: "1" })
  assert.deepEqual(await names(session), ["a", "b"])
  assert.deepEqual(await names(session, { below: true }), ["a", "b", "deep"])
  assert.deepEqual(await names(project, { below: true }), ["z", "c", "a", "b", "deep"])
  assert.deepEqual(await names(acquisition, { below: true }), ["deep"])
})

test("pages go on after the last file, also where that lay in another place", async (context) => {
  const { ports, session, acquisition, names } = await opened(context)
  await saveAt(ports.database, session, { a: "1", b: "1" })
  await saveAt(ports.database, acquisition, { a: "1", c: "1" })
  const read = ports.database.read
  const place = (await findPlace(read, session)) ?? assert.fail("there is no session")
  const seen: string[] = []
  let after: FileList["after"]
  for (;;) {
    const [file] = await filesOf(read, place, { limit: 1, below: true, ...(after === undefined ? {} : { after }) })
    if (file === undefined) break
    assert.equal("info" in file, false)
    seen.push(`${file.place === session ? "session" : "acquisition"}/${file.name}`)
    after = file
  }
  assert.deepEqual(seen, ["session/a", "session/b", "acquisition/a", "acquisition/c"])
  assert.deepEqual(await names(session, { after: { lineage: place.lineage, name: "a" } }), ["b"])
})

test("a glob is of the whole name, in any case of a to z, and other signs of patterns mean themselves", async (context) => {
  const { ports, acquisition, names } = await opened(context)
  const all = ["T1.nii", "t1.nii.gz", "100%.txt", "a_b", "axb", "bang!x", "[a]", "Zürich", "back\\slash"]
  await saveAt(ports.database, acquisition, Object.fromEntries(all.map((name) => [name, "1"])))
  const found = async (name: string) => [...(await names(acquisition, { name }))].toSorted()
  assert.deepEqual(await found("t1.NII"), ["T1.nii"])
  assert.deepEqual(await found("T1*"), ["T1.nii", "t1.nii.gz"])
  assert.deepEqual(await found("?1.nii"), ["T1.nii"])
  assert.deepEqual(await found("1"), [])
  assert.deepEqual(await found("100%.txt"), ["100%.txt"])
  assert.deepEqual(await found("1%"), [])
  assert.deepEqual(await found("a_b"), ["a_b"])
  assert.deepEqual(await found("a?b"), ["a_b", "axb"])
  assert.deepEqual(await found("bang!x"), ["bang!x"])
  assert.deepEqual(await found("[a]"), ["[a]"])
  assert.deepEqual(await found("back\\slash"), ["back\\slash"])
  assert.deepEqual(await found("zu\u0308RICH"), ["Zürich"])
  assert.deepEqual(await found(""), [])
  assert.equal((await found("*")).length, all.length)
})

test("tags, types and modalities are compared as a whole, and in their case", async (context) => {
  const { ports, writer, acquisition, names } = await opened(context)
  const files = await saveAt(ports.database, acquisition, { "a.nii": "1", "b.nii": "1", "c.dcm": "1", d: "1" })
  const tags = [["rest", 'say "x"', 'a"y'], ["resting"], ["Rest"], []]
  for (const [n, file] of files.entries())
    await changeFile(ports, writer, {
      id: file.id,
      patch: { addTags: tags[n] ?? [], set: { modality: n > 1 ? "MR" : "CT" } },
    })
  assert.deepEqual(await names(acquisition, { tag: "rest" }), ["a.nii"])
  assert.deepEqual(await names(acquisition, { tag: 'say "x"' }), ["a.nii"])
  for (const tag of ["x", "y", "res", "", ",", '"', "%", "rest,"])
    assert.deepEqual(await names(acquisition, { tag }), [], tag)
  assert.deepEqual(await names(acquisition, { type: "nifti" }), ["a.nii", "b.nii"])
  assert.deepEqual(await names(acquisition, { modality: "MR" }), ["c.dcm", "d"])
  assert.deepEqual(await names(acquisition, { modality: "mr" }), [])
  assert.deepEqual(await names(acquisition, { type: "nifti", tag: "rest", name: "*.dcm" }), [])
})

test("the sum is of all living files in a place and below it that fit", async (context) => {
  const { ports, writer, project, session, acquisition, otherProject, sum } = await opened(context)
  await saveAt(ports.database, session, { "a.nii": "12" })
  const [gone] = await saveAt(ports.database, acquisition, { gone: "1234", "b.nii": "123" })
  await saveAt(ports.database, acquisition, { "b.nii": "12345" })
  await saveAt(ports.database, otherProject, { "c.nii": "1" })
  await trashFile(ports, writer, { id: gone?.id ?? "" })
  assert.deepEqual(await sum(project), [2, 7])
  assert.deepEqual(await sum(acquisition), [1, 5])
  assert.deepEqual(await sum(project, { name: "a*" }), [1, 2])
  assert.deepEqual(await sum(project, { type: "dicom" }), [0, 0])
})
