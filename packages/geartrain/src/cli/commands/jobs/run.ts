import type { EnginePorts } from "../../../engine/engine-ports.ts"
import type { JobRequest } from "../../../engine/job-request.ts"
import { randomHex } from "../../../system/random.ts"
import { HIERARCHY_FLAGS, hierarchyFile } from "../../archive/hierarchy-flags.ts"
import { GLOBAL_FLAGS } from "../../arguments/global-flags.ts"
import { flagOf, parseArguments, readTokens, usage } from "../../arguments/parse-arguments.ts"
import type { Command, CommandResult, Context, Given } from "../../command.ts"
import { commandHelp } from "../../help/command-help.ts"
import { escapeText } from "../../output/escape-text.ts"
import { gearHelp } from "../../pages/gear-help.ts"
import { buildRequest } from "../../run/build-request.ts"
import { carryOut } from "../../run/carry-out.ts"
import { dryRunData, dryRunLines } from "../../run/dry-run-lines.ts"
import { flagsOfGear, gearParameters } from "../../run/gear-flags.ts"
import { isImage } from "../../run/is-image.ts"
import { DOCUMENT_FLAGS, JOB_FLAGS, OUTPUT_FLAGS, VALUE_FLAGS } from "../../run/job-flags.ts"
import type { RunnableGear } from "../../run/open-gear.ts"
import { planOutputs } from "../../run/output-folder.ts"

export const runCommand: Command = {
  name: "run",
  arguments: [
    { name: "GEAR", says: "A stored gear, a tar or archive, or ./folder: gear help references", complete: "gear" },
  ],
  flags: {
    ...VALUE_FLAGS,
    ...OUTPUT_FLAGS,
    ...JOB_FLAGS,
    ...DOCUMENT_FLAGS,
    "key-file": {
      type: "text",
      value: "NAME=PATH",
      many: true,
      says: "Give a key that a file holds, - for standard input; it gets into no record and no log",
    },
    "key-env": {
      type: "text",
      value: "NAME=VARIABLE",
      many: true,
      says: "Give a key that a variable of your environment holds; the gear gets it in config.json, and not the variable",
    },
    ...HIERARCHY_FLAGS,
    "dry-run": { type: "switch", short: "n", says: "Check everything, say what would be run, and run nothing" },
  },
  examples: [
    { command: "gear run fsl-bet --help", says: "See the inputs and the config of this gear" },
    { command: "gear run fsl-bet --input nifti=T1.nii.gz --set fraction=0.4", says: "Run it" },
    {
      command: "gear run fsl-bet --nifti T1.nii.gz --fraction 0.4 -o results",
      says: "The same with the gear's own flags, outputs to a folder of this name",
    },
    {
      command: "gear run fsl-bet --hierarchy project.yaml --nifti Study/sub-01/ses-01/T1w/t1.nii.gz",
      says: "Run it as in an archive: metadata, contexts and destination from a small document",
    },
    { command: "gear run ./gear.tar --memory 4g --timeout 2h", says: "Run a gear from a file, with limits" },
    {
      command: "gear run ./rootfs --dicom scan.zip",
      says: "Run an unpacked root filesystem as it lies there, while you work on it",
    },
  ],
  notes: [
    "The gear's inputs and config values are flags, too, after its name. What the gear writes to stdout and stderr comes to stdout and stderr; messages of gear itself go to stderr. Ctrl-C stops the gear and records the job as cancelled; a second one kills it at once.",
  ],
  exits: "gear",
  foreignFlags: true,
  run: async (context, given) => {
    const reference = gearWord(given)
    if (reference === undefined) return ownHelp(context, given)
    const [{ openEngine }, { openGear }] = await Promise.all([
      import("../../../compose/open-engine.ts"),
      import("../../run/open-gear.ts"),
    ])
    const provider = given.text("provider")
    const engine = await openEngine(context.settings(), {
      // The help of a stored gear is there on a disk that takes no writes, too.
      write: !given.has("help") || isImage(reference),
      box: !given.has("help") && !given.has("dry-run"),
      ...(provider === undefined ? {} : { provider }),
    })
    try {
      const runnable = await openGear(reference, engine, context)
      return await runOpened(context, given, { reference, runnable, engine })
    } finally {
      await engine.close()
    }
  },
}

/**
 * The word that names the gear: the first that is no flag. A flag that is not known may have a value, which would be taken for the gear, so
 * the gear's own flags come after its name.
 */
function gearWord(given: Given): string | undefined {
  for (const token of readTokens(runCommand.flags, given.raw)) {
    if (token.kind === "word") return token.value
    if (token.kind === "flag" && flagOf(runCommand, token.name) === undefined && !token.attached) {
      throw usage(runCommand, `Cannot read "${token.typed}": flags of the gear come after its name`, {
        hint: `Name the gear first: gear run GEAR ${token.typed} …`,
      })
    }
  }
  return undefined
}

function ownHelp(context: Context, given: Given): CommandResult {
  if (!given.has("help"))
    throw usage(runCommand, "Cannot run gear run: GEAR is missing, the gear to run", {
      hint: "List the gears: gear ls",
    })
  const { columns, paint } = context.terminal.out
  const rows = context.groups.flatMap((group) => group.rows)
  const summary = rows.find((row) => row.name === runCommand.name)?.summary ?? ""
  context.terminal.out.write(`${commandHelp({ command: runCommand, summary }, { columns, paint }).join("\n")}\n`)
  return {}
}

interface Opened {
  readonly reference: string
  readonly runnable: RunnableGear
  readonly engine: EnginePorts
}

async function runOpened(context: Context, given: Given, opened: Opened): Promise<CommandResult> {
  const { reference, runnable, engine } = opened
  const taken = new Set([...Object.keys(runCommand.flags), ...Object.keys(GLOBAL_FLAGS)])
  const parameters = gearParameters(runnable.gear.manifest, taken)
  if (given.has("help")) {
    const { columns, paint } = context.terminal.out
    const help = { reference, manifest: runnable.gear.manifest, parameters, flags: runCommand.flags }
    context.terminal.out.write(`${gearHelp(help, { columns, paint }).join("\n")}\n`)
    return {}
  }
  const { foreignFlags: _, ...command } = runCommand
  const flags = { ...flagsOfGear(parameters), ...runCommand.flags }
  // By this name, a mistake is told with the gear's own help.
  const whole = parseArguments({ ...command, name: `run ${reference}`, flags }, given.raw)
  const { request: asked, warnings } = await buildRequest(runnable, parameters, whole)
  for (const warning of warnings) context.reply.warn(escapeText(warning))
  const isPlaced = hierarchyFile(whole) !== undefined
  const { request, work } = isPlaced
    ? await (await import("../../archive/use-hierarchy.ts")).useHierarchy(asked, whole)
    : { request: asked }
  if (whole.has("dry-run")) return await dryRun(context, request, engine)
  const outputs = await planOutputs(whole)
  return await carryOut(context, { request, engine, outputs, ...(work === undefined ? {} : { work }) })
}

async function dryRun(context: Context, request: JobRequest, engine: EnginePorts): Promise<CommandResult> {
  const { planJob } = await import("../../../engine/phases/plan-job.ts")
  const provider = await engine.provider()
  const plan = await planJob(request, { ports: engine, provider, id: randomHex(12) })
  for (const warning of plan.warnings) context.reply.warn(escapeText(warning))
  for (const line of dryRunLines(plan, provider.name, context.terminal.out.paint)) context.reply.print(line)
  return { data: dryRunData(plan, provider.name) }
}
