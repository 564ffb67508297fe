import { createHash } from "node:crypto"
import { globSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { TOP } from "../top.ts"
import { fetchData } from "./fetch-data.ts"
import { gear } from "./gear.ts"
import type { WorkflowDemo } from "./workflow-demos.ts"

/** What the demo works with. */
interface Means {
  /** Where the gear's store is. */
  readonly home: string
  /** Folder for what is fetched, and for results. */
  readonly cache: string
  /** Tells a step, and how long it took. */
  readonly step: <T>(what: string, work: (say: (how: string) => void) => Promise<T>) => Promise<T>
}

/** What came of it. */
export interface ShownWorkflow {
  /** Folder of the outputs. */
  readonly folder: string
  /** Paths in it. */
  readonly files: readonly string[]
  readonly finding: string
  /** Whether the second run gave the same files. */
  readonly isSame: boolean
  /** How many jobs there are, and how many of them the second run carried out once more. */
  readonly jobs: number
  readonly left: number
}

interface RunData {
  readonly jobs: readonly { readonly state: string }[]
}

/** Builds the gears of an example workflow from their recipes, and runs it twice on real data: the second time nothing should be left to do. */
export async function showWorkflow(demo: WorkflowDemo, { home, cache, step }: Means): Promise<ShownWorkflow> {
  const { example, data, parameters, finding } = demo
  const folder = join(TOP, "examples", example)
  for (const path of globSync("gears/*", { cwd: folder }).toSorted()) {
    await step(`gear build ${path}`, () => gear(["build", join(folder, path)], home))
  }
  const found = await step(`data from Debian's ${data.package}`, () => fetchData(data, join(cache, "data")))
  const inputs = Object.entries(found).flatMap(([name, path]) => ["--input", `${name}=${path}`])
  const settings = parameters.flatMap((parameter) => ["--set", parameter])
  const results = join(cache, "results", example)
  // Made by an earlier demo.
  rmSync(results, { recursive: true, force: true })
  const run = (out: string) =>
    gear<RunData>(
      ["workflow", "run", join(folder, "workflow.yaml"), ...inputs, ...settings, "--out", join(results, out)],
      home,
    )
  await step("gear workflow run", () => run("first"))
  const again = await step("gear workflow run, again", () => run("second"))
  const [first, second] = [listing(join(results, "first")), listing(join(results, "second"))]
  return {
    folder: join(results, "first"),
    files: first.map(([path]) => path),
    finding: finding(join(results, "first")),
    isSame: first.length > 0 && JSON.stringify(first) === JSON.stringify(second),
    jobs: again.jobs.length,
    left: again.jobs.filter(({ state }) => state !== "reused").length,
  }
}

function listing(folder: string): readonly (readonly [string, string])[] {
  return globSync("**", { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
    .map((path) => [path.slice(folder.length + 1), createHash("sha256").update(readFileSync(path)).digest("hex")])
}
