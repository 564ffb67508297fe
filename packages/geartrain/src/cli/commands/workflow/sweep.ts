import { GeartrainError, type JsonObject, type JsonValue } from "@geartrain/spec"
import type { WrittenResources } from "@geartrain/spec/additions"
import type { Engine } from "../../../compose/open-engine.ts"
import { parseCount, parseDuration, parseSize } from "../../../settings/parse-amount.ts"
import type { SweepTable } from "../../../workflows/sweep/sweep-table.ts"
import type { Command, CommandResult, Context, Given } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"
import { textTable } from "../../output/text-table.ts"
import { gearParameters } from "../../run/gear-flags.ts"
import { readPairs } from "../../run/job-flags.ts"
import { RUN_EXITS } from "../../workflow/carry-out-workflow.ts"

export const sweepCommand: Command = {
  name: "sweep",
  arguments: [{ name: "GEAR", says: "A stored gear, or a path that begins with ./ or /", complete: "gear" }],
  flags: {
    set: {
      type: "text",
      short: "s",
      value: "KEY=VALUES",
      many: true,
      says: "Config values: one, a list such as a,b,c, or a range such as 1..10 or 0..1:0.1",
      complete: "gear-config",
    },
    zip: {
      type: "switch",
      says: "The first value of each list with the first of the others, instead of each with each",
    },
    input: {
      type: "text",
      short: "i",
      value: "NAME=PATH",
      many: true,
      says: "Give a file; the same to every job",
      complete: "gear-input",
    },
    collect: {
      type: "text",
      value: "FILE:/POINTER",
      many: true,
      says: "A column of the table: a value in a JSON output, by JSON pointer; TITLE=FILE:/POINTER names it",
    },
    out: { type: "text", short: "o", value: "TABLE.csv", says: "Write the table to a file", complete: "file" },
    jobs: { type: "text", short: "j", value: "N", says: "At most so many jobs at one time" },
    cpus: { type: "text", value: "N", says: "Processors that each job may use" },
    memory: { type: "text", value: "SIZE", says: "Memory that each job may use, such as 4g" },
    timeout: { type: "text", value: "TIME", says: "How long each job may run, such as 2h" },
    "no-reuse": { type: "switch", says: "Run everything, whatever was done before" },
    "dry-run": { type: "switch", short: "n", says: "Tell what would run, what is there already, and why; run nothing" },
    provider: { type: "text", value: "NAME", says: "What isolates the gear; see gear doctor", complete: "provider" },
  },
  examples: [
    {
      command: "gear sweep fsl-bet -i nifti=T1.nii.gz -s frac=0.2..0.8:0.1 -s robust=true,false",
      says: "14 jobs, each with each",
    },
    {
      command:
        "gear sweep fsl-bet -i nifti=T1.nii.gz -s frac=0.2..0.8:0.1 --collect volume=report.json:/volume -o volume.csv",
      says: "A table of what came out against what went in",
    },
  ],
  notes: [
    "A sweep is a workflow of one step: gear workflow status, resume and report know its run. A wider sweep runs only what is new. A combination that fails does not stop the others.",
  ],
  exits: "answer",
  exitNotes: RUN_EXITS,
  run: async (context, given) => {
    const { openEngine } = await import("../../../compose/open-engine.ts")
    const provider = given.text("provider")
    const options = { write: true, box: !given.has("dry-run"), ...(provider === undefined ? {} : { provider }) }
    const engine = await openEngine(context.settings(), options)
    try {
      return await runSweep(context, given, engine)
    } finally {
      await engine.close()
    }
  },
}

async function runSweep(context: Context, given: Given, engine: Engine): Promise<CommandResult> {
  const settings = context.settings()
  const [{ machinePlace }, { collectSweep, planSweep }, { readCollected }, { sweptNames }, { sweepTable }] =
    await Promise.all([
      import("../../workflow/place/machine-place.ts"),
      import("../../../compose/workflows/make-sweep.ts"),
      import("../../../workflows/sweep/collect-values.ts"),
      import("../../../workflows/sweep/sweep-workflow.ts"),
      import("../../../workflows/sweep/sweep-table.ts"),
    ])
  const wanted = given.list("collect").map(readCollected)
  const place = machinePlace(engine, settings)
  const jobs = place.planning
  const gear = await jobs.resolveGear(given.words[0] ?? "", process.cwd())
  const values = await readValues(given, gear.manifest)
  const files = readInputs(given.list("input"))
  const resources = readResources(given)
  const { plan, notes } = await planSweep(
    {
      sweep: { gear, values, zip: given.has("zip"), inputs: new Set(files.keys()), ...resources },
      ...{ files, reuse: given.has("no-reuse") ? "none" : "any", folder: process.cwd() },
    },
    { engine, jobs },
  )
  if (given.has("dry-run")) {
    const { planLines } = await import("../../workflow/plan-lines.ts")
    if (!context.reply.json) for (const line of planLines(plan, notes)) context.reply.print(line)
    return { data: { plan, notes } as unknown as JsonObject }
  }
  const [{ beginRun }, { carryOutWorkflow }, { readRun }, { foldRun }] = await Promise.all([
    import("../../../compose/workflows/run-workflow.ts"),
    import("../../workflow/carry-out-workflow.ts"),
    import("../../../workflows/run/run-folder.ts"),
    import("../../../workflows/run/fold-run.ts"),
  ])
  const atOnce = given.text("jobs")
  const limits = atOnce === undefined ? {} : { limits: { jobs: parseCount(atOnce, "--jobs", { whole: true }) } }
  const stored = await beginRun(plan, { keepGoing: true, ...limits }, settings.home)
  const result = await carryOutWorkflow(context, { stored, place, force: false })
  const ended = await readRun(stored.folder)
  const swept = await collectSweep([...foldRun(ended.plan, ended.events).jobs.values()], wanted, engine)
  const table = sweepTable(swept, { swept: sweptNames(values), titles: wanted.map(({ title }) => title) })
  await tellTable(table, given.text("out"), context)
  return { ...result, data: { ...(result.data as JsonObject), table: tableData(table) } }
}

/** @throws {GeartrainError} USAGE for a config value that the gear has not, and one that is given twice. */
async function readValues(
  given: Given,
  manifest: Parameters<typeof gearParameters>[0],
): Promise<ReadonlyMap<string, readonly JsonValue[]>> {
  const { sweepValues } = await import("../../../workflows/sweep/sweep-values.ts")
  const parameters = gearParameters(manifest, new Set()).filter(({ kind }) => kind === "config")
  const values = new Map<string, readonly JsonValue[]>()
  for (const [name, text] of readPairs(given.list("set"), "--set", "KEY=VALUES")) {
    const parameter = parameters.find((one) => one.name === name)
    if (parameter === undefined) {
      const known = parameters.map((one) => `"${one.name}"`).join(", ")
      throw new GeartrainError(
        "USAGE",
        `Cannot sweep config value "${name}": gear "${manifest.name}" has none of this name`,
        {
          hint: known === "" ? "It has no config at all" : `There are ${known}`,
        },
      )
    }
    values.set(name, sweepValues(name, parameter.declared ?? {}, text))
  }
  return values
}

function readInputs(pairs: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const files = new Map<string, readonly string[]>()
  for (const pair of pairs) {
    for (const [name, path] of readPairs([pair], "--input", "NAME=PATH"))
      files.set(name, [...(files.get(name) ?? []), path])
  }
  return files
}

function readResources(given: Given): { readonly resources?: WrittenResources } {
  const [cpus, memory, time] = [given.text("cpus"), given.text("memory"), given.text("timeout")]
  if (cpus === undefined && memory === undefined && time === undefined) return {}
  if (memory !== undefined) parseSize(memory, "--memory")
  if (time !== undefined) parseDuration(time, "--timeout")
  return {
    resources: {
      ...(cpus === undefined ? {} : { cpus: parseCount(cpus, "--cpus", { whole: false }) }),
      ...(memory === undefined ? {} : { memory }),
      ...(time === undefined ? {} : { time }),
    },
  }
}

async function tellTable(table: SweepTable, out: string | undefined, { reply }: Context): Promise<void> {
  const { cellText, csvLines } = await import("../../../workflows/sweep/sweep-table.ts")
  if (out !== undefined) {
    const { writeAtomically } = await import("../../../system/atomic-write.ts")
    await writeAtomically(out, (file) => file.writeFile(`${[...csvLines(table)].join("\n")}\n`))
    reply.say(escapeText(`${table.rows.length} rows in ${out}`))
    return
  }
  const columns = table.titles.map((title) => ({ title: escapeText(title) }))
  const rows = table.rows.map((row) => row.map((value) => escapeText(cellText(value))))
  for (const line of textTable(columns, rows)) reply.print(line)
}

function tableData({ titles, rows }: SweepTable): JsonValue {
  return rows.map((row) =>
    Object.fromEntries(titles.flatMap((title, index) => (row[index] === undefined ? [] : [[title, row[index]]]))),
  ) as JsonValue
}
