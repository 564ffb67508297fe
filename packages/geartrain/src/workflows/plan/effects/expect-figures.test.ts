import assert from "node:assert/strict"
import { test } from "node:test"
import type { JobFigures } from "@geartrain/ports"
import type { PlannedJob } from "@geartrain/spec/workflow"
import { gear } from "../../../../test/stores/records/sample-records.ts"
import { plannedJob } from "../../../../test/workflows/sample-plan.ts"
import { expectFigures } from "./expect-figures.ts"

const GEAR = gear(1)
/** Another gear under the same name, as a new version is. */
const NEWER = { ...gear(2), manifest: GEAR.manifest }
const OTHER = gear(3)
const GEARS = new Map([GEAR, NEWER, OTHER].map((one) => [one.id as string, one]))

async function expected(jobs: readonly PlannedJob[], figures: Readonly<Record<string, readonly JobFigures[]>>) {
  const asked: string[] = []
  const history = {
    figures: async (name: string, most: number) => {
      asked.push(`${name} ${most}`)
      return figures[name] ?? []
    },
  }
  const made = await expectFigures(jobs, { gears: GEARS, history })
  return { asked, expected: made.map((job) => job.expected) }
}

test("a job is expected to take the median of what the last ones of its gear took, each figure by itself", async () => {
  const figures = [
    { wallMs: 30, outputBytes: 1 },
    { wallMs: 10, peakMemoryBytes: 7 },
    { wallMs: 20, outputBytes: 9 },
  ] as readonly JobFigures[]
  const { expected: told } = await expected([plannedJob("a", [], { gear: GEAR.id })], { "gear-1": figures })
  assert.deepEqual(told, [{ wallMs: 20, outputBytes: 9, peakMemoryBytes: 7 }])
})

test("of a gear that never ran nothing is expected, nor of one that is not known", async () => {
  const jobs = [plannedJob("a", [], { gear: OTHER.id }), plannedJob("b", [], { gear: gear(9).id })]
  const { expected: told, asked } = await expected(jobs, {})
  assert.deepEqual(told, [undefined, undefined])
  assert.deepEqual(asked, ["gear-3 25"])
})

test("versions of one gear are asked for once, by its name", async () => {
  const jobs = [GEAR, NEWER, GEAR].map(({ id }, index) => plannedJob(`j${index}`, [], { gear: id }))
  const { expected: told, asked } = await expected(jobs, { "gear-1": [{ wallMs: 5 } as JobFigures] })
  assert.deepEqual(told, [{ wallMs: 5 }, { wallMs: 5 }, { wallMs: 5 }])
  assert.deepEqual(asked, ["gear-1 25"])
})

test("a job that is skipped takes nothing, and alone has nobody asked", async () => {
  const skipped = plannedJob("a", [], { gear: GEAR.id, action: "skip" })
  const alone = await expected([skipped], { "gear-1": [{ wallMs: 5 } as JobFigures] })
  assert.deepEqual([alone.expected, alone.asked], [[undefined], []])
  const both = await expected([skipped, plannedJob("b", [], { gear: GEAR.id })], {
    "gear-1": [{ wallMs: 5 } as JobFigures],
  })
  assert.deepEqual(both.expected, [undefined, { wallMs: 5 }])
})
