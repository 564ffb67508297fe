import { type Gear, GeartrainError, type JsonValue } from "@geartrain/spec"
import { readAdditions, type WrittenResources } from "@geartrain/spec/additions"
import type { ConfigSource, Scatter, Workflow } from "@geartrain/spec/workflow"

/** The one step of a sweep. */
export const SWEEP_STEP = "run"

/** A gear over a grid of config values. */
export interface Sweep {
  readonly gear: Gear
  /** By the name of the config value, in the order of the columns. One value is the same in every job. */
  readonly values: ReadonlyMap<string, readonly JsonValue[]>
  /** The first with the first, instead of each with each. */
  readonly zip?: boolean
  /** Names of inputs that are given files. */
  readonly inputs: ReadonlySet<string>
  readonly resources?: WrittenResources
}

/**
 * Writes a sweep as a workflow: one step, scattered over the values.
 *
 * @throws {GeartrainError} USAGE where nothing has two values, and for a zip of lists that are not of one length.
 */
export function sweepWorkflow({ gear, values, zip, inputs, resources }: Sweep): Workflow {
  const { manifest } = gear
  const swept = sweptNames(values)
  if (swept.length === 0) {
    throw new GeartrainError("USAGE", `Cannot sweep gear "${manifest.name}": no config value has two values or more`, {
      hint: "Give one a range or a list: --set NAME=1..10",
    })
  }
  if (zip === true) refuseUnequal(values, swept)
  const over: Record<string, readonly JsonValue[]> = Object.create(null)
  const config: Record<string, ConfigSource> = Object.create(null)
  for (const [index, name] of [...values.keys()].entries()) {
    const list = values.get(name) ?? []
    if (list.length === 1) config[name] = list[0] ?? null
    else {
      const each = eachName(name, index)
      over[each] = list
      config[name] = { from: `each.${each}` }
    }
  }
  const by: Pick<Scatter, "by"> = swept.length < 2 ? {} : { by: zip === true ? "zip" : "cross" }
  return {
    workflow: 1,
    name: `sweep-${manifest.name}`.replaceAll(/[^A-Za-z0-9._-]/g, "-").slice(0, 100),
    inputs: inputsOf(gear),
    steps: {
      [SWEEP_STEP]: {
        gear: gear.id,
        inputs: Object.fromEntries([...inputs].map((name) => [name, { from: `inputs.${name}` }])),
        config,
        scatter: { over, ...by },
        ...(resources === undefined ? {} : { resources }),
      },
    },
  }
}

/** Config values that differ from job to job. */
export function sweptNames(values: ReadonlyMap<string, readonly JsonValue[]>): readonly string[] {
  return [...values].filter(([, list]) => list.length > 1).map(([name]) => name)
}

function refuseUnequal(values: ReadonlyMap<string, readonly JsonValue[]>, swept: readonly string[]): void {
  const lengths = swept.map((name) => [name, values.get(name)?.length ?? 0] as const)
  if (new Set(lengths.map(([, length]) => length)).size === 1) return
  const told = lengths.map(([name, length]) => `"${name}" has ${length}`).join(", ")
  throw new GeartrainError("USAGE", `Cannot sweep with --zip: lists have to be of one length, and ${told}`, {
    hint: "Give each as many values, or leave --zip away to have each with each",
  })
}

/** What a config value is called in the scatter, whose names may hold less. */
function eachName(name: string, index: number): string {
  return /^[A-Za-z][A-Za-z0-9_-]{0,99}$/.test(name) ? name : `value${index + 1}`
}

function inputsOf({ manifest }: Gear): NonNullable<Workflow["inputs"]> {
  const { inputs: added } = readAdditions(manifest)
  const inputs = Object.entries(manifest.inputs).filter(([, { base }]) => base === "file")
  return Object.fromEntries(
    inputs.map(([name, input]) => {
      const takes = added !== undefined && Object.hasOwn(added, name) ? added[name]?.takes : undefined
      return [
        name,
        { ...(takes === undefined ? {} : { takes }), ...(input["optional"] === true ? { optional: true } : {}) },
      ]
    }),
  )
}
