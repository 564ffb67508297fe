import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import type { Rule } from "@geartrain/spec/rules"
import { digestOf } from "../../../../test/server/archive/archive-bench.ts"
import { copyFile } from "../../../../test/server/archive/copy-file.ts"
import { saveAt } from "../../../../test/server/archive/save-at.ts"
import { memoryDatabase } from "../../../../test/server/memory-database.ts"
import { insertJob } from "../../../../test/server/rules/insert-job.ts"
import { type RulesBench, rulesBench } from "../../../../test/server/rules/rules-bench.ts"
import { changeFile } from "../../archive/files/change-file.ts"
import type { StoredFile } from "../../archive/files/server-file.ts"
import { changePlace } from "../../archive/places/change-place.ts"
import { trashFile } from "../../archive/trash/trash-file.ts"
import type { FileFacts } from "../evaluate/rule-facts.ts"
import { readChain } from "./read-chain.ts"
import { readFacts } from "./read-facts.ts"
import { readJobFacts } from "./read-job-facts.ts"
import { readPlaces } from "./read-places.ts"

interface Bench extends RulesBench {
  save(place: string, name: string, content?: string): Promise<StoredFile>
  facts(rule: Partial<Rule>, file: StoredFile): ReturnType<typeof readFacts>
}

async function opened(context: TestContext): Promise<Bench> {
  const bench = await rulesBench(context, await memoryDatabase(context))
  return {
    ...bench,
    save: async (place, name, content = name) => {
      const [file] = await saveAt(bench.ports.database, place, { [name]: content })
      return file ?? assert.fail("nothing was saved")
    },
    facts: (rule, file) => readFacts(bench.ports, rule, file),
  }
}

const ANY = { type: "nifti" } as const

/** A file with nothing said of it but where it lies and what it holds. */
function bare(place: string, content: string, madeBy?: string): FileFacts {
  const maker = madeBy === undefined ? {} : { madeBy: { job: madeBy, gear: "g", version: "1" } }
  return {
    ...{ id: content, version: 1, name: content, digest: digestOf(content), sizeBytes: 1, place },
    ...{ classification: {}, tags: [], info: {}, ...maker },
  }
}

test("a rule that looks at one file reads that one, and one that takes several those within its reach", async (context) => {
  const { archive, save, facts, place, ports } = await opened(context)
  const file = await save(archive.acquisition, "a.nii")
  const beside = await save(archive.acquisition, "b.nii")
  const gone = await save(archive.acquisition, "gone.nii")
  await trashFile(archive.ports, archive.writer, { id: gone.id })
  const sibling = await save(await place("acquisition", archive.session, "T2w"), "c.nii")
  const ofSession = await save(archive.session, "d.nii")
  const next = await save(await place("session", archive.subject, "ses-02"), "e.nii")
  const ofProject = await save(archive.project, "f.nii")
  await save(archive.otherProject, "other.nii")
  const ids = async (rule: Partial<Rule>, of = file) => (await facts(rule, of)).files.map(({ id }) => id).toSorted()
  const sorted = (...files: readonly StoredFile[]) => files.map(({ id }) => id).toSorted()
  const inputs = { scan: ANY }
  assert.deepEqual(await ids({}), [file.id])
  assert.deepEqual(await ids({ within: "project" }), [file.id])
  assert.deepEqual(await ids({ inputs }), sorted(file, beside))
  assert.deepEqual(await ids({ when: { not: { holds: ANY } } }), sorted(file, beside))
  assert.deepEqual(await ids({ inputs, within: "session" }), sorted(file, beside, sibling, ofSession))
  assert.deepEqual(await ids({ inputs, within: "subject" }), sorted(file, beside, sibling, ofSession, next))
  assert.deepEqual(await ids({ inputs, within: "project" }), sorted(file, beside, sibling, ofSession, next, ofProject))
  // What lies above every session is taken with those of its own place.
  assert.deepEqual(await ids({ inputs, within: "session" }, ofProject), [ofProject.id])
  assert.equal((await readFacts(ports, { inputs }, file)).file.name, "a.nii")
})

test("of a file all is read that is known of it, its places too, and who made its present version", async (context) => {
  const { archive, save, facts, ports } = await opened(context)
  const file = await save(archive.acquisition, "a.nii")
  await changeFile(archive.ports, archive.writer, {
    id: file.id,
    patch: { set: { modality: "MR", info: { echo: 2 }, classification: { Intent: ["Structural"] } }, addTags: ["x"] },
  })
  await changePlace(archive.ports, archive.writer, {
    id: archive.session,
    patch: { set: { info: { scanner: "s" } }, addTags: ["t"] },
  })
  await insertJob(ports.database, "j1", { gear_name: "convert", gear_version: "1.2" })
  const [current] = await saveAt(
    ports.database,
    archive.acquisition,
    { "a.nii": "second" },
    { origin: "job", job: "j1" },
  )
  assert.ok(current !== undefined)
  const read = await facts({}, current)
  assert.deepEqual(read.file, {
    ...{ id: file.id, version: 2, name: "a.nii", digest: digestOf("second"), sizeBytes: 6, place: archive.acquisition },
    ...{ type: "nifti", modality: "MR", classification: { Intent: ["Structural"] }, tags: ["x"], info: { echo: 2 } },
    madeBy: { job: "j1", gear: "convert", version: "1.2" },
  })
  assert.deepEqual(
    [archive.acquisition, archive.session, archive.subject, archive.project].map((id) => read.places.get(id)?.path),
    ["lab/Memory/sub-01/ses-01/T1w", "lab/Memory/sub-01/ses-01", "lab/Memory/sub-01", "lab/Memory"],
  )
  assert.deepEqual(read.places.get(archive.session)?.fields, { label: "ses-01", tags: ["t"], info: { scanner: "s" } })
  assert.deepEqual(read.jobs, [])
  // A person's version goes over the job's.
  const [third] = await saveAt(ports.database, archive.acquisition, { "a.nii": "third" })
  assert.equal((await facts({}, third ?? current)).file.madeBy, undefined)
})

test("what is in zip files is asked for only by a rule that looks at it", async (context) => {
  const { archive, save, ports } = await opened(context)
  const file = await save(archive.acquisition, "a.zip")
  const asked: string[] = []
  const zipMembers = async (digest: string) => {
    asked.push(digest)
    return ["x.dcm"]
  }
  const members = async (when: Rule["when"]) =>
    (await readFacts({ ...ports, zipMembers }, when === undefined ? {} : { when }, file)).file.zipMembers
  assert.equal(await members(ANY), undefined)
  assert.deepEqual(asked, [])
  assert.deepEqual(await members({ any: [ANY, { not: { zipMember: "*.dcm" } }] }), ["x.dcm"])
  assert.deepEqual(asked, [file.digest])
})

test("more files than can be looked at together are refused, and not by a rule that looks at one", async (context) => {
  const { archive, save, facts, ports } = await opened(context)
  const file = await save(archive.acquisition, "a.nii")
  const fill = (from: number, count: number) => copyFile(ports.database, file, { from, count })
  await fill(0, 1999)
  assert.equal((await facts({ inputs: { scan: ANY } }, file)).files.length, 2000)
  await fill(1999, 1)
  await assert.rejects(facts({ inputs: { scan: ANY } }, file), { code: "RULE_TOO_COSTLY" })
  assert.equal((await facts({}, file)).files.length, 1)
})

test("of jobs those of the named gears count that ended at these places or read these bytes", async (context) => {
  const { archive, ports } = await opened(context)
  const { database } = ports
  const here = { destination_id: "p1", gear_name: "g", state: "complete" } as const
  await insertJob(database, "j1", { ...here, created_ms: 2, inputs: JSON.stringify([{ file: "f1" }]) })
  await insertJob(database, "j2", { ...here, created_ms: 1, state: "failed" })
  await insertJob(database, "elsewhere", { ...here, destination_id: "p2" })
  await insertJob(database, "reader", { ...here, created_ms: 3, destination_id: "p2" })
  await insertJob(database, "other gear", { ...here, gear_name: "h" })
  await insertJob(database, "running", { ...here, state: "running" })
  await insertJob(database, "by content", { ...here, by_content: 1 })
  const blobs = [
    { digest: digestOf("x"), job: "reader", is: "input" },
    { digest: digestOf("x"), job: "elsewhere", is: "output" },
  ] as const
  await database.write(({ sql }) =>
    sql
      .insertInto("job_blobs")
      .values([...blobs])
      .execute(),
  )
  const files = [bare("p1", "x"), bare("p1", "y")]
  const jobs = await readJobFacts(database.read, { files, gears: ["g", "none"] })
  assert.deepEqual(
    jobs.map(({ id, state, inputs }) => [id, state, inputs]),
    [
      ["j2", "failed", []],
      ["j1", "complete", ["f1"]],
      ["reader", "complete", []],
    ],
  )
  assert.deepEqual(await readJobFacts(database.read, { files, gears: [] }), [])
  const [file] = await saveAt(database, archive.acquisition, { a: "1" })
  const when = { job: { gear: "g", state: "complete" } } as const
  assert.deepEqual((await readFacts(ports, { when }, file ?? assert.fail("nothing was saved"))).jobs, [])
})

test("the longest line of rules' jobs that led to one of the files is its chain", async (context) => {
  const { ports, archive, save, rule, gear } = await opened(context)
  const { database } = ports
  await gear("convert")
  const { id } = await rule({ name: "r", gear: { name: "convert", version: "1.0" } })
  const file = await save(archive.acquisition, "a")
  const decide = (job: string, chain: readonly object[], outcome: "fired" | "loop" = "fired") =>
    database.write(({ sql }) =>
      sql
        .insertInto("rule_decisions")
        .values({
          ...{
            id: job,
            slot: job,
            rule: id,
            rule_revision: 1,
            project: archive.project,
            file: file.id,
            file_version: 1,
          },
          ...{ file_name: "a", place: file.place, outcome, says: "", code: null, verdict: null, job },
          ...{ chain: JSON.stringify(chain), cause: "event" as const, cause_id: "1", at_ms: 1 },
        })
        .execute(),
    )
  await decide("j1", [])
  await decide("j2", [{ rule: "r0", job: "j0" }])
  await decide(
    "j3",
    [
      { rule: "a", job: "a" },
      { rule: "b", job: "b" },
      { rule: "c", job: "c" },
    ],
    "loop",
  )
  const chain = (...jobs: readonly (string | undefined)[]) =>
    readChain(
      database.read,
      jobs.map((job, n) => bare("p", `f${n}`, job)),
    )
  assert.deepEqual(await chain("j1"), [{ rule: id, job: "j1" }])
  assert.deepEqual(await chain("j1", undefined, "j2"), [
    { rule: "r0", job: "j0" },
    { rule: id, job: "j2" },
  ])
  assert.deepEqual(await chain("j3", "by hand"), [])
  assert.deepEqual(await chain(undefined), [])
  assert.deepEqual(await chain(), [])
})

test("places are read once for all files, and what is gone from above is told by its id", async (context) => {
  const { archive, ports } = await opened(context)
  const { read } = ports.database
  assert.equal((await readPlaces(read, [])).size, 0)
  const lineage = `${archive.project}/${"0".repeat(24)}/${archive.session}/`
  await ports.database.write(({ sql }) =>
    sql.updateTable("places").set({ lineage }).where("id", "=", archive.session).execute(),
  )
  const places = await readPlaces(read, [{ lineage }, { lineage }])
  assert.deepEqual([...places.keys()].toSorted(), [archive.project, archive.session].toSorted())
  assert.equal(places.get(archive.session)?.path, `lab/Memory/${"0".repeat(24)}/ses-01`)
})
