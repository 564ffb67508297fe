/**
 * Builds a real gear from its recipe, tests it, runs it on real data, and proves that the answer is the same again.
 *
 *   npm run demo              variants of phage lambda: bowtie2, samtools, bcftools
 *   npm run demo -- brain     volumes and intensities of the regions of a brain atlas: nibabel, numpy
 *   npm run demo -- workflow  variants of phage lambda again, of five gears, with the reads aligned side by side
 *   npm run demo -- mosaic    a mosaic of the sky: Montage, in four gears
 *   npm run demo -- dicom     DICOM files to NIfTI: dcm2niix, a job for each file
 *
 * Everything goes into .demo/ of the checkout, and is built only once. GEARTRAIN_HOME says otherwise where the gear's store is.
 */
import { readFileSync, rmSync } from "node:fs"
import { join, relative } from "node:path"
import type { JobRecord, Verification } from "@geartrain/spec"
import { type DemoData, fetchData } from "./demo/fetch-data.ts"
import { gear } from "./demo/gear.ts"
import { showWorkflow } from "./demo/workflow-demo.ts"
import { WORKFLOW_DEMOS, type WorkflowDemo } from "./demo/workflow-demos.ts"
import { TOP } from "./top.ts"

interface Demo {
  readonly example: string
  readonly about: string
  readonly data: DemoData
  /** What the result says, for people. */
  readonly finding: (summary: Record<string, number>) => string
}

const DEMOS: Readonly<Record<string, Demo>> = {
  lambda: {
    example: "lambda-variants",
    about: "variants of phage lambda: bowtie2, samtools and bcftools on Debian, as a gear",
    data: {
      package: "bowtie2-examples",
      files: {
        reads_1: "usr/share/doc/bowtie2/examples/reads/reads_1.fq.gz",
        reads_2: "usr/share/doc/bowtie2/examples/reads/reads_2.fq.gz",
        reference: "usr/share/doc/bowtie2/examples/reference/lambda_virus.fa.gz",
      },
    },
    finding: (summary) =>
      `${summary["variants"]} variants; ${summary["alignment_rate_percent"]} % of ${summary["read_pairs"]} pairs of reads align`,
  },
  brain: {
    example: "brain-atlas-table",
    about: "regions of a brain atlas: nibabel and numpy on Debian, as a gear",
    data: {
      package: "mricron-data",
      files: {
        image: "usr/share/mricron/templates/ch2.nii.gz",
        atlas: "usr/share/mricron/templates/aal.nii.gz",
        labels: "usr/share/mricron/templates/aal.nii.txt",
      },
    },
    finding: (summary) => `${summary["regions"]} regions of ${summary["voxels"]} voxels in all`,
  },
}

/** What `gear build` and `gear test` answer with `--json`, as far as it is told here. */
interface Built {
  readonly id: string
  readonly skipped: boolean
  readonly builder: { readonly name: string } | null
}

interface Tested {
  readonly passed: number
  readonly results: readonly { readonly provider: string }[]
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
  if (Object.hasOwn(WORKFLOW_DEMOS, word)) return await workflow(WORKFLOW_DEMOS[word] as WorkflowDemo)
  const demo = Object.hasOwn(DEMOS, word) ? DEMOS[word] : undefined
  if (demo === undefined)
    throw new Error(
      `There is no demo "${word}"; there are ${[...Object.keys(DEMOS), ...Object.keys(WORKFLOW_DEMOS)].join(", ")}`,
    )
  console.log(`${demo.example}: ${demo.about}`)
  const folder = join(TOP, "examples", demo.example)
  const built = await step("gear build", async (say) => {
    const answer = await gear<Built>(["build", folder], HOME)
    say(answer.skipped ? "(nothing has changed)" : `with ${answer.builder?.name}`)
    return answer
  })
  const tested = await step("gear test", async (say) => {
    const answer = await gear<Tested>(["test", folder], HOME)
    say(`${answer.passed} as expected`)
    return answer
  })
  const files = await step(`data from Debian's ${demo.data.package}`, () => fetchData(demo.data, join(CACHE, "data")))
  const results = join(CACHE, "results", demo.example)
  // Made by an earlier demo: a folder with files in it is never written to.
  rmSync(results, { recursive: true, force: true })
  const inputs = Object.entries(files).flatMap(([input, path]) => ["--input", `${input}=${path}`])
  const job = await step("gear run", () => gear<JobRecord>(["run", demo.example, ...inputs, "-o", results], HOME))
  const { verdict } = await step("gear verify", () => gear<Verification>(["verify", job.id], HOME))

  const summary = JSON.parse(readFileSync(join(results, "summary.json"), "utf8")) as Record<string, number>
  console.log(`
result    ${demo.finding(summary)}
gear      ${job.gear.name} ${job.gear.version}, ${built.id}
job       ${job.id}
tests     ${tested.passed} results as expected, under ${[...new Set(tested.results.map(({ provider }) => provider))].join(", ")}
outputs   ${relative(process.cwd(), results)}/: ${job.outputs.map(({ path }) => path).join(", ")}
verified  ${verdict}: run again in a fresh place, and every output compared by its digest`)
  return verdict === "identical" ? 0 : 1
}

async function workflow(demo: WorkflowDemo): Promise<number> {
  console.log(`${demo.example}: ${demo.about}`)
  const { folder, files, finding, isSame, jobs, left } = await showWorkflow(demo, { home: HOME, cache: CACHE, step })
  const shown = files.length <= 6 ? files.join(", ") : `${files.length} files`
  console.log(`
result    ${finding}
outputs   ${relative(process.cwd(), folder)}/: ${shown}
again     ${isSame ? "the same" : "different"}, and ${left === 0 ? "nothing was left to do" : `${left} of ${jobs} jobs were carried out once more`}`)
  return isSame && left === 0 ? 0 : 1
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
