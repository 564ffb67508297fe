import assert from "node:assert/strict"
import { onDatabases } from "../on-databases.ts"
import { flywheelBench, formOf, upload } from "./flywheel-bench.ts"

onDatabases((databases) => {
  databases.test("places are changed in their info, tags and members, moved and put away", async (context) => {
    const bench = await flywheelBench(context, await databases.open(context))
    const { ids } = bench
    const user = bench.as("user")
    const path = `/api/projects/${ids.project}`
    const info = async (): Promise<unknown> => (await user.get(path)).body.info
    assert.deepEqual((await user.post(`${path}/info`, { set: { b: { d: 3 }, e: [1] } })).body, { modified: 1 })
    assert.deepEqual(await info(), { a: 1, b: { d: 3 }, e: [1] })
    await user.post(`${path}/info`, { delete: ["a"] })
    assert.deepEqual(await info(), { b: { d: 3 }, e: [1] })
    await user.put(`${path}/info`, { replace: { z: null } })
    assert.deepEqual(await info(), { z: null })
    assert.equal((await user.post(`${path}/info`, { replace: {}, set: {} })).status, 400)
    assert.deepEqual((await user.put(path, { description: "what for", tags: ["y"] })).body, { modified: 1 })
    assert.deepEqual((await user.put(path, { description: "what for" })).body, { modified: 0 })
    await user.post(`${path}/tags`, { value: "w" })
    assert.deepEqual((await user.get(`${path}/tags`)).body, ["w", "y"])
    await user.delete(`${path}/tags/y`)
    await user.put(`${path}/tags`, ["v", "w"])
    const { description, tags } = (await user.get(path)).body
    assert.deepEqual([description, tags], ["what for", ["v", "w"]])

    const stale = await user.put(path, { label: "M" }, { headers: { "if-match": '"1"' } })
    assert.deepEqual([stale.status, stale.body.code], [409, "ETAG_MISMATCH"])
    const unknown = await user.put(path, { colour: "red" })
    assert.deepEqual([unknown.status, unknown.body.code], [422, "METADATA_UNFIT"])

    const other = (await user.post("/api/subjects", { project: ids.project, label: "sub-02" })).body._id
    await user.put(`/api/sessions/${ids.session}`, { subject: { _id: other } })
    assert.equal((await user.get(`/api/sessions/${ids.session}`)).body.parents.subject, other)
    const again = await user.post("/api/sessions", { project: ids.project, subject: { code: "sub-02" }, label: "x" })
    assert.equal((await user.get(`/api/sessions/${again.body._id}`)).body.subject._id, other)
    assert.deepEqual((await user.delete(`/api/sessions/${again.body._id}`)).body, { deleted: 1 })
    assert.equal((await user.get(`/api/sessions/${again.body._id}`)).status, 404)
    assert.equal((await user.post("/api/projects", { group: "lab", label: "no" })).status, 403)
  })

  databases.test("files are changed, classified and put away", async (context) => {
    const bench = await flywheelBench(context, await databases.open(context))
    const user = bench.as("user")
    const files = `/api/acquisitions/${bench.ids.acquisition}/files`
    await upload(bench, files, formOf("a.nii", "one"))
    const second = (await upload(bench, files, formOf("a.nii", "two"))).body[0]
    assert.equal(second.version, 2)
    const path = `${files}/a.nii`
    const read = async () => (await user.get(`${path}/info`)).body
    await user.put(path, { modality: "MR", type: "nifti", tags: ["b", "a"] })
    await user.post(`${path}/classification`, { add: { Intent: ["Structural"], Features: ["x", "y"] } })
    await user.post(`${path}/classification`, { add: { Intent: ["Localizer"] }, delete: { Features: ["x"] } })
    assert.deepEqual((await read()).classification, { Intent: ["Structural", "Localizer"], Features: ["y"] })
    await user.post(`${path}/classification`, { replace: { Custom: ["c"] }, modality: "CT" })
    await user.post(`${path}/info`, { set: { snr: 4 } })
    const { classification, modality, type, tags, info } = await read()
    assert.deepEqual(
      { classification, modality, type, tags, info },
      { classification: { Custom: ["c"] }, modality: "CT", type: "nifti", tags: ["a", "b"], info: { snr: 4 } },
    )
    assert.equal((await user.get(`${path}?version=1`)).text, "one")
    assert.deepEqual((await user.delete(path)).body, { modified: 1 })
    assert.equal((await user.get(path)).status, 404)
  })

  databases.test("forms that are none, or hold what is no file, change nothing", async (context) => {
    const bench = await flywheelBench(context, await databases.open(context))
    const files = `/api/acquisitions/${bench.ids.acquisition}/files`
    const good = formOf("x.txt", "x")
    const forms = [
      formOf("..", "x"),
      formOf("", "x"),
      formOf("x.txt", "x", { metadata: "{" }),
      formOf("x.txt", "x", { metadata: "[]" }),
      formOf("x.txt", "x", { metadata: '{"colour":1}' }),
      formOf("x.txt", "x", { metadata: '{"modality":1}' }),
      formOf("x.txt", "x", { metadata: "[".repeat(100_000) }),
      formOf("x.txt", "x", Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`f${n}`, ""]))),
      { ...good, payload: Buffer.from("nothing of a form") },
      { ...good, payload: good.payload.subarray(0, good.payload.length - 30) },
      { ...good, headers: { "content-type": "multipart/form-data" } },
      { ...good, headers: { "content-type": "application/json" } },
    ]
    for (const [index, form] of forms.entries()) {
      const { status, body } = await upload(bench, files, form)
      assert.ok(status >= 400 && status < 500, `${index}: ${status} ${JSON.stringify(body)}`)
      assert.equal(body.status_code, status)
    }
    // Of a path only its last step is a name, as RFC 7578 has it.
    assert.equal((await upload(bench, files, formOf("../../y", "y"))).body[0].name, "y")
    const left = await bench.as("user").get(files)
    assert.deepEqual(
      left.body.map(({ name }: { name: string }) => name),
      ["y"],
    )
  })

  databases.test("of another project nothing can be seen, and nothing changed", async (context) => {
    const bench = await flywheelBench(context, await databases.open(context))
    const { hidden, hiddenAcquisition } = bench.ids
    const user = bench.as("user")
    const absent = "0".repeat(24)
    const asked: readonly (readonly ["get" | "put" | "post" | "delete", string, unknown?])[] = [
      ["get", "/api/projects/ID"],
      ["get", "/api/containers/ID"],
      ["get", "/api/containers/ID/info"],
      ["get", "/api/containers/ID/files"],
      ["get", "/api/containers/ID/files/a"],
      ["get", "/api/containers/ID/files/a/info"],
      ["get", "/api/projects/ID/sessions"],
      ["get", "/api/projects/ID/rules"],
      ["post", "/api/projects/ID/rules", { gear_id: "toy", name: "r", all: [{ type: "file.type", value: "nifti" }] }],
      ["get", `/api/projects/ID/rules/${absent}`],
      ["delete", `/api/projects/ID/rules/${absent}`],
      ["put", "/api/containers/ID", { label: "mine" }],
      ["delete", "/api/containers/ID"],
      ["post", "/api/containers/ID/info", { set: { a: 1 } }],
      ["post", "/api/containers/ID/tags", { value: "a" }],
      ["put", "/api/containers/ID/files/a", { type: "x" }],
      ["delete", "/api/containers/ID/files/a"],
      ["post", "/api/containers/ID/analyses", { label: "a" }],
      ["post", "/api/download", { nodes: [{ _id: "ID" }] }],
      ["post", "/api/lookup", { path: ["ID"] }],
      ["post", "/api/subjects", { project: "ID", label: "s" }],
      ["get", "/api/gears/toy/suggest/containers/ID"],
      ["post", "/api/batch", { gear_id: "toy", targets: [{ type: "project", id: "ID" }] }],
      ["get", "/api/batch?project=ID"],
      ["post", "/api/jobs/add", { gear_id: "toy", destination: { type: "project", id: "ID" } }],
    ]
    for (const [method, path, body] of asked) {
      const told = []
      for (const id of [hidden, hiddenAcquisition, absent]) {
        const url = path.replace("ID", id)
        const sent = JSON.parse(JSON.stringify(body ?? null).replaceAll("ID", id))
        const reply = method === "get" || method === "delete" ? await user[method](url) : await user[method](url, sent)
        assert.equal(reply.status, 404, `${method} ${path}: ${reply.text}`)
        const { request_id: _, ...error } = reply.body
        told.push(JSON.stringify(error).replaceAll(id, "ID"))
      }
      assert.equal(new Set(told).size, 1, told.join("\n"))
    }
    assert.equal((await bench.as("admin").get(`/api/projects/${hidden}`)).body.label, "Hidden")
  })
})
