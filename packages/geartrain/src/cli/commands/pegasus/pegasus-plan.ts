import type { Command, Flag, Given } from "../../command.ts"
import { formatCount } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"

const text = (value: string, says: string, many?: true): Flag => ({
  type: "text",
  value,
  says,
  ...(many ? { many } : {}),
})

/** Flags that are called as `pegasus-plan` calls them. */
const PLAN_FLAGS = {
  sites: text("SITE,…", "Where jobs may run. Default: wherever the catalogs allow"),
  "output-sites": text("SITE,…", "Where outputs are delivered. Default: local"),
  "staging-site": text("SITE=STAGING,…", "Whose scratch folder holds the files of a site's jobs"),
  cluster: text("WAY,…", "Merge jobs: horizontal, label or whole"),
  cleanup: text("POLICY", "none, leaf, inplace, or constraint, which is planned as inplace. Default: inplace"),
  "job-prefix": text("PREFIX", "What names of jobs begin with"),
  "input-dir": text("DIR", "A folder whose files count as replicas", true),
  conf: text("FILE", "The file of properties. Default: pegasus.properties beside the workflow, where it is there"),
  define: text("KEY=VALUE", "A property that counts before those of the file", true),
} as const satisfies Readonly<Record<string, Flag>>

export const pegasusPlanCommand: Command = {
  name: "pegasus plan",
  arguments: [{ name: "WORKFLOW", says: "A workflow of Pegasus, format 5.0", complete: "file" }],
  flags: {
    ...PLAN_FLAGS,
    force: { type: "switch", says: "Carry out all jobs, whatever the replica catalog has" },
    catalogs: { ...text("FILE", "A catalog, besides those that lie beside the workflow", true), complete: "file" },
  },
  examples: [
    {
      command: "gear pegasus plan workflow.yml",
      says: "The jobs that Pegasus would carry out, those that it adds, and what it would reuse",
    },
    {
      command: "gear pegasus plan workflow.yml --sites condorpool --cluster horizontal --json",
      says: "The same as a graph, for programs",
    },
  ],
  notes: [
    "Nothing is run, and Pegasus need not be installed. What Pegasus decides by chance, such as one of several sites, is here the first that was named.",
  ],
  exits: "answer",
  run: async ({ reply }, given) => {
    const [{ loadPegasusInputs }, { planPegasusWorkflow }, { readPlanOptions }] = await Promise.all([
      import("../../../importers/pegasus/catalogs/load-inputs.ts"),
      import("../../../importers/pegasus/plan/plan-workflow.ts"),
      import("../../../importers/pegasus/plan/plan-options.ts"),
    ])
    const options = readPlanOptions(wordsOf(given))
    const inputs = await loadPegasusInputs(given.words[0] ?? "", {
      catalogs: given.list("catalogs"),
      defines: options.defines,
      inputFolders: options.inputFolders,
      ...(options.properties === undefined ? {} : { properties: options.properties }),
    })
    const { jobs, edges, compute, reused, notes } = planPegasusWorkflow(inputs, options)
    for (const { name } of jobs) reply.print(escapeText(name))
    const told = [...inputs.notes, ...notes]
    for (const note of told) reply.say(escapeText(note))
    reply.say(
      `${formatCount(jobs.length, "job")}, ${compute.length} of the workflow itself; ${formatCount(edges.length, "edge")}; ${reused.length} reused`,
    )
    return {
      data: {
        jobs: jobs.map(({ name }) => name),
        edges: edges.map(([from, to]) => [from, to]),
        compute: [...compute],
        reused: [...reused],
        notes: told,
      },
    }
  },
}

function wordsOf(given: Given): readonly string[] {
  const words = Object.keys(PLAN_FLAGS).flatMap((flag) =>
    given.list(flag).flatMap((value) => (flag === "define" ? [`-D${value}`] : [`--${flag}=${value}`])),
  )
  return given.has("force") ? [...words, "--force"] : words
}
