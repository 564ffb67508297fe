import assert from "node:assert/strict"
import { onDatabases } from "../on-databases.ts"
import { routesBench } from "../rules/routes-bench.ts"

onDatabases((databases) => {
  databases.test("a batch is proposed, chosen in, run and cancelled, and its accounts add up", async (context) => {
    const { app, project, acquisition, upload, settle } = await routesBench(context, await databases.open(context))
    const user = app.as("user")
    await upload("a.nii")
    await upload("b.nii")
    const asked = { gear: "measure", targets: { places: ["lab/project/subject/session/acquisition", "lab/nothing"] } }
    const proposed = await user.post(`/projects/${project}/batches`, asked)
    assert.equal(proposed.status, 201, proposed.text)
    const at = `/batches/${proposed.body.id}`
    assert.deepEqual(proposed.body.accounts.outcomes, {
      "will-run": 0,
      "already-done": 0,
      ambiguous: 1,
      "no-match": 0,
      "no-permission": 1,
    })
    assert.equal((await user.post(`${at}/run`, { proposal: proposed.body.proposal })).body.code, "BATCH_INVALID")
    const targets = await user.get(`${at}/targets?outcome=ambiguous`)
    const [{ matches, place }] = targets.body.items
    const pick = { picks: { [place.id]: { scan: matches[0].fitting[1].id } } }
    const chosen = await user.post(`${at}/choose`, pick)
    assert.equal(chosen.body.accounts.outcomes["will-run"], 1)
    assert.equal((await user.post(`${at}/run`, { proposal: proposed.body.proposal })).body.code, "BATCH_CHANGED")
    assert.equal((await user.post(`${at}/run`, { proposal: chosen.body.proposal })).status, 202)
    await settle()
    const running = await user.get(at)
    assert.deepEqual([running.body.state, running.body.accounts.jobs.pending], ["running", 1])
    assert.equal((await user.post(`${at}/retry`, {})).body.code, "BATCH_INVALID")
    assert.equal((await user.post(`${at}/cancel`)).status, 202)
    await settle()
    assert.deepEqual(
      [(await user.get(at)).body.state, (await user.get(`${at}/failures`)).body.items],
      ["cancelled", []],
    )
    assert.equal((await user.post(`${at}/cancel`)).body.code, "BATCH_STATE")
    const list = await user.get(`/projects/${project}/batches`)
    assert.equal(list.body.items[0].id, proposed.body.id)
    assert.equal(acquisition, place.id)
  })

  databases.test(
    "a batch is nobody's business who may not see the project, and wrong ones are refused",
    async (context) => {
      const { app, project, upload } = await routesBench(context, await databases.open(context))
      const user = app.as("user")
      await upload("a.nii")
      const ask = (request: object) => user.post(`/projects/${project}/batches`, request)
      const query = { query: { type: "acquisition" } }
      assert.equal((await ask({ gear: "none", targets: query })).body.code, "GEAR_NOT_FOUND")
      assert.equal((await ask({ gear: "measure", targets: {} })).body.code, "BATCH_INVALID")
      assert.equal((await ask({ gear: "measure", targets: query, config: { level: "x" } })).body.code, "BATCH_INVALID")
      assert.equal(
        (await ask({ gear: "measure", targets: { query: { type: "acquisition", below: "none" } } })).body.code,
        "PLACE_NOT_FOUND",
      )
      assert.equal((await ask({ gear: "measure" })).status, 400)
      const made = await ask({ gear: "measure", targets: query })
      const at = `/batches/${made.body.id}`
      for (const reply of [
        await app.as("other").get(at),
        await app.as("other").get(`${at}/targets`),
        await app.as("other").post(`${at}/run`, { proposal: made.body.proposal }),
        await app.as("other").post(`${at}/cancel`),
        await user.get(`/batches/${"0".repeat(24)}`),
      ]) {
        assert.deepEqual([reply.status, reply.body.code], [404, "BATCH_NOT_FOUND"])
      }
      await app.grant("other", project, "read")
      assert.equal(
        (await app.as("other").post(`${at}/run`, { proposal: made.body.proposal })).body.code,
        "NOT_PERMITTED",
      )
      assert.equal((await user.get(`${at}/targets?cursor=zzz`)).body.code, "CURSOR_UNFIT")
    },
  )
})
