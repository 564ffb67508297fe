import { isDevelopmentVersion } from "@geartrain/spec"
import type { Publication } from "../../../publishing/catalogue/publish-gear.ts"
import type { SigningKey } from "../../../publishing/signing/key-pair.ts"
import type { Command, Context } from "../../command.ts"
import { formatCount } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { shellWord } from "../../output/shell-word.ts"
import { findSigningKey, SIGNING_FLAG } from "../../proof/signing-key.ts"
import { CATALOGUE_FLAG, catalogueOf } from "./catalogue-flag.ts"

export const publishCommand: Command = {
  name: "publish",
  arguments: [{ name: "GEAR", says: "A gear that is stored here: gear help references", complete: "gear" }],
  flags: {
    ...CATALOGUE_FLAG,
    ...SIGNING_FLAG,
  },
  examples: [
    { command: "gear publish fsl-bet@1.0.0 -c /data/gears", says: "Into a folder that others can read" },
    {
      command: "gear publish fsl-bet -c registry.example.org/lab",
      says: "Into a registry, where docker login has been",
    },
  ],
  notes: [
    "A version that was published means that gear for ever. While a gear changes, give it a version that ends in -dev: that one can be published again.",
    "A folder that is empty or not there becomes a catalogue.",
  ],
  exits: "answer",
  run: async (context, given) => {
    const [{ openEngine }, { packGear }, { publishGear }, { resolveGear }] = await Promise.all([
      import("../../../compose/open-engine.ts"),
      import("../../../compose/gears/pack-gear.ts"),
      import("../../../publishing/catalogue/publish-gear.ts"),
      import("../../../engine/gears/resolve-gear.ts"),
    ])
    const catalogue = await catalogueOf(context, given)
    const key = await findSigningKey(context, given.text("key"))
    const engine = await openEngine(context.settings(), { write: true })
    const packed: { remove(): Promise<void> }[] = []
    try {
      const gear = await resolveGear(given.words[0] ?? "", engine)
      const pack = async () => {
        context.reply.say(`packing ${escapeText(gear.manifest.name)}@${escapeText(gear.manifest.version)}`)
        const root = await packGear(gear, engine)
        packed.push(root)
        return root
      }
      const publication = await publishGear(gear, catalogue.backend, { pack, ...(key === undefined ? {} : { key }) })
      await attachOwnBadges(context, catalogue.backend, publication.published)
      return tell(context, publication, { place: catalogue.place, ...(key === undefined ? {} : { key }) })
    } finally {
      for (const root of packed) await root.remove()
      await engine.close()
    }
  },
}

/** What the user's own probes have shown goes along, good or bad. */
async function attachOwnBadges(
  { settings, reply }: Context,
  backend: Parameters<typeof import("../../../publishing/catalogue/badges/badge-notes.ts").attachBadge>[0],
  published: Publication["published"],
): Promise<void> {
  const [{ attachBadge }, { openBadges }] = await Promise.all([
    import("../../../publishing/catalogue/badges/badge-notes.ts"),
    import("../../../compose/catalogue/open-badges.ts"),
  ])
  const badges = openBadges(settings())
  const own = await badges.own({ id: published.gear, name: published.name })
  for (const envelope of own) await attachBadge(backend, published, envelope)
  if (own.length > 0) reply.say(`with ${formatCount(own.length, "badge")} of yours: gear probe`)
}

function tell(
  { reply, terminal }: Context,
  { published, outcome }: Publication,
  { place, key }: { readonly place: string; readonly key?: SigningKey },
) {
  const { name, version } = published
  const reference = `${name}@${version}`
  reply.print(`${terminal.out.paint.bold(escapeText(reference))}  ${reply.id(published.gear)}`)
  const where = escapeText(place)
  const said = {
    new: `published in ${where}`,
    unchanged: `was there already, in ${where}`,
    replaced: `replaced in ${where}`,
  }
  reply.say(
    key === undefined
      ? `${said[outcome]}, not signed`
      : `${said[outcome]}, signed by key ${reply.id(key.publicKey.id)}`,
  )
  if (isDevelopmentVersion(version))
    reply.say("in development: it can be published again, and is not installed unless it is named")
  reply.say(`→ gear install ${shellWord(reference)} -c ${shellWord(place)}`)
  const data = {
    reference,
    gear: published.gear,
    outcome,
    manifest: published.manifest.digest,
    catalogue: place,
    key: key?.publicKey.id ?? null,
  }
  return { data }
}
