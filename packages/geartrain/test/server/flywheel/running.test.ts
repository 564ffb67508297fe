import assert from "node:assert/strict"
import { onDatabases } from "../on-databases.ts"
import { type FlywheelBench, flywheelBench, formOf, upload } from "./flywheel-bench.ts"

onDatabases((databases) => {
  databases.test("gears are found, and jobs ordered, told, changed, cancelled and tried again", async (context) => {
    const bench = await flywheelBench(context, await databases.open(context))
    const user = bench.as("user")
    const { acquisition } = bench.ids
    const input = await withFile(bench)
    const [gear] = (await user.get("/api/gears")).body
    assert.deepEqual([gear._id, gear.gear.name, gear.category], [bench.gear, "toy", "analysis"])
    assert.equal((await user.get("/api/gears/toy/invocation")).body.properties.config.properties.size.type, "integer")
    const { files } = (await user.get(`/api/gears/toy/suggest/acquisitions/${acquisition}`)).body
    assert.deepEqual(
      files.map(({ name, suggested }: { name: string; suggested: object }) => [name, suggested]),
      [
        ["a.nii", { image: true }],
        ["b.txt", { image: false }],
      ],
    )
    const order = {
      gear_id: bench.gear,
      inputs: { image: input },
      config: { size: null },
      tags: ["hpc"],
      priority: "high",
    }
    const added = await user.post("/api/jobs/add", order)
    assert.equal(added.status, 200, added.text)
    const { _id } = added.body
    const job = (await user.get(`/api/jobs/${_id}`)).body
    const { created, modified, transitions, profile, inputs, config, ...rest } = job
    assert.deepEqual(rest, {
      _id,
      id: _id,
      gear_id: bench.gear,
      gear_info: { id: bench.gear, name: "toy", version: "1.0.0" },
      state: "pending",
      failure_reason: null,
      destination: { type: "acquisition", id: acquisition },
      tags: ["toy", "hpc"],
      label: null,
      priority: 50,
      origin: { type: "user", id: bench.id("user") },
      attempt: 1,
      previous_job_id: null,
      batch: null,
      saved_files: [],
      parents: {
        group: "lab",
        project: bench.ids.project,
        subject: bench.ids.subject,
        session: bench.ids.session,
        acquisition,
      },
    })
    assert.ok(created <= modified && transitions.pending !== undefined)
    assert.deepEqual(profile, {
      total_input_files: 1,
      total_input_size_bytes: 3,
      total_output_files: 0,
      total_output_size_bytes: 0,
    })
    assert.deepEqual(Object.keys(inputs.image), ["type", "id", "name", "file_id", "version"])
    assert.equal(config.config.size, 3)
    assert.deepEqual((await user.get(`/api/jobs/${_id}/config.json`)).body, config)
    const detail = (await user.get(`/api/jobs/${_id}/detail`)).body
    assert.equal(detail.inputs.image.object.type, "nifti")
    assert.equal(detail.parent_info.project.label, "Memory")
    assert.deepEqual((await user.get(`/api/jobs/${_id}/logs`)).body, { _id, logs: [] })
    assert.equal((await user.get(`/api/jobs/${_id}/logs/text`)).text, "")
    assert.match((await user.get(`/api/jobs/${_id}/logs/html`)).text, /<pre><\/pre>/)
    assert.equal((await user.get("/api/jobs?filter=state=pending")).body[0]._id, _id)
    assert.deepEqual((await user.put(`/api/jobs/${_id}`, { state: "cancelled" })).body, { modified: 1 })
    assert.equal((await user.get(`/api/jobs/${_id}`)).body.state, "cancelled")
    assert.deepEqual((await user.post(`/api/jobs/${_id}/retry`, {})).body, { _id })
    assert.equal((await user.get(`/api/jobs/${_id}`)).body.state, "pending")
    for (const path of ["", "/detail", "/config.json", "/logs", "/logs/text", "/logs/html"])
      assert.equal((await bench.as("other").get(`/api/jobs/${_id}${path}`)).body.code, "JOB_NOT_FOUND", path)
    for (const inputs of [{ image: { ...input, name: "b.txt" } }, {}, { none: input }]) {
      const refused = await user.post("/api/jobs/add", {
        ...order,
        inputs,
        destination: { type: "session", id: bench.ids.session },
      })
      assert.equal(refused.body.status_code, refused.status)
      assert.ok(refused.status >= 400 && refused.status < 500, refused.text)
    }
  })

  databases.test("an analysis has the files of its job, or those that are uploaded", async (context) => {
    const bench = await flywheelBench(context, await databases.open(context))
    const user = bench.as("user")
    const input = await withFile(bench)
    const of = `/api/sessions/${bench.ids.session}/analyses`
    const made = await user.post(of, { label: "by hand", description: "looked at", inputs: [input] })
    assert.equal(made.status, 200, made.text)
    const path = `/api/analyses/${made.body._id}`
    await upload(bench, `${path}/files`, formOf("out.csv", "1,2"))
    await user.post(`${path}/notes`, { text: "seen" })
    const analysis = (await user.get(path)).body
    assert.deepEqual(analysis.parent, { type: "session", id: bench.ids.session })
    assert.deepEqual([analysis.job, analysis.inputs[0].name, analysis.notes[0].text], [null, "a.nii", "seen"])
    assert.equal((await user.get(`${path}/files/out.csv`)).text, "1,2")

    const job = { gear_id: "toy", inputs: { image: input } }
    const byJob = await user.post(of, { label: "by a job", job })
    assert.equal(byJob.status, 200, byJob.text)
    const whole = (await user.get(`/api/analyses/${byJob.body._id}`)).body
    const { destination } = (await user.get(`/api/jobs/${whole.job}`)).body
    assert.deepEqual(destination, { type: "analysis", id: byJob.body._id })
    const refused = await upload(bench, `/api/analyses/${byJob.body._id}/files`, formOf("x", "x"))
    assert.equal(refused.body.code, "PLACE_UNFIT")
    const bad = await user.post(of, { label: "not at all", job: { gear_id: "toy", inputs: {} } })
    assert.equal(bad.body.code, "INVOCATION_INVALID", bad.text)
    assert.deepEqual((await user.get(of)).body.map(({ label }: { label: string }) => label).sort(), [
      "by a job",
      "by hand",
    ])
  })

  databases.test("rules are kept in Flywheel's words", async (context) => {
    const bench = await flywheelBench(context, await databases.open(context))
    const user = bench.as("user")
    const path = `/api/projects/${bench.ids.project}/rules`
    const rule = {
      name: "every T1",
      gear_id: bench.gear,
      all: [{ type: "file.type", value: "nifti" }],
      any: [
        { type: "file.name", value: "*T1*" },
        { type: "container.has-type", value: "dicom", regex: true },
      ],
      not: [{ type: "file.tags", value: "bad" }],
      disabled: true,
    }
    const made = await user.post(path, rule)
    assert.equal(made.status, 200, made.text)
    const [told] = (await user.get(path)).body
    const plain = (list: { type: string; value: string; regex?: boolean }[]) =>
      list.map((one) => ({ regex: false, ...one }))
    assert.deepEqual(
      [told.name, told.gear_id, told.disabled, told.all, told.any, told.not],
      [rule.name, bench.gear, true, plain(rule.all), plain(rule.any), plain(rule.not)],
    )
    assert.deepEqual((await user.put(`${path}/${made.body._id}`, { disabled: false, any: [] })).body, { modified: 1 })
    const changed = (await user.get(`${path}/${made.body._id}`)).body
    assert.deepEqual([changed.disabled, changed.any, changed.all], [false, [], plain(rule.all)])
    assert.equal(
      (await user.post(path, { ...rule, name: "none", all: [], any: [], not: [] })).body.code,
      "RULE_INVALID",
    )
    assert.deepEqual((await user.delete(`${path}/${made.body._id}`)).body, { deleted: 1 })
    assert.equal((await user.get(`${path}/${made.body._id}`)).body.code, "RULE_NOT_FOUND")
  })

  databases.test("a batch is proposed, run and cancelled", async (context) => {
    const bench = await flywheelBench(context, await databases.open(context))
    const user = bench.as("user")
    await withFile(bench)
    const empty = (await user.post("/api/sessions", { subject: bench.ids.subject, label: "empty" })).body._id
    const targets = [bench.ids.session, empty].map((id) => ({ type: "session", id }))
    const proposal = await user.post("/api/batch", { gear_id: "toy", targets })
    assert.equal(proposal.status, 200, proposal.text)
    const { _id, state, matched, not_matched: none } = proposal.body
    assert.deepEqual([state, matched.length + none.length], ["pending", 2])
    assert.equal(none.at(-1).id, empty)
    assert.equal((await user.get(`/api/batch?project=${bench.ids.project}`)).body[0]._id, _id)
    assert.equal((await user.get(`/api/batch/${_id}`)).body.gear_id, bench.gear)
    assert.equal((await bench.as("other").get(`/api/batch/${_id}`)).body.code, "BATCH_NOT_FOUND")
    assert.equal((await user.post(`/api/batch/${_id}/cancel`, {})).status, 200)
    assert.equal((await user.post(`/api/batch/${_id}/run`, {})).body.code, "BATCH_STATE")
  })
})

async function withFile(bench: FlywheelBench): Promise<{ type: string; id: string; name: string }> {
  const { acquisition } = bench.ids
  await upload(bench, `/api/acquisitions/${acquisition}/files`, formOf("a.nii", "one"))
  await upload(bench, `/api/acquisitions/${acquisition}/files`, formOf("b.txt", "two"))
  return { type: "acquisition", id: acquisition, name: "a.nii" }
}
