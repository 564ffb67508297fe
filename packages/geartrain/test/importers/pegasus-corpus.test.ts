import assert from "node:assert/strict"
import { existsSync, globSync, readdirSync, readFileSync } from "node:fs"
import { dirname, isAbsolute, join } from "node:path"
import { suite, test } from "node:test"
import { fileURLToPath } from "node:url"
import type { JsonValue } from "@geartrain/spec"
import { readWorkflowValue } from "@geartrain/spec/workflow-reading"
import { loadPegasusInputs } from "../../src/importers/pegasus/catalogs/load-inputs.ts"
import { convertWorkflow } from "../../src/importers/pegasus/convert/convert-workflow.ts"
import { loadPegasusFamily } from "../../src/importers/pegasus/convert/sub-workflows.ts"
import { judgeJobOutput } from "../../src/importers/pegasus/exit-code/judge-output.ts"
import { readPlanOptions } from "../../src/importers/pegasus/plan/plan-options.ts"
import { planPegasusWorkflow } from "../../src/importers/pegasus/plan/plan-workflow.ts"
import { readWorkflow } from "../../src/importers/pegasus/workflow/read-workflow.ts"
import { parsePegasusText } from "../../src/importers/pegasus/yaml/pegasus-document.ts"

/** What Pegasus' own planner made of workflows, and its verdicts on outputs of jobs: others' work, and no part of the repository. */
const CORPUS = fileURLToPath(new URL("../../../../../shared/data/pegasus/", import.meta.url))

interface Recorded {
  readonly jobs: readonly string[]
  readonly edges: readonly (readonly [string, string])[]
}

interface PlannedCase {
  readonly options: readonly string[]
  readonly workflow: string
}

interface Sample {
  readonly file: string
  readonly verdict: string
  readonly success_messages?: readonly string[]
  readonly failure_messages?: readonly string[]
  readonly dagman_job_status?: number
}

function readJson<Shape>(path: string): Shape {
  return JSON.parse(readFileSync(path, "utf8")) as Shape
}

suite("what Pegasus itself makes of things", {
  skip: existsSync(CORPUS) ? false : "the corpus of Pegasus is not on this machine",
}, () => {
  const plans = join(CORPUS, "plans")

  for (const name of existsSync(plans) ? readdirSync(plans) : []) {
    test(`${name} is planned as Pegasus' planner planned it, every job and every edge`, async () => {
      const folder = join(plans, name, "inputs")
      const { options: words, workflow } = readJson<PlannedCase>(join(plans, name, "options.json"))
      const recorded = readJson<Recorded>(join(plans, name, "DAG.json"))
      const options = readPlanOptions(words)
      // The planner saw its files in a folder of its own.
      const locate = (path: string): string =>
        path.startsWith(`/scratch/${name}/`)
          ? join(folder, path.slice(`/scratch/${name}/`.length))
          : isAbsolute(path)
            ? path
            : join(folder, path)
      const inputs = await loadPegasusInputs(join(folder, workflow), {
        defines: options.defines,
        inputFolders: options.inputFolders,
        locate,
        ...(options.properties === undefined ? {} : { properties: options.properties }),
      })
      const planned = planPegasusWorkflow(inputs, options)
      assert.deepEqual(planned.jobs.map((job) => job.name).toSorted(), recorded.jobs.toSorted())
      const edges = (list: Recorded["edges"]): readonly string[] => list.map((edge) => edge.join(" → ")).toSorted()
      assert.deepEqual(edges(planned.edges), edges(recorded.edges))
    })
  }

  test("all of its workflows are read", () => {
    const files = globSync("workflows/**/*.yml", { cwd: CORPUS }).map((file) => join(CORPUS, file))
    const workflows = files.filter((file) => /^jobs:/m.test(readFileSync(file, "utf8")))
    assert.ok(workflows.length > 0)
    for (const file of workflows) {
      assert.ok(readWorkflow(parsePegasusText(readFileSync(file, "utf8"), file)).jobs.length > 0, file)
    }
  })

  test("all of its workflows are taken over as workflows in which nothing is wrong", async () => {
    const files = globSync("{workflows,plans}/**/workflow.yml", { cwd: CORPUS }).map((file) => join(CORPUS, file))
    assert.ok(files.length > 10)
    for (const file of files) {
      const input = join(dirname(file), "input")
      const catalogs = existsSync(input) ? [input] : []
      const { documents, whole } = convertWorkflow(
        await loadPegasusFamily(file, { catalogs }),
        ({ name }) => `./${name}`,
      )
      const jobs = readWorkflow(parsePegasusText(readFileSync(file, "utf8"), file)).jobs.length
      assert.equal(Object.keys(whole.workflow.steps).length, jobs, file)
      for (const { workflow } of documents) {
        const value = JSON.parse(JSON.stringify(workflow)) as JsonValue
        assert.deepEqual(readWorkflowValue(value).faults, [], file)
      }
    }
  })

  test("outputs of jobs get the verdicts that Pegasus gave them", () => {
    const samples = readJson<readonly Sample[]>(join(CORPUS, "exitcode-samples/verdicts.json"))
    for (const sample of samples) {
      const judged = judgeJobOutput(readFileSync(join(CORPUS, "exitcode-samples", sample.file), "utf8"), {
        successMessages: sample.success_messages ?? [],
        failureMessages: sample.failure_messages ?? [],
        ...(sample.dagman_job_status === undefined ? {} : { jobStatus: sample.dagman_job_status }),
      })
      assert.equal(judged.verdict, sample.verdict, `${sample.file}: ${judged.why}`)
    }
  })
})
