import assert from "node:assert/strict"
import { onDatabases } from "../on-databases.ts"
import { routesBench } from "./routes-bench.ts"

const RULE = { rule: 1, name: "Measure", gear: { name: "measure", version: "1.0" }, when: { type: "nifti" } }

onDatabases((databases) => {
  databases.test("a rule is made, fires, explains itself, is changed by who read it, and goes", async (context) => {
    const { app, project, upload, settle } = await routesBench(context, await databases.open(context))
    const user = app.as("user")
    const made = await user.post(`/projects/${project}/rules`, RULE)
    assert.equal(made.status, 201, made.text)
    const at = `/projects/${project}/rules/${made.body.id}`
    const scan = await upload("scan.nii")
    const note = await upload("note.txt")
    await settle()
    const decisions = await user.get(`${at}/decisions?limit=1`)
    assert.equal(decisions.body.items[0].outcome, "not-fired")
    const rest = await user.get(`${at}/decisions?cursor=${decisions.body.next}`)
    assert.deepEqual([rest.body.items[0].outcome, rest.body.items[0].file], ["fired", scan])
    const explained = await user.post(`${at}/explain`, { file: note })
    assert.equal(explained.body.says, '"note.txt" does not fit: its type is "text", wanted "nifti"')
    assert.deepEqual(explained.body.verdict.when.wanted, '"nifti"')
    const all = await user.get(`/projects/${project}/rule-decisions?outcome=fired`)
    assert.equal(all.body.items.length, 1)
    const preview = await user.post(`${at}/preview`, { document: { ...RULE, when: { name: "*" } }, limit: 1 })
    assert.deepEqual(
      [preview.body.counts, preview.body.files[0].outcome],
      [{ "would-fire": 1 }, "would-fire"],
      preview.text,
    )
    const second = await user.post(`${at}/preview`, { limit: 1, cursor: preview.body.next })
    assert.equal(second.body.files[0].outcome, "already-done")
    const fresh = await user.post(`/projects/${project}/rule-preview`, { document: RULE })
    assert.equal(fresh.body.counts["would-fire"], 1)
    const applied = await user.post(`${at}/apply`, {})
    assert.equal(applied.status, 202)
    await settle()
    const sweeps = await user.get(`${at}/sweeps`)
    assert.deepEqual(sweeps.body.items[0].counts, { "already-done": 1, "not-fired": 1 })
    assert.equal((await user.post(`${at}/confirm`)).status, 200)
    const read = await user.get(at)
    const etag = String(read.headers["etag"])
    const changed = await user.put(at, { ...RULE, disabled: true }, { headers: { "if-match": etag } })
    assert.equal(changed.body.rule.disabled, true)
    assert.equal((await user.put(at, RULE, { headers: { "if-match": etag } })).body.code, "ETAG_MISMATCH")
    assert.equal((await user.delete(at)).status, 204)
    assert.equal((await user.get(at)).body.code, "RULE_NOT_FOUND")
    assert.deepEqual((await user.get(`/projects/${project}/rules`)).body.items, [])
  })

  databases.test(
    "what is wrong with a request is told, and nobody else sees anything of a project",
    async (context) => {
      const { app, project, upload } = await routesBench(context, await databases.open(context))
      const user = app.as("user")
      const at = `/projects/${project}/rules`
      const wrong = await user.post(at, { ...RULE, when: { tpye: "nifti" } })
      assert.deepEqual([wrong.status, wrong.body.code, wrong.body.hint], [422, "RULE_INVALID", 'Rename it to "type"'])
      assert.equal((await user.post(at, [])).status, 400)
      const made = await user.post(at, RULE)
      assert.equal((await user.post(at, RULE)).body.code, "LABEL_TAKEN")
      const file = await upload("scan.nii")
      for (const reply of [
        await app.as("other").get(at),
        await app.as("other").get(`${at}/${made.body.id}`),
        await app.as("other").post(`${at}/${made.body.id}/explain`, { file }),
        await app.as("other").post(`${at}/${made.body.id}/apply`, {}),
        await app.as("other").get(`/projects/${project}/rule-decisions`),
      ]) {
        assert.deepEqual([reply.status, reply.body.code], [404, "PROJECT_NOT_FOUND"])
      }
      assert.equal((await app.as("nobody").get(at)).status, 401)
      await app.grant("other", project, "run")
      assert.equal((await app.as("other").post(at, RULE)).body.code, "NOT_PERMITTED")
      const rule = `${at}/${made.body.id}`
      assert.equal((await user.post(`${rule}/explain`, { file: "0".repeat(24) })).body.code, "ARCHIVE_FILE_NOT_FOUND")
      assert.equal((await user.post(`${rule}/apply`, { below: "nowhere" })).body.code, "PLACE_NOT_FOUND")
      assert.equal((await user.post(`${rule}/preview`, { cursor: "zzz" })).body.code, "CURSOR_UNFIT")
      assert.equal((await user.get(`${rule}/decisions?cursor=zzz`)).body.code, "CURSOR_UNFIT")
      assert.equal((await user.get(`${at}/${"0".repeat(24)}`)).body.code, "RULE_NOT_FOUND")
    },
  )
})
