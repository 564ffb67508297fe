import { globSync, readFileSync, rmSync } from "node:fs"
import { join, relative } from "node:path"
import { TOP } from "../top.ts"
import { type DemoData, fetchData } from "./fetch-data.ts"
import { gear } from "./gear.ts"

/** What the demo works with. */
interface WorkflowDemo {
  /** Where the gear's store is. */
  readonly home: string
  /** Folder for what is fetched, and for results. */
  readonly cache: string
  readonly data: DemoData
  /** Tells a step, and how long it took. */
  readonly step: <T>(what: string, work: (say: (how: string) => void) => Promise<T>) => Promise<T>
}

interface RunData {
  readonly jobs: readonly { readonly key: string; readonly state: string }[]
}

/**
 * Builds the gears of the example workflow, and runs it twice on real data: the second time nothing is left to do.
 *
 * @returns the exit code: 0 where the second run gave the same and did nothing.
 */
export async function workflowDemo({ home, cache, data, step }: WorkflowDemo): Promise<number> {
  const example = join(TOP, "examples/lambda-workflow")
  console.log("lambda-workflow: split, align side by side, merge, call, report")
  for (const name of ["split", "align", "merge", "call", "report"]) {
    await step(`gear build ${name}`, () => gear(["build", join(example, "gears", name)], home))
  }
  const files = await step(`data from Debian's ${data.package}`, () => fetchData(data, join(cache, "data")))
  const { reference = "", ...reads } = files
  const inputs = Object.entries({ ...reads, genome: reference }).flatMap(([name, path]) => [
    "--input",
    `${name}=${path}`,
  ])
  const results = join(cache, "results/lambda-workflow")
  // Made by an earlier demo.
  rmSync(results, { recursive: true, force: true })
  const run = (out: string) =>
    gear<RunData>(
      [
        "workflow",
        "run",
        join(example, "workflow.yaml"),
        ...inputs,
        "--set",
        "pairs=2500",
        "--out",
        join(results, out),
      ],
      home,
    )
  await step("gear workflow run", () => run("first"))
  const again = await step("gear workflow run, again", () => run("second"))
  const left = again.jobs.filter(({ state }) => state !== "reused").length
  const [first, second] = ["first", "second"].map((out) => {
    const [file = ""] = globSync("report/**/summary.json", { cwd: join(results, out) })
    return readFileSync(join(results, out, file), "utf8")
  })
  const summary = JSON.parse(first ?? "") as Record<string, number>
  console.log(`
result    ${summary["variants"]} variants; ${summary["alignment_rate_percent"]} % of ${summary["read_pairs"]} pairs of reads align, in ${summary["parts"]} parts
outputs   ${relative(process.cwd(), join(results, "first"))}/: ${globSync("**/*.*", { cwd: join(results, "first") }).join(", ")}
again     ${first === second ? "the same" : "different"}, and ${left === 0 ? "nothing was left to do" : `${left} of ${again.jobs.length} jobs were carried out once more`}`)
  return first === second && left === 0 ? 0 : 1
}
