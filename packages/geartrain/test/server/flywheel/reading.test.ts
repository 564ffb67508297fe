import assert from "node:assert/strict"
import { onDatabases } from "../on-databases.ts"
import { flywheelBench, formOf, upload } from "./flywheel-bench.ts"

onDatabases((databases) => {
  databases.test("places are told as Flywheel tells them, and paths lead to them", async (context) => {
    const bench = await flywheelBench(context, await databases.open(context))
    const { ids } = bench
    const user = bench.showing({ authorization: `scitran-user server.example:${bench.key("user")}` })
    const self = (await user.get("/api/users/self")).body
    assert.equal(self._id, bench.id("user"))
    assert.equal(self.email, "user@lab.example")
    assert.equal((await bench.as("nobody").get("/api/version")).body.release, "0.0.0")
    assert.equal((await bench.as("nobody").get("/api/config")).body.features.signed_url, false)

    const session = (await user.get(`/api/sessions/${ids.session}`)).body
    const { created, modified, ...rest } = session
    assert.match(created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/)
    assert.equal(modified, created)
    assert.deepEqual(rest, {
      _id: ids.session,
      label: "ses-01",
      age: 7,
      container_type: "session",
      group: "lab",
      project: ids.project,
      subject: { _id: ids.subject },
      info: {},
      info_exists: false,
      tags: [],
      revision: 1,
      parents: { group: "lab", project: ids.project, subject: ids.subject, session: null, acquisition: null },
      files: [],
    })
    const project = (await user.get(`/api/containers/${ids.project}`)).body
    assert.deepEqual(project.info, { a: 1, b: { c: 2 } })
    assert.deepEqual(project.tags, ["x"])
    assert.equal((await user.get(`/api/sessions/${ids.project}`)).status, 404)
    assert.deepEqual((await user.get(`/api/projects/${ids.project}/info`)).body, { a: 1, b: { c: 2 } })

    const path = ["lab", "Memory", "sub-01", "ses-01", "T1w"]
    const found = (await user.post("/api/lookup", { path })).body
    assert.deepEqual([found._id, found.container_type], [ids.acquisition, "acquisition"])
    assert.equal((await user.post("/api/lookup", { path: [`<id:${ids.subject}>`, "ses-01"] })).body._id, ids.session)
    assert.equal((await user.post("/api/lookup", { path: ["gears", "toy"] })).body._id, bench.gear)
    const resolved = (await user.post("/api/resolve", { path: ["lab", "Memory"] })).body
    assert.deepEqual(
      resolved.path.map((node: { container_type: string }) => node.container_type),
      ["group", "project"],
    )
    assert.deepEqual(
      resolved.children.map((node: { label: string }) => node.label),
      ["sub-01"],
    )
    assert.equal((await user.post("/api/resolve", { path: [] })).body.children[0]._id, "lab")
  })

  databases.test("files are told, and read whole, in part, by ticket and by member", async (context) => {
    const bench = await flywheelBench(context, await databases.open(context))
    const { ids } = bench
    const user = bench.as("user")
    const form = formOf("t1.nii", "0123456789", {
      metadata: JSON.stringify({
        modality: "MR",
        classification: { Intent: ["Structural"] },
        info: { a: 1 },
        tags: ["t"],
      }),
    })
    const sent = await upload(bench, `/api/acquisitions/${ids.acquisition}/files`, form)
    assert.equal(sent.status, 200, sent.text)
    const [{ _id, created, modified, ...file }] = sent.body
    assert.deepEqual(file, {
      file_id: _id,
      name: "t1.nii",
      type: "nifti",
      mimetype: file.mimetype,
      modality: "MR",
      classification: { Intent: ["Structural"] },
      tags: ["t"],
      info: { a: 1 },
      info_exists: true,
      origin: { type: "user", id: bench.id("user") },
      hash: "sha256:84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882",
      size: 10,
      version: 1,
      zip_member_count: null,
      parent_ref: { type: "acquisition", id: ids.acquisition },
      parents: {
        group: "lab",
        project: ids.project,
        subject: ids.subject,
        session: ids.session,
        acquisition: ids.acquisition,
      },
    })
    assert.ok(modified >= created)
    const path = `/api/acquisitions/${ids.acquisition}/files/t1.nii`
    assert.equal((await user.get(path)).text, "0123456789")
    const part = await user.get(path, { headers: { range: "bytes=2-4" } })
    assert.deepEqual([part.status, part.text], [206, "234"])
    assert.deepEqual((await user.get(`${path}/info`)).body, sent.body[0])
    assert.deepEqual((await user.get(`/api/files/${_id}`)).body, sent.body[0])
    const { ticket } = (await user.get(`${path}?ticket=`)).body
    assert.equal((await user.get(`${path}?ticket=${ticket}`)).text, "0123456789")
    assert.equal((await bench.as("admin").get(`${path}?ticket=${ticket}`)).status, 404)
    assert.equal((await user.get(`${path}?info=true`)).body.code, "REQUEST_INVALID")
    const inPlace = (await user.get(`/api/acquisitions/${ids.acquisition}`)).body.files
    assert.deepEqual(inPlace, sent.body)
    const [listed] = (await user.get(`/api/sessions/${ids.session}/acquisitions`)).body
    assert.equal(listed.files[0].name, "t1.nii")
    assert.equal(listed.files[0].info, undefined)
    const lookedUp = (await user.post("/api/lookup", { path: [ids.acquisition, "files", "t1.nii"] })).body
    assert.deepEqual([lookedUp._id, lookedUp.container_type], [_id, "file"])

    const download = (await user.post("/api/download", { nodes: [{ level: "project", _id: ids.project }] })).body
    assert.deepEqual([download.file_cnt, download.size], [1, 10])
    const tar = await user.get(`/api/download?ticket=${download.ticket}`)
    assert.ok(tar.bytes.includes("0123456789"))
  })

  databases.test("lists are filtered, sorted, and read page by page", async (context) => {
    const bench = await flywheelBench(context, await databases.open(context))
    const user = bench.as("user")
    const { subject } = bench.ids
    for (const [n, label] of ["d", "b", "c"].entries()) {
      await user.post("/api/sessions", { subject, label, info: { n, odd: n % 2 === 1 } })
    }
    const labels = async (query: string): Promise<string[]> => {
      const reply = await user.get(`/api/sessions?${query}`)
      assert.equal(reply.status, 200, reply.text)
      return reply.body.map(({ label }: { label: string }) => label)
    }
    assert.deepEqual((await labels("")).sort(), ["b", "c", "d", "ses-01"])
    assert.deepEqual(await labels("sort=label:desc&limit=2"), ["ses-01", "d"])
    assert.deepEqual(await labels("sort=label&limit=2&page=2"), ["d", "ses-01"])
    assert.deepEqual(await labels("filter=label=b"), ["b"])
    assert.deepEqual(await labels("sort=label&filter=label>b,label<ses"), ["c", "d"])
    assert.deepEqual(await labels("sort=label&filter=info.n>0"), ["b", "c"])
    assert.deepEqual(await labels("filter=info.odd=true"), ["b"])
    assert.deepEqual(await labels(`filter=${encodeURIComponent("label=~^ses-\\d+$")}`), ["ses-01"])
    assert.deepEqual(await labels(`sort=label&filter=label!=b&filter=label!=c`), ["d", "ses-01"])
    const seen: string[] = []
    for (let after = "0".repeat(24); ; ) {
      const page = (await user.get(`/api/sessions?limit=1&after_id=${after}`)).body
      if (page.length === 0) break
      seen.push(page[0].label)
      after = page[0]._id
    }
    assert.deepEqual(seen.sort(), ["b", "c", "d", "ses-01"])
    const paged = (await user.get("/api/sessions?limit=3", { headers: { "x-accept-feature": "pagination" } })).body
    assert.deepEqual([paged.count, paged.total, paged.page, paged.results.length], [3, 4, 1, 3])
    for (const query of [
      "filter=x",
      "sort=a:b",
      "limit=0",
      "after_id=a&skip=1",
      "filter=label=~(",
      "filter=label=~(a",
    ]) {
      const reply = await user.get(`/api/sessions?${query}`)
      assert.deepEqual([reply.status, reply.body.status_code, reply.body.code], [400, 400, "REQUEST_INVALID"], query)
    }
    assert.deepEqual(
      (await user.get("/api/projects")).body.map(({ label }: { label: string }) => label),
      ["Memory"],
    )
    assert.deepEqual(
      (await user.get("/api/groups")).body.map(({ _id }: { _id: string }) => _id),
      ["lab"],
    )
    assert.equal((await user.get("/api/groups/lab/projects")).body.length, 1)
    assert.equal((await bench.as("other").get("/api/sessions")).body.length, 0)
  })
})
