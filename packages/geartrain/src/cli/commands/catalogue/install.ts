import type { JsonObject } from "@geartrain/spec"
import type { PublishedGear } from "../../../publishing/catalogue/artifact/gear-artifact.ts"
import type { SignatureVerdict } from "../../../publishing/catalogue/gear-signatures.ts"
import type { Command, Context } from "../../command.ts"
import { formatCount, formatSize } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { shellWord } from "../../output/shell-word.ts"
import { CATALOGUE_FLAG, catalogueOf } from "./catalogue-flag.ts"

export const installCommand: Command = {
  name: "install",
  arguments: [
    {
      name: "NAME[@VERSION]",
      says: "A gear, and its version or tag. Default: the newest that is released and not deprecated",
    },
  ],
  flags: {
    ...CATALOGUE_FLAG,
    force: {
      type: "switch",
      says: "Install in spite of faults in the manifest that can be lived with, and give the name and version of another gear to this one",
    },
  },
  examples: [
    { command: "gear install fsl-bet -c /data/gears", says: "The newest release" },
    { command: "gear install fsl-bet@1.0.0", says: "From the catalogue that $GEARTRAIN_CATALOGUE names" },
  ],
  notes: [
    "Every byte is compared with the gear's id before anything is stored.",
    "Where a key is trusted for gears of this name, the gear has to be signed with it: gear key trust.",
  ],
  exits: "answer",
  run: async (context, given) => {
    const [{ openEngine }, { installGear }, { findVersion, readWish }, { checkSignatures }, { openKeys }] =
      await Promise.all([
        import("../../../compose/open-engine.ts"),
        import("../../../compose/catalogue/install-gear.ts"),
        import("../../../publishing/catalogue/find-version.ts"),
        import("../../../publishing/catalogue/gear-signatures.ts"),
        import("../../../compose/catalogue/open-catalogue.ts"),
      ])
    const wish = readWish(given.words[0] ?? "")
    const catalogue = await catalogueOf(context, given)
    const published = await findVersion(catalogue.backend, wish)
    const verdict = await checkSignatures(catalogue.backend, published, await openKeys(context.settings()).trusted())
    await warnOfDeprecation(context, catalogue.backend, published)
    const engine = await openEngine(context.settings(), { write: true })
    try {
      const earlier = await stored(engine, published)
      if (!earlier.isHere) context.reply.say(`reading ${formatSize(published.layer.sizeBytes)}`)
      const { gear, reference, isNew, warnings } = await installGear(published, catalogue, {
        engine,
        settings: context.settings(),
        force: given.has("force"),
      })
      for (const warning of warnings) context.reply.warn(escapeText(warning))
      context.reply.print(`${context.terminal.out.paint.bold(escapeText(reference))}  ${context.reply.id(gear.id)}`)
      const size = `${formatSize(gear.sizeBytes)} in ${formatCount(gear.entries, "entry", "entries")}`
      context.reply.say(isNew ? `installed ${size}` : `was here already, ${size}`)
      tellSignatures(context, verdict)
      await keepBadges(context, catalogue.backend, published)
      if (earlier.other !== undefined)
        context.reply.say(`→ gear diff ${shellWord(earlier.other)} ${shellWord(reference)}`)
      context.reply.say(`→ gear run ${shellWord(reference)} --help`)
      return { data: { id: gear.id, reference, isNew, ...verdict, warnings } as unknown as JsonObject }
    } finally {
      await engine.close()
    }
  },
}

/**
 * Takes along what those whose word counts say of whether the gear answers the same again. What others say stays where it is: anybody who may write
 * to a catalogue can leave any number of badges.
 */
async function keepBadges(
  { settings, reply }: Context,
  backend: Parameters<typeof import("../../../publishing/catalogue/badges/badge-notes.ts").readBadges>[0],
  published: PublishedGear,
): Promise<void> {
  const [{ readBadges }, { openBadges }, { badgeMarks }] = await Promise.all([
    import("../../../publishing/catalogue/badges/badge-notes.ts"),
    import("../../../compose/catalogue/open-badges.ts"),
    import("../../proof/badge-lines.ts"),
  ])
  const badges = openBadges(settings())
  const gear = { id: published.gear, name: published.name }
  const envelopes = await readBadges(backend, published)
  const judged = await badges.judge(gear, envelopes)
  const good = envelopes.filter((_, index) => judged[index]?.standing === "good")
  for (const envelope of good) await badges.keep(gear, envelope)
  for (const mark of badgeMarks(judged)) reply.say(`determinism: ${mark}`)
}

/** Whether the gear is stored, and another version of it to compare with. */
async function stored(
  engine: Awaited<ReturnType<typeof import("../../../compose/open-engine.ts").openEngine>>,
  { name, gear }: PublishedGear,
): Promise<{ readonly isHere: boolean; readonly other: string | undefined }> {
  const others = (await engine.gears.listGears()).filter((each) => each.manifest.name === name)
  const latest = others.filter(({ id }) => id !== gear).toSorted((a, b) => (a.imported < b.imported ? 1 : -1))[0]
  return {
    isHere: others.some(({ id }) => id === gear),
    other: latest === undefined ? undefined : `${name}@${latest.manifest.version}`,
  }
}

async function warnOfDeprecation(
  { reply }: Context,
  backend: Parameters<typeof import("../../../publishing/catalogue/deprecate-version.ts").readDeprecation>[0],
  published: PublishedGear,
): Promise<void> {
  const { readDeprecation } = await import("../../../publishing/catalogue/deprecate-version.ts")
  const deprecation = await readDeprecation(backend, published)
  if (deprecation === undefined) return
  const because = deprecation.because === "" ? "" : `: ${deprecation.because}`
  reply.warn(escapeText(`${published.name}@${published.version} is deprecated${because}`))
}

function tellSignatures({ reply }: Context, { signedBy, unknown }: SignatureVerdict): void {
  if (signedBy.length > 0) reply.say(`signed by ${signedBy.map(escapeText).join(", ")}`)
  else if (unknown.length === 0) reply.say("not signed, and no key is trusted for it")
  else
    reply.say(
      `signed by ${formatCount(unknown.length, "key")} that you do not trust: ${unknown.map(reply.id).join(", ")}`,
    )
}
