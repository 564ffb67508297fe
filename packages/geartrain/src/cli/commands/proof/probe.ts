import type { Command, CommandResult, Context, Given } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"
import { EXIT_CODES } from "../../output/exit-codes.ts"
import { findBadgePlace, keepBadge } from "../../proof/keep-badge.ts"
import { tellProbe } from "../../proof/probe-answer.ts"
import { readRepeat } from "../../proof/repeat-flag.ts"
import { findSigningKey, SIGNING_FLAG } from "../../proof/signing-key.ts"
import { VERDICT_EXITS } from "../../proof/verdict-answer.ts"
import { type Interrupts, interruptible } from "../../run/interrupts.ts"
import { CATALOGUE_FLAG } from "../catalogue/catalogue-flag.ts"
import { openTested } from "../gears/open-tested.ts"
import { readTests, TESTS_FLAG, testsFolder } from "../gears/read-tests.ts"

export const probeCommand: Command = {
  name: "probe",
  arguments: [
    {
      name: "DIR|GEAR",
      says: "A stored gear, or the folder that a gear is built from, as ./folder. Default: this folder",
      optional: true,
      complete: "gear",
    },
  ],
  flags: {
    ...TESTS_FLAG,
    repeat: {
      type: "text",
      value: "N",
      says: "Run each test so many times under each provider. Default: so often that each is run 8 times or more",
    },
    provider: {
      type: "text",
      value: "NAME",
      many: true,
      says: "Run under this provider only. Default: each that works on this machine",
      complete: "provider",
    },
    ...SIGNING_FLAG,
    ...CATALOGUE_FLAG,
  },
  examples: [
    {
      command: "gear probe fsl-bet --tests ./tests",
      says: "Find out whether it answers the same again, and keep a signed badge",
    },
    { command: "gear probe fsl-bet -c /data/gears", says: "Put the badge beside the gear in a catalogue, too" },
  ],
  notes: [
    "Each of the gear's own tests is repeated as asked, with one thread and with a fixed clock, under each provider. What is found is written into a badge, signed with your key: gear show GEAR and gear search show it. gear publish takes the badges along that you signed.",
    "The same answer in fewer than 8 runs of a test is no badge, and nor is anything without tests: gear schema gear-test.",
  ],
  ...VERDICT_EXITS,
  errorExits: { ...VERDICT_EXITS.errorExits, GEAR_TESTS_MISSING: EXIT_CODES.UNDECIDED },
  exitNotes: {
    0: "deterministic, and every test is passed",
    1: "not deterministic, or only under a condition; or a test is not passed",
    6: "undecided: there are no tests, one could not be run, or the runs are too few",
  },
  run: (context, given) =>
    interruptible(
      () => context.reply.say("stopping"),
      (interrupts) => probe(context, given, interrupts),
    ),
}

async function probe(context: Context, given: Given, interrupts: Interrupts): Promise<CommandResult> {
  const [{ probeGear }, { makeBadge }] = await Promise.all([
    import("../../../compose/proof/probe-gear.ts"),
    import("../../../compose/proof/make-badge.ts"),
  ])
  const { reply } = context
  const word = given.words[0] ?? "."
  const tests = await readTests(testsFolder(word, given))
  const repeat = readRepeat(given)
  const key = await findSigningKey(context, given.text("key"))
  if (key === undefined)
    reply.warn("you have no key, so that what is found is told, and no badge is made: gear key new")
  const gear = await openTested(word, context, interrupts.signal)
  const place = await findBadgePlace(context, given, gear)
  const plan = { gear, tests, providers: given.list("provider"), ...(repeat === undefined ? {} : { repeat }) }
  const findings = await probeGear(plan, context.settings(), {
    signal: interrupts.signal,
    force: interrupts.force,
    onRound: (round, provider, test) => reply.say(`round ${round}: runs ${escapeText(test)} under ${provider}`),
  })
  const badge = makeBadge(findings)
  // What was found, perhaps in hours, is told before anything else can go wrong.
  const end = tellProbe(context, findings, badge)
  if (badge === undefined || key === undefined) return end(undefined)
  return end(await keepBadge(context, { gear, badge }, { key, place }))
}
