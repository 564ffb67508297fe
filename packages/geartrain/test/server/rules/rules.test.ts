import assert from "node:assert/strict"
import { isGeartrainError } from "@geartrain/spec"
import { changePlace } from "../../../src/server/archive/places/change-place.ts"
import { readEvents } from "../../../src/server/database/events/read-events.ts"
import { applyRule, listSweeps } from "../../../src/server/rules/consume/sweeps.ts"
import { listDecisions } from "../../../src/server/rules/decide/list-decisions.ts"
import { explainFile } from "../../../src/server/rules/preview/explain-file.ts"
import { previewRule } from "../../../src/server/rules/preview/preview-rule.ts"
import { listRules } from "../../../src/server/rules/store/find-rule.ts"
import { changeRule, confirmRule, createRule, deleteRule } from "../../../src/server/rules/store/save-rule.ts"
import { onDatabases } from "../on-databases.ts"
import { Crash, dyingPorts, rulesBench } from "./rules-bench.ts"

const CONVERT = { name: "Convert", gear: { name: "convert", version: "1.0" }, when: { type: "dicom" } }

onDatabases((databases) => {
  databases.test("a file that fits starts one job, and one that does not leaves why", async (context) => {
    const bench = await rulesBench(context, await databases.open(context))
    await bench.gear("convert")
    const rule = await bench.rule(CONVERT)
    const scan = await bench.upload("scan.dcm")
    const note = await bench.upload("note.txt")
    await bench.settle()
    await bench.settle()
    assert.deepEqual(
      (await bench.jobs()).map(({ gear, inputs }) => [gear, inputs]),
      [["convert 1.0", ["scan=scan.dcm"]]],
    )
    assert.deepEqual(await bench.decisions(), [
      ["scan.dcm", "fired"],
      ["note.txt", "not-fired"],
    ])
    const told = await explainFile(bench.ports, bench.archive.reader, {
      project: bench.archive.project,
      id: rule.id,
      file: note.id,
    })
    assert.equal(told.says, '"note.txt" does not fit: its type is "text", wanted "dicom"')
    assert.equal(told.last?.outcome, "not-fired")
    const done = await explainFile(bench.ports, bench.archive.reader, {
      project: bench.archive.project,
      id: rule.id,
      file: scan.id,
    })
    assert.equal(done.outcome, "already-done")
    const [fired] = await readEvents(bench.ports.database.read, { after: 0, limit: 10, kinds: ["rule.fired"] })
    assert.equal(fired?.data["file"], scan.id)
  })

  databases.test("the last word about each file is kept, and what was started for good", async (context) => {
    const bench = await rulesBench(context, await databases.open(context))
    await bench.gear("convert")
    await bench.rule(CONVERT)
    for (const content of ["1", "2", "3"]) await bench.upload("note.txt", content)
    await bench.upload("a.dcm", "1")
    await bench.settle()
    await bench.upload("a.dcm", "2")
    await bench.settle()
    assert.deepEqual((await bench.decisions()).toSorted(), [
      ["a.dcm", "fired"],
      ["a.dcm", "fired"],
      ["note.txt", "not-fired"],
    ])
    assert.equal((await bench.jobs()).length, 2)
  })

  databases.test("a job that ends makes another rule fire, and no gear goes round", async (context) => {
    const bench = await rulesBench(context, await databases.open(context))
    await bench.gear("convert")
    await bench.gear("measure")
    await bench.rule({ ...CONVERT, when: { any: [{ type: "dicom" }, { type: "nifti" }] } })
    await bench.rule({
      name: "Measure",
      gear: { name: "measure", version: "1.0" },
      when: { all: [{ madeBy: { gear: "convert" } }, { job: { gear: "convert", state: "complete" } }] },
    })
    await bench.upload("scan.dcm")
    await bench.settle()
    const [first] = await bench.jobs()
    await bench.end(first?.id ?? "", { "scan.nii": "brain" })
    await bench.settle()
    const [, second, third] = await bench.jobs()
    assert.deepEqual([second?.gear, second?.inputs, third], ["measure 1.0", ["scan=scan.nii"], undefined])
    assert.ok((await bench.decisions()).some(([file, outcome]) => file === "scan.nii" && outcome === "loop"))
    const page = await listDecisions(bench.ports, bench.archive.reader, {
      project: bench.archive.project,
      outcome: "fired",
      limit: 1,
    })
    assert.deepEqual(page.items[0]?.chain, [{ rule: page.items[0]?.chain[0]?.rule, job: first?.id }])
    const rest = await listDecisions(bench.ports, bench.archive.reader, {
      project: bench.archive.project,
      outcome: "fired",
      limit: 1,
      cursor: page.next,
    })
    assert.equal(rest.items[0]?.job, first?.id)
  })

  databases.test("a row of rules ends at its depth, with the reason kept", async (context) => {
    const bench = await rulesBench(context, await databases.open(context))
    await bench.gear("grow")
    await bench.rule({ name: "Grow", gear: { name: "grow", version: "1.0" }, loops: { ownOutputs: true, depth: 3 } })
    await bench.upload("0.txt")
    for (let n = 1; n < 10; n++) {
      await bench.settle()
      const open = (await bench.jobs()).find(({ state }) => state === "pending")
      if (open !== undefined) await bench.end(open.id, { [`${n}.txt`]: String(n) })
    }
    assert.equal((await bench.jobs()).length, 3)
    assert.deepEqual((await bench.decisions()).at(-1), ["3.txt", "loop"])
  })

  databases.test("files are taken together once all are there, and several that fit are told", async (context) => {
    const bench = await rulesBench(context, await databases.open(context))
    await bench.gear("pair", { inputs: { t1: { base: "file" }, t2: { base: "file" } } })
    await bench.rule({
      name: "Pair",
      gear: { name: "pair", version: "1.0" },
      inputs: { t1: { name: "*t1*" }, t2: { name: "*t2*" } },
      within: "session",
    })
    const other = await bench.place("acquisition", bench.archive.session, "T2w")
    await bench.upload("a_t1.nii")
    await bench.settle()
    assert.deepEqual(await bench.decisions(), [["a_t1.nii", "waiting"]])
    await bench.upload("a_t2.nii", "t2", other)
    await bench.settle()
    const [job] = await bench.jobs()
    assert.deepEqual(job?.inputs.toSorted(), ["t1=a_t1.nii", "t2=a_t2.nii"])
    await bench.upload("b_t2.nii", "again", other)
    await bench.settle()
    assert.ok((await bench.decisions()).some(([file, outcome]) => file === "b_t2.nii" && outcome === "ambiguous"))
    const stored = await bench.ports.database.read.selectFrom("jobs").select("destination_id").execute()
    assert.deepEqual(
      stored.map((row) => row.destination_id),
      [bench.archive.session],
    )
  })

  databases.test("what changes above a file is looked at again", async (context) => {
    const bench = await rulesBench(context, await databases.open(context))
    await bench.gear("convert")
    await bench.rule({ ...CONVERT, when: { metadata: "subject.info.consent", equals: true } })
    await bench.rule({ ...CONVERT, name: "By name", when: { name: "x" } })
    await bench.upload("scan.dcm")
    await bench.settle()
    assert.equal((await bench.jobs()).length, 0)
    await changePlace(bench.archive.ports, bench.archive.admin, {
      id: bench.archive.subject,
      patch: { set: { info: { consent: true } } },
    })
    await bench.settle()
    assert.equal((await bench.jobs()).length, 1)
  })

  databases.test("at whatever moment the server dies, no decision is lost and none made twice", async (context) => {
    const bench = await rulesBench(context, await databases.open(context))
    await bench.gear("convert")
    await bench.rule(CONVERT)
    for (let n = 0; n < 6; n++) await bench.upload(`${n}.dcm`)
    const moments = ["before", "after", "after", undefined, "before", undefined, "after"] as const
    let asked = 0
    let crashes = 0
    for (let tries = 0; tries < 60; tries++) {
      const dying = dyingPorts(bench.ports, () => moments[asked++ % moments.length])
      try {
        await bench.settle(dying)
        break
      } catch (error) {
        assert.ok(error instanceof Crash)
        const [jobs, decided] = [await bench.jobs(), await bench.decisions()]
        assert.ok(decided.length <= jobs.length && decided.every(([, outcome]) => outcome === "fired"))
        crashes++
      }
    }
    assert.ok(crashes > 2)
    assert.equal((await bench.jobs()).length, 6)
    assert.deepEqual(
      (await bench.decisions()).map(([, outcome]) => outcome),
      Array(6).fill("fired"),
    )
  })

  databases.test("a job is started once, also when another confirms the rule after a crash", async (context) => {
    const bench = await rulesBench(context, await databases.open(context))
    await bench.gear("convert")
    const rule = await bench.rule(CONVERT)
    await bench.upload("0.dcm")
    await assert.rejects(bench.settle(dyingPorts(bench.ports, () => "after")), Crash)
    const [submitted] = await bench.jobs()
    const { project, admin } = bench.archive
    bench.rights["admin"] = { [project]: "admin" }
    await confirmRule(bench.ports, admin, { project, id: rule.id })
    await Promise.all([bench.settle(), bench.settle()])
    assert.deepEqual(
      (await bench.jobs()).map(({ id }) => id),
      [submitted?.id],
    )
    assert.deepEqual(await bench.decisions(), [["0.dcm", "fired"]])
  })

  databases.test("two servers over one database start each job once", async (context) => {
    const bench = await rulesBench(context, await databases.open(context))
    await bench.gear("convert")
    await bench.rule(CONVERT)
    for (let n = 0; n < 30; n++) await bench.upload(`${n}.dcm`)
    await Promise.all([bench.settle(), bench.settle(), bench.settle()])
    await bench.settle()
    assert.equal((await bench.jobs()).length, 30)
    assert.equal((await bench.decisions()).length, 30)
  })

  databases.test("what is wrong with one rule stops no other", async (context) => {
    const bench = await rulesBench(context, await databases.open(context))
    await bench.gear("convert")
    const gone = await bench.gear("gone")
    await bench.rule({ ...CONVERT, name: "A", gear: { name: "gone", version: "1.0" } })
    await bench.rule({ ...CONVERT, name: "B" })
    await bench.rule({ ...CONVERT, name: "C", disabled: true })
    await bench.ports.database.write(({ sql }) =>
      sql.updateTable("gears").set({ state: "disabled" }).where("id", "=", gone).execute(),
    )
    await bench.upload("scan.dcm")
    await bench.settle()
    assert.deepEqual(
      (await bench.decisions()).map(([, outcome]) => outcome),
      ["error", "fired", "not-fired"],
    )
    const page = await listDecisions(bench.ports, bench.boss, {
      project: bench.archive.project,
      outcome: "error",
      limit: 5,
    })
    assert.equal(page.items[0]?.code, "RULE_INVALID")
    assert.match(page.items[0]?.says ?? "", /there is no enabled gear gone 1.0/)
  })

  databases.test("a rule acts with the rights of who confirmed it, and says when they are gone", async (context) => {
    const bench = await rulesBench(context, await databases.open(context))
    await bench.gear("convert")
    const rule = await bench.rule(CONVERT)
    bench.rights["boss"] = {}
    const scan = await bench.upload("scan.dcm")
    await bench.settle()
    assert.deepEqual(await bench.decisions(), [["scan.dcm", "no-right"]])
    const { project, admin } = bench.archive
    await confirmRule(bench.ports, admin, { project, id: rule.id })
    bench.rights["admin"] = { [project]: "admin" }
    assert.equal((await explainFile(bench.ports, admin, { project, id: rule.id, file: scan.id })).outcome, "would-fire")
    await applyRule(bench.ports, admin, { project, id: rule.id })
    await bench.settle()
    assert.equal((await bench.jobs()).length, 1)
    const [sweep] = await listSweeps(bench.ports, admin, { project, id: rule.id })
    assert.deepEqual([sweep?.state, sweep?.counts, sweep?.files], ["complete", { fired: 1 }, 1])
  })

  databases.test(
    "a rule is refused with what is wrong, kept once by name, and changed by one writer at a time",
    async (context) => {
      const bench = await rulesBench(context, await databases.open(context))
      const { project, reader, stranger } = bench.archive
      await bench.gear("convert", { config: { level: { type: "integer", default: 1 } } })
      const invalid = (rule: object, says: RegExp) =>
        assert.rejects(
          createRule(bench.ports, bench.boss, { project, document: { rule: 1, ...CONVERT, ...rule } }),
          (error) => isGeartrainError(error, "RULE_INVALID") && says.test(error.message),
        )
      await invalid({ gear: { name: "none", version: "1" } }, /no enabled gear none 1/)
      await invalid({ config: { level: "high" } }, /level/)
      await invalid({ inputs: { t1: { type: "dicom" } } }, /no file input "t1"/)
      await invalid({ when: { tpye: "x" } }, /"tpye" is no test/)
      await invalid({ schedule: { cron: "61 * * * *" } }, /schedule/)
      await invalid({ schedule: { cron: "* * * * *", timeZone: "Mars" } }, /Mars/)
      const rule = await bench.rule(CONVERT)
      await assert.rejects(bench.rule(CONVERT), (error) => isGeartrainError(error, "LABEL_TAKEN"))
      const document = { rule: 1, ...CONVERT, name: "Other" }
      const changed = await changeRule(bench.ports, bench.boss, { project, id: rule.id, document, revision: 1 })
      assert.equal(changed.revision, 2)
      await assert.rejects(
        changeRule(bench.ports, bench.boss, { project, id: rule.id, document, revision: 1 }),
        (error) => isGeartrainError(error, "ETAG_MISMATCH"),
      )
      await assert.rejects(createRule(bench.ports, reader, { project, document }), (error) =>
        isGeartrainError(error, "NOT_PERMITTED"),
      )
      await assert.rejects(listRules(bench.ports, stranger, project), (error) =>
        isGeartrainError(error, "PROJECT_NOT_FOUND"),
      )
      await deleteRule(bench.ports, bench.boss, { project, id: rule.id })
      assert.deepEqual(await listRules(bench.ports, bench.boss, project), [])
      await assert.rejects(deleteRule(bench.ports, bench.boss, { project, id: rule.id }), (error) =>
        isGeartrainError(error, "RULE_NOT_FOUND"),
      )
    },
  )

  databases.test("a schedule comes at its time, once for all that was missed", async (context) => {
    const bench = await rulesBench(context, await databases.open(context))
    await bench.gear("convert")
    const rule = await bench.rule({ ...CONVERT, schedule: { cron: "0 3 * * *", timeZone: "Europe/Zurich" } })
    assert.equal(rule.nextMs, Date.UTC(2026, 0, 1, 2))
    await bench.upload("scan.dcm")
    await bench.settle()
    assert.equal((await bench.jobs()).length, 0)
    bench.clock.nowMs = Date.UTC(2026, 0, 5)
    await bench.settle()
    assert.equal((await bench.jobs()).length, 1)
    const sweeps = await listSweeps(bench.ports, bench.boss, { project: bench.archive.project, id: rule.id })
    assert.deepEqual(
      sweeps.map(({ cause, state }) => [cause, state]),
      [["schedule", "complete"]],
    )
    const [after] = await listRules(bench.ports, bench.boss, bench.archive.project)
    assert.equal(after?.nextMs, Date.UTC(2026, 0, 5, 2))
  })

  databases.test(
    "a preview tells what another version takes, and what would fire, and starts nothing",
    async (context) => {
      const bench = await rulesBench(context, await databases.open(context))
      const { project } = bench.archive
      await bench.gear("convert", {
        config: { old: { type: "string", default: "a" }, level: { type: "integer", default: 1 } },
      })
      const rule = await bench.rule({ ...CONVERT, config: { level: 2 } })
      await bench.gear("convert", {
        version: "2.0",
        config: { level: { type: "integer", default: 5 }, fresh: { type: "boolean", default: true } },
      })
      await bench.upload("scan.dcm")
      await bench.upload("note.txt")
      const preview = await previewRule(bench.ports, bench.boss, { project, id: rule.id, version: "2.0", limit: 100 })
      assert.deepEqual(
        preview.changes.map(({ name, change, used }) => [name, change, used]),
        [
          ["old", "vanishes", false],
          ["level", "changes-default", true],
          ["fresh", "appears", false],
        ],
      )
      assert.deepEqual(
        [preview.gear.version, preview.counts, preview.faults],
        ["2.0", { "would-fire": 1, "not-fired": 1 }, []],
      )
      assert.equal((await bench.jobs()).length, 0)
      await bench.gear("convert", { version: "3.0" })
      const unfit = await previewRule(bench.ports, bench.boss, { project, id: rule.id, version: "3.0", limit: 100 })
      assert.equal(unfit.faults.length, 1)
      assert.deepEqual(unfit.files, [])
    },
  )

  databases.test("a rule that follows a name runs the newest version", async (context) => {
    const bench = await rulesBench(context, await databases.open(context))
    await bench.gear("convert")
    await bench.rule({ ...CONVERT, gear: { name: "convert", version: "1.0", follows: "name" } })
    await bench.rule({ ...CONVERT, name: "Pinned" })
    await bench.gear("convert", { version: "1.1" })
    await bench.upload("scan.dcm")
    await bench.settle()
    assert.deepEqual((await bench.jobs()).map(({ gear }) => gear).toSorted(), ["convert 1.0", "convert 1.1"])
  })
})
