import { type Gear, GeartrainError, type JsonObject } from "@geartrain/spec"
import type { SlimName } from "../../../author/slim/slim-manifest.ts"
import type { Slimmed, SlimStep } from "../../../compose/gears/slim-gear.ts"
import type { Command, CommandResult, Context, Given } from "../../command.ts"
import { formatCount, formatSize } from "../../output/amounts.ts"
import { escapeLines, escapeText } from "../../output/escape-text.ts"
import { EXIT_CODES } from "../../output/exit-codes.ts"
import { shellWord } from "../../output/shell-word.ts"
import { type Interrupts, interruptible } from "../../run/interrupts.ts"
import { openTested } from "./open-tested.ts"
import { readTests, testsFolder } from "./read-tests.ts"

export const slimCommand: Command = {
  name: "slim",
  arguments: [
    {
      name: "DIR|GEAR",
      says: "The folder that a gear is built from, as ./folder, or a stored gear. Default: this folder",
      optional: true,
      complete: "gear",
    },
  ],
  flags: {
    with: {
      type: "text",
      value: "DIR",
      says: "Folder with the tests that show what it uses. Default: tests in the gear's folder",
      complete: "folder",
    },
    as: {
      type: "text",
      value: "NAME@VERSION",
      says: "What the slim gear is called. Default: -slim after its name",
    },
    provider: { type: "text", value: "NAME", says: "Run the tests with this provider", complete: "provider" },
    force: { type: "switch", says: "Take the name and version from another gear that has them" },
  },
  examples: [
    { command: "gear slim brain-atlas-table --with tests", says: "A stored gear, by its tests in ./tests" },
    { command: "gear slim examples/brain-atlas-table --as atlas-small@1.0.0", says: "Build it first; under this name" },
  ],
  notes: [
    "The tests are run three times: as they are, watched by strace, and on the slim gear. It is stored only if every test passes and every output has the same bytes in all three. What no test makes the gear use is not in it: write tests for all that it is to do. Its manifest names the gear that it came from.",
  ],
  exits: "answer",
  exitNotes: {
    0: "the slim gear is equal on all tests, and stored",
    1: "it is not, or was not tried; nothing is stored",
  },
  run: (context, given) =>
    interruptible(
      () => context.reply.say("stopping"),
      (interrupts) => slim(context, given, interrupts),
    ),
}

async function slim(context: Context, given: Given, interrupts: Interrupts): Promise<CommandResult> {
  const { slimGear } = await import("../../../compose/gears/slim-gear.ts")
  const word = given.words[0] ?? "."
  const tests = await readTests(testsFolder(word, given, "with"))
  const gear = await openTested(word, context, interrupts.signal)
  const name = await nameFor(gear, given.text("as"))
  const provider = given.text("provider")
  const { signal, force } = interrupts
  const slimmed = await slimGear(
    { gear, tests, name, force: given.has("force"), ...(provider === undefined ? {} : { provider }) },
    context.settings(),
    { signal, force, onStep: (step) => context.reply.say(saying(step, tests.length)) },
  )
  return slimmed.verdict === "equal"
    ? tellEqual(context, { slimmed, from: gear, tests: tests.length })
    : tellOther(context, slimmed, gear)
}

async function nameFor({ manifest }: Gear, wanted: string | undefined): Promise<SlimName> {
  const { slimName } = await import("../../../author/slim/slim-manifest.ts")
  const given = slimName({ name: manifest.name, version: manifest.version })
  if (wanted === undefined) return given
  const [name = "", version, ...more] = wanted.split("@")
  if (name !== "" && version !== "" && more.length === 0) return { name, version: version ?? manifest.version }
  throw new GeartrainError("USAGE", `Cannot read --as "${wanted}": it has to be NAME@VERSION, or a name alone`, {
    details: { as: wanted },
    hint: `Write it like this: --as ${given.name}@${given.version}`,
  })
}

function saying(step: SlimStep, count: number): string {
  const tests = formatCount(count, "test")
  const words: Readonly<Record<SlimStep, string>> = {
    plain: `running ${tests}`,
    observed: `running ${tests}, watched`,
    pick: "reading the files of the gear",
    slim: `running ${tests} on the slim gear`,
    again: `running ${tests} on the full gear again`,
  }
  return words[step]
}

type Equal = Extract<Slimmed, { readonly verdict: "equal" }>
type Other = Exclude<Slimmed, Equal>

function tellEqual(
  { reply, terminal }: Context,
  done: { readonly slimmed: Equal; readonly from: Gear; readonly tests: number },
): CommandResult {
  const { full, slim, gear, reference, provider } = done.slimmed
  const { paint } = terminal.out
  reply.print(`${paint.bold(escapeText(reference))}  ${reply.id(gear.id)}`)
  reply.print(`files  ${formatNumber(full.files)} → ${formatNumber(slim.files)}`)
  reply.print(`bytes  ${formatSize(full.sizeBytes)} → ${formatSize(slim.sizeBytes)}`)
  reply.print(
    `${paint.green("equal")}  every output of ${formatCount(done.tests, "test")} has the same bytes; ${provider}`,
  )
  reply.say(`→ gear run ${shellWord(reference)} --help`)
  const data: JsonObject = {
    verdict: "equal",
    gear: gear.id,
    reference,
    slimOf: done.from.id,
    tests: done.tests,
    provider,
    full: { ...full },
    slim: { ...slim },
  }
  return { data }
}

function formatNumber(value: number): string {
  return value.toLocaleString("en-US")
}

const WHY: Readonly<Record<Other["verdict"], string>> = {
  fails: "it does not pass its tests",
  unsteady: "it does not do the same twice, so that nothing can be proven equal to it",
  observed: "it does otherwise when it is watched",
  different: "without the files that it was not seen to use it does otherwise",
}

function tellOther({ reply, terminal }: Context, { verdict, differences, provider }: Other, gear: Gear): CommandResult {
  const name = `${gear.manifest.name}@${gear.manifest.version}`
  const message = `Cannot slim gear "${name}": ${WHY[verdict]}; nothing was stored`
  reply.print(`${terminal.out.paint.red(verdict)}  ${escapeText(WHY[verdict])}; nothing was stored`)
  for (const difference of differences) reply.print(`  ${escapeLines(difference)}`)
  const fix = verdict === "unsteady" ? "gear help slim" : verdict === "fails" ? `gear test ${name}` : "gear jobs"
  reply.say(`→ ${escapeText(fix)}`)
  const error = { code: "DIFFERENT", message, fix, docs: "gear help slim", culprit: "gear", retryable: false }
  const data: JsonObject = { verdict, gear: gear.id, differences: [...differences], provider }
  return { data, exitCode: EXIT_CODES.NO, error }
}
