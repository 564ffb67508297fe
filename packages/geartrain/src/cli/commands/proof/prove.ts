import type { Gear, JsonObject } from "@geartrain/spec"
import type { ProofSubject } from "../../../compose/proof/prove.ts"
import { GLOBAL_FLAGS } from "../../arguments/global-flags.ts"
import { usage } from "../../arguments/parse-arguments.ts"
import type { Command, CommandResult, Context, Given } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"
import { proofAnswer } from "../../proof/proof-answer.ts"
import { INPUT_AGAIN, inputsAgain, VERDICT_EXITS } from "../../proof/verdict-answer.ts"
import { buildRequest } from "../../run/build-request.ts"
import { gearParameters } from "../../run/gear-flags.ts"
import { type Interrupts, interruptible } from "../../run/interrupts.ts"
import { isImage } from "../../run/is-image.ts"
import { DOCUMENT_FLAGS, JOB_FLAGS, VALUE_FLAGS } from "../../run/job-flags.ts"
import { openTested } from "../gears/open-tested.ts"
import { readTests, TESTS_FLAG, testsFolder } from "../gears/read-tests.ts"

const { provider: _, ...LIMIT_FLAGS } = JOB_FLAGS

/** What a gear can be given: a job has it in its record, and a test says it itself. */
const REQUEST_FLAGS = { ...VALUE_FLAGS, ...DOCUMENT_FLAGS, ...LIMIT_FLAGS }
const GEAR_FLAGS = { ...REQUEST_FLAGS, ...TESTS_FLAG }

export const proveCommand: Command = {
  name: "prove",
  arguments: [
    {
      name: "JOB|GEAR",
      says: "A job, latest, a stored gear, or the folder that a gear is built from, as ./folder",
      complete: "gear-or-job",
    },
  ],
  flags: {
    ...GEAR_FLAGS,
    input: { ...INPUT_AGAIN.input, says: "Give the gear a file; of a job, where an input lies now" },
  },
  examples: [
    {
      command: "gear prove latest",
      says: "The gear and inputs of a job under every provider of this machine, side by side",
    },
    { command: "gear prove fsl-bet --input nifti=T1.nii.gz", says: "The same for a gear with these inputs" },
    { command: "gear prove fsl-bet --tests ./tests", says: "With what its own tests give it" },
  ],
  notes: [
    "Without inputs, config and limits, a gear is run with what its own tests give it. Each run after the first is a verification, and is added to the history of the first job's record: gear show JOB.",
    "A gear that needs a key cannot be proved, since keys are in no record.",
  ],
  ...VERDICT_EXITS,
  exitNotes: {
    0: "under every provider the outputs are identical, or equivalent",
    1: "under one they differ",
    6: "undecided: under one it could not be run, or not to its end; or there is only one to run it",
  },
  run: (context, given) =>
    interruptible(
      () => context.reply.say("stopping"),
      (interrupts) => proveWord(context, given, interrupts),
    ),
}

/** What is proven, and what it is called in the answer. */
interface Matter {
  readonly subjects: readonly ProofSubject[]
  readonly named: JsonObject
}

async function proveWord(context: Context, given: Given, interrupts: Interrupts): Promise<CommandResult> {
  const { prove } = await import("../../../compose/proof/prove.ts")
  const { subjects, named } = await matterOf(context, given, interrupts)
  const proof = await prove(subjects, context.settings(), {
    ...("job" in named ? { files: inputsAgain(given) } : {}),
    signal: interrupts.signal,
    force: interrupts.force,
    onStart: (provider, name) =>
      context.reply.say(name === undefined ? `runs under ${provider}` : `runs ${escapeText(name)} under ${provider}`),
  })
  return proofAnswer(context, proof, named)
}

async function matterOf(context: Context, given: Given, interrupts: Interrupts): Promise<Matter> {
  const word = given.words[0] ?? ""
  if (isImage(word)) return await gearMatter(await openTested(word, context, interrupts.signal), context, given)
  const [{ openRecords }, { findThing }] = await Promise.all([
    import("../../../compose/stores/open-records.ts"),
    import("../../records/find-thing.ts"),
  ])
  const records = await openRecords(context.settings())
  const thing = await findThing(word, records).finally(() => records.close())
  if (thing.kind === "gear") return await gearMatter(thing.gear, context, given)
  const foreign = Object.keys(GEAR_FLAGS).find((flag) => flag !== "input" && given.has(flag))
  if (foreign !== undefined)
    throw usage(proveCommand, `Cannot take --${foreign} for job "${thing.job.id}": its record says what it was given`, {
      hint: `Name the gear to give it something else: gear prove ${thing.job.gear.name}`,
    })
  return { subjects: [{ first: thing.job }], named: { job: thing.job.id } }
}

async function gearMatter(gear: Gear, context: Context, given: Given): Promise<Matter> {
  const { requestSubject, testSubject } = await import("../../../compose/proof/prove.ts")
  const named = { gear: gear.id }
  const givenFlag = Object.keys(REQUEST_FLAGS).find((flag) => given.has(flag))
  if (givenFlag === undefined) {
    const tests = await readTests(testsFolder(given.words[0] ?? "", given))
    return { subjects: tests.map((test) => testSubject(gear, test)), named }
  }
  if (given.has("tests"))
    throw usage(proveCommand, `Cannot take --tests and --${givenFlag}: a test says itself what it gives the gear`)
  const taken = new Set([...Object.keys(proveCommand.flags), ...Object.keys(GLOBAL_FLAGS)])
  const { request, warnings } = await buildRequest({ gear }, gearParameters(gear.manifest, taken), given)
  for (const warning of warnings) context.reply.warn(escapeText(warning))
  return { subjects: [requestSubject(request)], named }
}
