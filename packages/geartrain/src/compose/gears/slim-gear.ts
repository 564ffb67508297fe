import type { ImageTree, Tracer } from "@geartrain/ports"
import type { Gear } from "@geartrain/spec"
import type { ReadTest } from "../../author/gear-tests/read-test.ts"
import { runTest, type TestResult } from "../../author/gear-tests/run-test.ts"
import { compareRuns } from "../../author/slim/compare-runs.ts"
import { type SlimName, slimManifest } from "../../author/slim/slim-manifest.ts"
import { slimNames } from "../../author/slim/slim-names.ts"
import { type TreeSize, treeSize } from "../../author/slim/tree-size.ts"
import type { UsedNames } from "../../author/slim/used-names.ts"
import { describeGear, refuseMovedVersion } from "../../engine/gears/import-gear.ts"
import { gearReference } from "../../engine/gears/resolve-gear.ts"
import type { RunJobOptions } from "../../engine/job-request.ts"
import { MANIFEST_PATH, openImageTar, pickEntries, surveyTree, type TreeScan, withFile } from "../../images/index.ts"
import type { Settings } from "../../settings/settings.ts"
import { openStraceTracer } from "../../tracers/strace/index.ts"
import { type Engine, openEngine } from "../open-engine.ts"
import { runTraced } from "../proof/run-traced.ts"

/** What is to be made slim. */
export interface SlimWish {
  readonly gear: Gear
  readonly tests: readonly ReadTest[]
  readonly name: SlimName
  readonly provider?: string
  /** Take the name and version from another gear that has them. */
  readonly force: boolean
}

/** What is done just now. */
export type SlimStep = "plain" | "observed" | "pick" | "slim" | "again"

export interface SlimOptions extends RunJobOptions {
  readonly onStep?: (step: SlimStep) => void
}

/** How it ended. */
export type Slimmed =
  | {
      readonly verdict: "equal"
      readonly gear: Gear
      readonly reference: string
      readonly full: TreeSize
      readonly slim: TreeSize
      readonly provider: string
    }
  /**
   * Nothing was stored. `fails`: the full gear does not pass its tests; `unsteady`: it does not do the same twice; `observed`: it does
   * otherwise when it is watched; `different`: it does otherwise without the files that it was not seen to use.
   */
  | {
      readonly verdict: "fails" | "unsteady" | "observed" | "different"
      readonly differences: readonly string[]
      readonly provider: string
    }

/**
 * Makes a gear of just those files of another that it uses in its tests, and stores it if it is proven equal on them.
 *
 * @throws {GeartrainError} TRACER_UNAVAILABLE; GEAR_EXISTS when another gear has the name and version; TRACE_UNREADABLE; what running throws.
 */
export async function slimGear(wish: SlimWish, settings: Settings, options: SlimOptions = {}): Promise<Slimmed> {
  const tracer = openStraceTracer()
  const engine = await openEngine(settings, {
    write: true,
    ...(wish.provider === undefined ? {} : { provider: wish.provider }),
  })
  try {
    const { name: provider } = await engine.provider()
    const outcome = await new Slimming(engine, { ...wish, provider }, options).run(tracer)
    return { ...outcome, provider }
  } finally {
    await engine.close()
  }
}

type Outcome = Slimmed extends infer Each ? (Each extends Slimmed ? Omit<Each, "provider"> : never) : never

type Proof =
  | Extract<Outcome, { readonly differences: readonly string[] }>
  | { readonly verdict: "equal"; readonly gear: Gear; readonly reference: string }

class Slimming {
  readonly #engine: Engine
  readonly #wish: SlimWish & { readonly provider: string }
  readonly #options: SlimOptions

  constructor(engine: Engine, wish: SlimWish & { readonly provider: string }, options: SlimOptions) {
    this.#engine = engine
    this.#wish = wish
    this.#options = options
  }

  async run(tracer: Tracer): Promise<Outcome> {
    const { gear } = this.#wish
    const plain = await this.#runTests("plain", gear)
    const problems = plain.flatMap(({ test, problems }) => problems.map((problem) => `test ${test}: ${problem}`))
    if (problems.length > 0) return { verdict: "fails", differences: problems }
    this.#step("pick")
    const survey = await surveyTree(this.#fullTar(), { reference: gearReference(gear) })
    const used = slimNames(survey.entries)
    const observed = await this.#observeTests(tracer, used)
    const differences = compareRuns(plain, observed)
    if (differences.length > 0) return await this.#whyOtherwise(plain, differences)
    this.#step("pick")
    const part = { names: used.names, survey, reference: gearReference(gear) }
    const image = this.#slimImage(() => pickEntries(this.#fullTar(), part))
    const outcome = await this.#prove(plain, image)
    if (outcome.verdict !== "equal") return outcome
    return { ...outcome, full: treeSize(survey.entries), slim: treeSize(survey.entries, used.names) }
  }

  /** Watched or not: what does not do the same twice proves nothing about being watched. */
  async #whyOtherwise(plain: readonly TestResult[], differences: readonly string[]): Promise<Outcome> {
    const unsteady = compareRuns(plain, await this.#runTests("again", this.#wish.gear))
    return unsteady.length > 0 ? { verdict: "unsteady", differences: unsteady } : { verdict: "observed", differences }
  }

  async #prove(plain: readonly TestResult[], image: ImageTree<TreeScan>): Promise<Proof> {
    const { gears, roots } = this.#engine
    const described = await describeGear(image, { platform: this.#wish.gear.platform })
    const { gear, scan } = described
    const reference = gearReference(gear)
    await refuseMovedVersion(reference, { id: gear.id, force: this.#wish.force }, this.#engine)
    const isStored = (await roots.stat(scan.tree)) !== undefined
    await roots.put(scan.tree, { tar: image.tar(scan), listing: scan.listing() })
    let isProven = false
    try {
      const differences = compareRuns(plain, await this.#runTests("slim", gear))
      if (differences.length > 0) {
        // What differs from run to run differs here too.
        const unsteady = compareRuns(plain, await this.#runTests("again", this.#wish.gear))
        return unsteady.length > 0
          ? { verdict: "unsteady", differences: unsteady }
          : { verdict: "different", differences }
      }
      await gears.putGear(gear)
      await gears.setReference(reference, gear.id)
      isProven = true
      return { verdict: "equal", gear, reference }
    } finally {
      if (!isProven && !isStored) await roots.remove(scan.tree)
    }
  }

  async #runTests(step: SlimStep, gear: Gear): Promise<readonly TestResult[]> {
    this.#step(step)
    const results: TestResult[] = []
    for (const test of this.#wish.tests) results.push(await this.#runTest(test, gear, this.#engine))
    return results
  }

  async #runTest(test: ReadTest, gear: Gear, ports: Engine): Promise<TestResult> {
    this.#options.signal?.throwIfAborted()
    const { provider } = this.#wish
    const result = await runTest(test, { gear, ports, provider }, this.#options)
    // A job that was cancelled says nothing about the gear.
    this.#options.signal?.throwIfAborted()
    return result
  }

  async #observeTests(tracer: Tracer, used: UsedNames): Promise<readonly TestResult[]> {
    this.#step("observed")
    const run = { tracer, onEvent: used.event }
    const results: TestResult[] = []
    for (const test of this.#wish.tests) {
      results.push(await runTraced(this.#engine, run, (watched) => this.#runTest(test, this.#wish.gear, watched)))
    }
    return results
  }

  #fullTar(): AsyncIterable<Uint8Array> {
    return this.#engine.roots.read(this.#wish.gear.tree)
  }

  #slimImage(open: () => AsyncIterable<Uint8Array>): ImageTree<TreeScan> {
    const { gear, name } = this.#wish
    const image = openImageTar({ open, sizeBytes: gear.sizeBytes }, { kind: "slim", reference: gearReference(gear) })
    const body = new TextEncoder().encode(`${JSON.stringify(slimManifest(gear, name), undefined, 2)}\n`)
    return {
      ...image,
      withFile,
      scan: async (scanning) => {
        const scan = await image.scan(scanning)
        return withFile(scan, MANIFEST_PATH, body) ?? scan
      },
      ...(gear.image === undefined ? {} : { declaration: gear.image }),
    }
  }

  #step(step: SlimStep): void {
    this.#options.signal?.throwIfAborted()
    this.#options.onStep?.(step)
  }
}
