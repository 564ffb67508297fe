import { type DeterminismBadge, type Gear, GeartrainError, isGeartrainError } from "@geartrain/spec"
import type { OpenedCatalogue } from "../../../compose/catalogue/open-catalogue.ts"
import type { ProbeFindings } from "../../../compose/proof/probe-gear.ts"
import type { SigningKey } from "../../../signing/key-pair.ts"
import type { Command, CommandResult, Context, Given } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"
import { EXIT_CODES } from "../../output/exit-codes.ts"
import { probeAnswer } from "../../proof/probe-answer.ts"
import { findSigningKey, SIGNING_FLAG } from "../../proof/signing-key.ts"
import { VERDICT_EXITS } from "../../proof/verdict-answer.ts"
import { type Interrupts, watchInterrupts } from "../../run/interrupts.ts"
import { CATALOGUE_FLAG, catalogueOf } from "../catalogue/catalogue-flag.ts"
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
  run: async (context, given) => {
    const interrupts = watchInterrupts(() => context.reply.say("stopping"))
    try {
      return await probe(context, given, interrupts)
    } catch (error) {
      throw interrupts.explain(error)
    } finally {
      interrupts.end()
    }
  },
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
  const place = await findPlace(context, given, gear)
  const plan = { gear, tests, providers: given.list("provider"), ...(repeat === undefined ? {} : { repeat }) }
  const findings = await probeGear(plan, context.settings(), {
    signal: interrupts.signal,
    force: interrupts.force,
    onRound: (round, provider, test) => reply.say(`round ${round}: runs ${escapeText(test)} under ${provider}`),
  })
  const badge = makeBadge(findings)
  const kept =
    badge === undefined || key === undefined ? undefined : await keepBadge(context, { findings, badge, key, place })
  return probeAnswer(context, findings, { badge, kept })
}

const MOST_REPEATS = 1000

function readRepeat(given: Given): number | undefined {
  const text = given.text("repeat")
  if (text === undefined) return undefined
  const repeat = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (repeat >= 1 && repeat <= MOST_REPEATS) return repeat
  throw new GeartrainError("USAGE", `Cannot read --repeat "${text}": it has to be a whole number from 1 to 1000`, {
    details: { text },
    hint: "Say how many times: --repeat 5",
  })
}

/** Where the gear lies in a catalogue. */
type Place = OpenedCatalogue & {
  readonly published: Awaited<ReturnType<typeof import("../../../catalogue/find-version.ts").findVersion>>
}

/**
 * Looks the gear up before it is run for hours. A catalogue that only the settings name need not have it.
 *
 * @throws {GeartrainError} VERSION_NOT_FOUND, and what the catalogue throws, where the user named it.
 */
async function findPlace(context: Context, given: Given, gear: Gear): Promise<Place | undefined> {
  if (!given.has("catalogue") && context.settings().catalogue === undefined) return undefined
  const { findVersion } = await import("../../../catalogue/find-version.ts")
  const { name, version } = gear.manifest
  const reference = `${name}@${version}`
  try {
    const catalogue = await catalogueOf(context, given)
    const published = await findVersion(catalogue.backend, { name, version })
    if (published.gear === gear.id) return { ...catalogue, published }
    throw new GeartrainError(
      "VERSION_EXISTS",
      `Cannot put a badge beside "${reference}" in the catalogue: it is another gear there`,
      {
        details: { name, version, published: published.gear, own: gear.id },
        hint: "Install the one that is there to probe it, or publish this one under another version",
      },
    )
  } catch (error) {
    if (given.has("catalogue") || !isGeartrainError(error)) throw error
    context.reply.warn(`the badge is kept here only: ${escapeText(error.message)}`)
    return undefined
  }
}

/** Where a badge is. */
export interface KeptBadge {
  readonly key: string
  readonly catalogue?: string
}

async function keepBadge(
  context: Context,
  made: {
    readonly findings: ProbeFindings
    readonly badge: DeterminismBadge
    readonly key: SigningKey
    readonly place: Place | undefined
  },
): Promise<KeptBadge> {
  const [{ openBadges }, { signBadge }, { attachBadge }] = await Promise.all([
    import("../../../compose/catalogue/open-badges.ts"),
    import("../../../catalogue/badges/sign-badge.ts"),
    import("../../../catalogue/badges/badge-notes.ts"),
  ])
  const { findings, badge, key, place } = made
  const { id, manifest } = findings.gear
  const envelope = signBadge(id, badge, key)
  await openBadges(context.settings()).keep({ id, name: manifest.name }, envelope)
  if (place !== undefined) await attachBadge(place.backend, place.published, envelope)
  return { key: key.publicKey.id, ...(place === undefined ? {} : { catalogue: place.place }) }
}
