import type { Gear, JsonObject } from "@geartrain/spec"
import type { Proof, ProofRun, ProofSubject, ProvenCase } from "../../../compose/proof/prove.ts"
import { GLOBAL_FLAGS } from "../../arguments/global-flags.ts"
import { usage } from "../../arguments/parse-arguments.ts"
import type { Command, CommandResult, Context, Given } from "../../command.ts"
import { formatCount } from "../../output/amounts.ts"
import { escapeLines, escapeText } from "../../output/escape-text.ts"
import { listed } from "../../proof/listed.ts"
import { matrixData, matrixLines } from "../../proof/proof-matrix.ts"
import {
  INPUT_AGAIN,
  inputsAgain,
  VERDICT_EXITS,
  type Verdict,
  verdictResult,
  worstVerdict,
} from "../../proof/verdict-answer.ts"
import { buildRequest } from "../../run/build-request.ts"
import { gearParameters } from "../../run/gear-flags.ts"
import { type Interrupts, watchInterrupts } from "../../run/interrupts.ts"
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
  run: async (context, given) => {
    const interrupts = watchInterrupts(() => context.reply.say("stopping"))
    try {
      return await proveWord(context, given, interrupts)
    } catch (error) {
      throw interrupts.explain(error)
    } finally {
      interrupts.end()
    }
  },
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
  return tell(context, proof, named)
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

function tell(context: Context, proof: Proof, named: JsonObject): CommandResult {
  const { reply, terminal } = context
  const { paint } = terminal.out
  const { cases, unavailable } = proof
  for (const line of matrixLines(cases, paint)) reply.print(line)
  const verdict = verdictOf(cases)
  const color = { identical: paint.green, equivalent: paint.green, undecided: paint.yellow, different: paint.red }
  const sentence = sentenceOf(cases, verdict)
  reply.print(`${color[verdict](verdict)}  ${sentence}`)
  for (const problem of problemsOf(cases)) reply.warn(escapeLines(problem))
  for (const { provider, why } of unavailable) reply.warn(`${provider} does not work here: ${escapeText(why)}`)
  const fix = nextStep(cases)
  if (fix !== null) reply.say(`→ ${fix}`)
  const data: JsonObject = {
    ...named,
    verdict,
    cases: cases.map(caseData),
    ...matrixData(cases),
    unavailable: unavailable.map((one) => ({ ...one })),
  }
  return verdictResult(verdict, data, { message: sentence, fix })
}

/** A single run with nothing beside it proves nothing. */
function verdictOf(cases: readonly ProvenCase[]): Verdict {
  const verdicts = cases.flatMap(({ runs }) => {
    const compared = runs.flatMap(({ verdict }) => (verdict === "first" ? [] : [verdict]))
    return compared.length === 0 ? ["undecided" as const] : compared
  })
  return worstVerdict(verdicts) ?? "undecided"
}

function sentenceOf(cases: readonly ProvenCase[], verdict: Verdict): string {
  const runs = cases.flatMap((one) => one.runs)
  const under = (of: readonly ProofRun[]): string => listed([...new Set(of.map(({ provider }) => provider))])
  const those = runs.filter((run) => run.verdict === verdict)
  const count = formatCount(runs.length, "run")
  if (verdict === "different") return `${count}, and under ${under(those)} the outputs differ`
  if (verdict === "undecided" && those.length === 0)
    return `only ${under(runs)} works here: there is nothing to compare with`
  if (verdict === "undecided") return `under ${under(those)} it came to no end that can be compared`
  const free = verdict === "equivalent" ? ", but for what the gear's manifest declares as free" : ""
  return `${count} under ${under(runs)}: the same outputs${free}`
}

const MOST_PROBLEMS = 20

/** What tests find otherwise, and what could not be run; the same of several runs once. */
function problemsOf(cases: readonly ProvenCase[]): readonly string[] {
  const problems = cases.flatMap(({ name, problems: found, runs }) => {
    const of = name === undefined ? "" : `${name}: `
    const undecided = runs.flatMap(({ provider, why }) =>
      why === undefined ? [] : [`${of}undecided under ${provider}: ${why}`],
    )
    return [...found.map((problem) => `${of}${problem}`), ...undecided]
  })
  const more = problems.length - MOST_PROBLEMS
  return more <= 0 ? problems : [...problems.slice(0, MOST_PROBLEMS), `and ${more} more of the kind: --json has them`]
}

function nextStep(cases: readonly ProvenCase[]): string | null {
  for (const { first, runs } of cases) {
    const other = runs.find(({ verdict }) => verdict === "different")?.job
    if (first !== undefined && other !== undefined) return `gear diff ${first.id} ${other.id}`
  }
  return null
}

function caseData({ name, first, problems, runs }: ProvenCase): JsonObject {
  return {
    ...(name === undefined ? {} : { test: name }),
    first: first?.id ?? null,
    problems,
    runs: runs.map(({ provider, verdict, job, why }) => ({
      ...{ provider, verdict, job: job?.id ?? null, exitCode: job?.exit?.code ?? null },
      ...(why === undefined ? {} : { why }),
    })),
  }
}
