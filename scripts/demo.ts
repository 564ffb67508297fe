/**
 * Builds a real gear from its recipe, runs it on real data, and proves that the answer is the same again.
 *
 *   npm run demo              variants of phage lambda: bowtie2, samtools, bcftools
 *   npm run demo -- brain     volumes and intensities of the regions of a brain atlas: nibabel, numpy
 *
 * Everything goes into .demo/ of the checkout, and is built only once. GEARTRAIN_HOME says otherwise where the gear's store is.
 */
import { existsSync, readFileSync, rmSync } from "node:fs"
import { join, relative } from "node:path"
import type { JobRecord, Verification } from "@geartrain/spec"
import { buildRoot } from "./demo/build-root.ts"
import { fetchData } from "./demo/fetch-data.ts"
import { gear } from "./demo/gear.ts"
import { type Example, readExample } from "./demo/recipe.ts"
import { TOP } from "./top.ts"

interface Demo {
  readonly example: string
  readonly about: string
  /** What the result says, for people. */
  readonly finding: (summary: Record<string, number>) => string
}

const DEMOS: Readonly<Record<string, Demo>> = {
  lambda: {
    example: "lambda-variants",
    about: "variants of phage lambda: bowtie2, samtools and bcftools on Debian, as a gear",
    finding: (summary) =>
      `${summary["variants"]} variants; ${summary["alignment_rate_percent"]} % of ${summary["read_pairs"]} pairs of reads align`,
  },
  brain: {
    example: "brain-atlas-table",
    about: "regions of a brain atlas: nibabel and numpy on Debian, as a gear",
    finding: (summary) => `${summary["regions"]} regions of ${summary["voxels"]} voxels in all`,
  },
}

const CACHE = join(TOP, ".demo")
const HOME = process.env["GEARTRAIN_HOME"] ?? join(CACHE, "home")

try {
  process.exitCode = await main(process.argv[2] ?? "lambda")
} catch (error) {
  console.error(`\n${(error as Error).message}`)
  process.exitCode = 1
}

async function main(word: string): Promise<number> {
  const demo = Object.hasOwn(DEMOS, word) ? DEMOS[word] : undefined
  if (demo === undefined) throw new Error(`There is no demo "${word}"; there are ${Object.keys(DEMOS).join(" and ")}`)
  console.log(`${demo.example}: ${demo.about}`)
  const example = readExample(TOP, demo.example)
  const folder = join(CACHE, `${example.name}-${example.digest}`)

  const root = await step("root filesystem", (say) => buildRoot(example, folder, say))
  const files = await step(`data from Debian's ${example.recipe.data.package}`, () => fetchData(example, folder))
  const imported = await step("gear import", () => gear<{ readonly id: string }>(["import", root], HOME))
  const results = join(CACHE, "results", example.name)
  // Made by an earlier demo: a folder with files in it is never written to.
  rmSync(results, { recursive: true, force: true })
  const job = await step("gear run", () => gear<JobRecord>(runArguments(example, files, results), HOME))
  const { verdict } = await step("gear verify", () => gear<Verification>(["verify", job.id], HOME))

  const summary = JSON.parse(readFileSync(join(results, "summary.json"), "utf8")) as Record<string, number>
  console.log(`
result    ${demo.finding(summary)}
gear      ${job.gear.name} ${job.gear.version}, ${imported.id}
job       ${job.id}
outputs   ${relative(process.cwd(), results)}/: ${job.outputs.map(({ path }) => path).join(", ")}
verified  ${verdict}: run again in a fresh place, and every output compared by its digest`)
  return verdict === "identical" ? 0 : 1
}

function runArguments(example: Example, files: Readonly<Record<string, string>>, results: string): readonly string[] {
  const missing = Object.values(files).filter((path) => !existsSync(path))
  if (missing.length > 0) throw new Error(`The data has no ${missing.join(", ")}`)
  const inputs = Object.entries(files).flatMap(([input, path]) => ["--input", `${input}=${path}`])
  return ["run", example.name, ...inputs, "-o", results]
}

/** One line for each step: what it is, how it is done where that is a choice, and how long it took. */
async function step<T>(what: string, work: (say: (how: string) => void) => Promise<T>): Promise<T> {
  const startedMs = performance.now()
  process.stdout.write(`  ${what}`)
  let done = false
  try {
    const result = await work((how) => process.stdout.write(` ${how}`))
    done = true
    return result
  } finally {
    process.stdout.write(
      ` ... ${done ? "" : "failed after "}${((performance.now() - startedMs) / 1000).toFixed(1)} s\n`,
    )
  }
}
