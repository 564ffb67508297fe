import assert from "node:assert/strict"
import { sha256 } from "../../../src/system/hash.ts"
import { type AppBench, appBench } from "../app-bench.ts"
import { onDatabases } from "../on-databases.ts"
import { makeProject } from "../people/make-project.ts"
import { manifestOf } from "./queue-bench.ts"
import { finishNext, registerManifest } from "./run-by-hand.ts"

const NUMBERED = manifestOf("noop", { config: { n: { type: "integer" } } })
const bytesOf = (text: string): Buffer => Buffer.from(text)

/** Has `user` order a job by content, and answers its id when it has put these texts out. */
async function done(
  bench: AppBench,
  project: string,
  { n, outputs }: { readonly n: number; readonly outputs: Readonly<Record<string, string>> },
): Promise<string> {
  const order = { gear: "noop", config: { n }, destination: project, byContent: { files: [] } }
  const ordered = await bench.as("user").post("/jobs", order)
  assert.equal(ordered.status, 201, ordered.text)
  const bytes = Object.fromEntries(Object.entries(outputs).map(([name, text]) => [name, bytesOf(text)]))
  assert.equal((await finishNext(bench, { outputs: bytes })).job, ordered.body.job.id)
  return ordered.body.job.id
}

const entry = (job: string, path: string, text: string, name = path.split("/").at(-1)) => ({
  ...{ job, path, name },
  digest: sha256(bytesOf(text)),
})

onDatabases((databases) => {
  databases.test(
    "outputs of jobs become files of a place, all or none, each with its job; the same again changes nothing",
    async (context) => {
      const bench = await appBench(context, await databases.open(context))
      const { project } = await makeProject(bench)
      await bench.grant("user", project, "run")
      await registerManifest(bench, NUMBERED)
      const user = bench.as("user")
      const one = await done(bench, project, { n: 1, outputs: { "deep/a.txt": "A", "b.txt": "B" } })
      const two = await done(bench, project, { n: 2, outputs: { "a.txt": "other A" } })
      const at = `/places/${project}/files/from-jobs`
      const files = [
        entry(two, "a.txt", "other A", "second.txt"),
        entry(one, "deep/a.txt", "A"),
        entry(one, "b.txt", "B"),
      ]
      const filed = await user.post(at, { files })
      assert.equal(filed.status, 200, filed.text)
      assert.deepEqual(
        filed.body.items.map(({ file, isNew }: { file: { name: string; type: string }; isNew: boolean }) => [
          file.name,
          file.type,
          isNew,
        ]),
        [
          ["second.txt", "text", true],
          ["a.txt", "text", true],
          ["b.txt", "text", true],
        ],
      )
      const [second] = filed.body.items
      assert.equal((await user.get(`/files/${second.file.id}/content`)).text, "other A")
      const versions = await user.get(`/files/${second.file.id}/versions`)
      assert.deepEqual([versions.body.items[0].job, versions.body.items[0].origin], [two, "job"], versions.text)
      const again = await user.post(at, { files })
      assert.deepEqual(
        again.body.items.map(({ isNew }: { isNew: boolean }) => isNew),
        [false, false, false],
      )
      const replaced = await user.post(at, { files: [entry(one, "b.txt", "B", "second.txt")] })
      assert.deepEqual([replaced.body.items[0].file.id, replaced.body.items[0].file.version], [second.file.id, 2])
      const events = await bench.ports.database.read
        .selectFrom("events")
        .select("kind")
        .where("kind", "=", "file.saved")
        .execute()
      assert.equal(events.length, 4)
    },
  )

  databases.test(
    "nobody files what they may not read, where they may not write, or by a name that is none",
    async (context) => {
      const bench = await appBench(context, await databases.open(context))
      const { project } = await makeProject(bench)
      await bench.grant("user", project, "run")
      await registerManifest(bench, NUMBERED)
      const theirs = (await makeProject(bench)).project
      await bench.grant("other", theirs, "write")
      const job = await done(bench, project, { n: 1, outputs: { "a.txt": "A", "b.txt": "B" } })
      const a = entry(job, "a.txt", "A")
      const into = async (who: "user" | "other", place: string, files: readonly object[]) =>
        (await bench.as(who).post(`/places/${place}/files/from-jobs`, { files })).body.code
      assert.equal(await into("other", theirs, [a]), "JOB_NOT_FOUND")
      assert.equal(await into("other", theirs, [entry("f".repeat(24), "a.txt", "A")]), "JOB_NOT_FOUND")
      assert.equal(await into("other", project, [a]), "PLACE_NOT_FOUND")
      assert.equal(await into("user", theirs, [a]), "PLACE_NOT_FOUND")
      await bench.grant("user", theirs, "read")
      assert.equal(await into("user", theirs, [a]), "NOT_PERMITTED")
      assert.equal(await into("user", project, [a, entry(job, "c.txt", "C")]), "JOB_OUTPUT_NOT_FOUND")
      assert.equal(await into("user", project, [a, entry(job, "b.txt", "A")]), "INPUT_DIGEST_MISMATCH")
      for (const name of ["../a.txt", "x/a.txt", "..", " a", "a\n"])
        assert.equal(await into("user", project, [{ ...a, name }]), "NAME_UNFIT", name)
      assert.equal(await into("user", project, [a, entry(job, "b.txt", "B", "a.txt")]), "NAME_UNFIT")
      const many = Array.from({ length: 1001 }, (_, n) => ({ ...a, name: `${n}` }))
      assert.equal(await into("user", project, many), "REQUEST_INVALID")
      assert.equal(await into("user", project, []), "REQUEST_INVALID")
      // What a job put out into an analysis of its own is nothing but that.
      const analysis = await bench.as("user").post("/analyses", { parent: project, label: "one" })
      assert.equal(analysis.status, 201, analysis.text)
      const { database } = bench.ports
      const made = { job }
      await database.write((write) =>
        write.sql.updateTable("analyses").set(made).where("place", "=", analysis.body.id).execute(),
      )
      assert.equal(await into("user", analysis.body.id, [a]), "PLACE_UNFIT")
      assert.deepEqual(await database.read.selectFrom("files").select("name").execute(), [])
      // One that was filed before is gone from its job when it is gone from there.
      const plain = await bench.as("user").post("/jobs", { gear: "noop", config: { n: 5 }, destination: project })
      assert.equal(plain.status, 201, plain.text)
      await finishNext(bench, { outputs: { "a.txt": bytesOf("A") } })
      const mine = entry(plain.body.job.id, "a.txt", "A", "copy.txt")
      assert.equal(await into("user", project, [mine]), undefined)
      const { file } = (await bench.as("user").get(`/jobs/${plain.body.job.id}`)).body.outputs[0]
      await bench.grant("user", project, "admin")
      assert.ok((await bench.as("user").delete(`/files/${file}`)).status < 300)
      assert.equal(await into("user", project, [{ ...mine, name: "more.txt" }]), "ARCHIVE_FILE_NOT_FOUND")
    },
  )

  databases.test(
    "as many files as one request takes are filed at once, and a quota holds for all of them",
    async (context) => {
      const bench = await appBench(context, await databases.open(context))
      const { project } = await makeProject(bench)
      await bench.grant("user", project, "run")
      await registerManifest(bench, NUMBERED)
      const job = await done(bench, project, { n: 1, outputs: { "a.txt": "A" } })
      const files = Array.from({ length: 1000 }, (_, n) => entry(job, "a.txt", "A", `${n}.txt`))
      const quota = async (quotaBytes: number) => {
        const set = await bench.as("admin").put(`/projects/${project}/quota`, { quotaBytes })
        assert.ok(set.status < 300, set.text)
      }
      const filed = () => bench.as("user").post(`/places/${project}/files/from-jobs`, { files })
      await quota(999)
      assert.equal((await filed()).body.code, "QUOTA_EXCEEDED")
      assert.deepEqual((await bench.as("user").get(`/places/${project}/files`)).body.items, [])
      await quota(1000)
      assert.equal((await filed()).body.items?.length, 1000)
    },
  )
})
