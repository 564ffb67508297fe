import assert from "node:assert/strict"
import { test } from "node:test"
import type { Rule, RuleCondition } from "@geartrain/spec/rules"
import { memoryDatabase } from "../../../../test/server/memory-database.ts"
import { insertGear, manifestOf } from "../../../../test/server/rules/rules-bench.ts"
import type { GearEntry } from "../../queue/gears/gear-entry.ts"
import type { ServerRule } from "../../rules/store/server-rule.ts"
import { gearShape } from "./gear-shape.ts"
import { groupShape } from "./group-shape.ts"
import { ruleShape } from "./rule-shape.ts"
import { timeOf } from "./words.ts"

test("times are written as Flywheel's readers expect them, to the millisecond, with their distance from UTC", () => {
  assert.equal(timeOf(1), "1970-01-01T00:00:00.001+00:00")
  assert.equal(timeOf(Date.UTC(2026, 1, 28, 23, 59, 59, 999)), "2026-02-28T23:59:59.999+00:00")
  assert.throws(() => timeOf(Number.NaN), RangeError)
})

test("a gear is never modified, though it be disabled, and a group may be", () => {
  const entry = { id: "sha256:1", category: "analysis", manifest: manifestOf("g"), tree: "sha256:2", createdMs: 5 }
  const shape = gearShape({ ...entry, state: "disabled" } as unknown as GearEntry)
  assert.deepEqual(
    [shape._id, shape.gear.name, shape.exchange["rootfs-hash"], shape.disabled, shape.created === shape.modified],
    ["sha256:1", "g", "sha256:2", true, true],
  )
  assert.equal(gearShape({ ...entry, state: "enabled" } as unknown as GearEntry).disabled, false)
  const group = groupShape({ id: "lab", label: "Lab", createdMs: 0, modifiedMs: 1, revision: 3 })
  assert.deepEqual([group._id, group.container_type, group.revision], ["lab", "group", 3])
  assert.notEqual(group.created, group.modified)
})

async function shapeOf(
  database: Awaited<ReturnType<typeof memoryDatabase>>,
  rule: Partial<Rule>,
): ReturnType<typeof ruleShape> {
  const server: ServerRule = {
    ...{ id: "r", project: "p", confirmedBy: "x", confirmedMs: 0, createdMs: 0, createdBy: "x", modifiedMs: 1 },
    ...{ revision: 1, rule: { rule: 1, name: "n", gear: { name: "g", version: "1.0" }, ...rule } },
  }
  return ruleShape(database.read, server)
}

test("a rule names the gear that it means now, and none when there is none", async (context) => {
  const database = await memoryDatabase(context)
  assert.equal((await shapeOf(database, {})).gear_id, null)
  const id = await insertGear(database, manifestOf("g"))
  const shape = await shapeOf(database, { disabled: true, config: { a: 1 } })
  assert.deepEqual([shape.gear_id, shape.auto_update, shape.disabled, shape.config], [id, false, true, { a: 1 }])
  const follows = await shapeOf(database, { gear: { name: "g", version: "0.1", follows: "name" } })
  assert.deepEqual([follows.gear_id, follows.auto_update, "config" in follows], [id, true, false])
})

test("conditions are told in three lists where these can say all of the rule", async (context) => {
  const shape = await shapeOf(await memoryDatabase(context), {
    when: {
      all: [
        { any: [{ type: "dicom" }, { name: { regex: ".*\\.nii" } }] },
        { tag: "rest" },
        { holds: { classification: "T1" } },
        { not: { modality: "CT" } },
        { not: { holds: { type: "nifti" } } },
      ],
    },
  })
  assert.deepEqual(
    [shape.any, shape.all, shape.not],
    [
      [
        { type: "file.type", value: "dicom", regex: false },
        { type: "file.name", value: ".*\\.nii", regex: true },
      ],
      [
        { type: "file.tags", value: "rest", regex: false },
        { type: "container.has-classification", value: "T1", regex: false },
      ],
      [
        { type: "file.modality", value: "CT", regex: false },
        { type: "container.has-type", value: "nifti", regex: false },
      ],
    ],
  )
})

test("a rule that says more than three lists can is told in our own words alone, not in half of them", async (context) => {
  const database = await memoryDatabase(context)
  const any = { any: [{ type: "dicom" }] } as const
  const told = async (rule: Partial<Rule>) => {
    const { any: some, all, not, geartrain } = await shapeOf(database, rule)
    assert.deepEqual(geartrain.when, rule.when)
    return [some, all, not]
  }
  const conditions: readonly (RuleCondition | undefined)[] = [
    undefined,
    { type: "dicom" },
    any,
    { all: [any, any] },
    { all: [{ metadata: "session.info.x", exists: true }] },
    { all: [{ zipMember: "x" }] },
    { all: [{ holds: { name: "x" } }] },
    { all: [{ type: "dicom" }, { not: { all: [{ type: "x" }] } }] },
    { all: [{ any: [{ type: "dicom" }, { not: { type: "x" } }] }] },
    { all: [{ madeBy: { gear: "g" } }] },
  ]
  for (const when of conditions)
    assert.deepEqual(await told(when === undefined ? {} : { when }), Array(3).fill(undefined), JSON.stringify(when))
  const when = { all: [{ type: "dicom" }] } as const
  assert.deepEqual(await told({ when }), [[], [{ type: "file.type", value: "dicom", regex: false }], []])
  for (const more of [
    { within: "session" },
    { tags: ["x"] },
    { schedule: { cron: "0 3 * * *" } },
    { fixed: {} },
  ] as const)
    assert.deepEqual(await told({ when, ...more }), Array(3).fill(undefined))
})
