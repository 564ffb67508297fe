import type { JsonObject, Platform } from "@geartrain/spec"
import { GeartrainError } from "@geartrain/spec"
import type { ImportedGear, ImportOptions } from "../../../engine/gears/import-gear.ts"
import { IMAGE_LIMITS, parseImageLimits } from "../../../settings/image-limits.ts"
import type { Settings } from "../../../settings/settings.ts"
import type { CommandResult, Context, Flag, Given } from "../../command.ts"
import { formatCount, formatSize } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { shellWord } from "../../output/shell-word.ts"

/** Flags of the commands that take gears in. */
export const TAKE_IN_FLAGS = {
  "image-env": {
    type: "switch",
    says: "Take the image's own ENV over into the gear's manifest, which is what gears run by",
  },
  platform: {
    type: "text",
    value: "OS/ARCH",
    says: "Which one of an image for several, such as linux/arm64. Default: this machine's",
  },
  "image-limit": {
    type: "text",
    value: "NAME=VALUE",
    many: true,
    says: "Allow a larger image than usual, or a smaller one only, such as entries=2000000 or size=200g",
    complete: Object.keys(IMAGE_LIMITS).map((name) => `${name}=`),
  },
  force: {
    type: "switch",
    says: "Import in spite of faults in the manifest that can be lived with, and give the name and version of another gear to this one",
  },
} as const satisfies Readonly<Record<string, Flag>>

/** A paragraph of the help about `--image-limit`. */
export const IMAGE_LIMIT_NOTE = `The limits keep hostile images away; an honest one of tens of gigabytes is below them. ${Object.entries(
  IMAGE_LIMITS,
)
  .map(([name, says]) => `${name}: ${says}`)
  .join("; ")}. GEARTRAIN_IMAGE_LIMITS sets them for every command, as entries=2000000,size=200g.`

/** Takes an image in, and tells what it is called now. */
export async function takeIn(context: Context, given: Given, reference: string): Promise<CommandResult> {
  const [{ openEngine }, { openImageReference }, { importGear }] = await Promise.all([
    import("../../../compose/open-engine.ts"),
    import("../../../compose/images/open-image.ts"),
    import("../../../engine/gears/import-gear.ts"),
  ])
  const options = readOptions(given)
  const settings = withImageLimits(context.settings(), given)
  const platform = options.platform === undefined ? {} : { platform: options.platform }
  const engine = await openEngine(settings, { write: true })
  try {
    context.reply.say(`reading ${escapeText(reference)}`)
    const image = await openImageReference(reference, settings, platform)
    try {
      const result = await importGear(image, engine, options)
      tell(context, result)
      return { data: answerOf(result) }
    } finally {
      await image.close()
    }
  } finally {
    await engine.close()
  }
}

/** What is given with a flag counts before what the environment says. */
function withImageLimits(settings: Settings, given: Given): Settings {
  const limits = parseImageLimits(given.list("image-limit"), "--image-limit")
  return { ...settings, imageLimits: { ...settings.imageLimits, ...limits } }
}

function readOptions(given: Given): ImportOptions {
  const platform = given.text("platform")
  return {
    ...(given.has("image-env") ? { imageEnv: true } : {}),
    ...(given.has("force") ? { force: true } : {}),
    ...(platform === undefined ? {} : { platform: readPlatform(platform) }),
  }
}

function readPlatform(text: string): Platform {
  if (/^[a-z0-9]+\/[a-z0-9_]+(\/[a-z0-9]+)?$/.test(text)) return text as Platform
  throw new GeartrainError("USAGE", `Cannot read --platform "${text}": it has to be a system and an architecture`, {
    details: { text },
    hint: "Write it as linux/amd64 or linux/arm64",
  })
}

function tell({ reply, options, terminal }: Context, result: ImportedGear): void {
  const { gear, reference, isNew, warnings } = result
  for (const warning of warnings) reply.warn(escapeText(warning))
  if (options.quiet) {
    reply.print(gear.id)
    return
  }
  reply.print(`${terminal.out.paint.bold(escapeText(reference))}  ${reply.id(gear.id)}`)
  const size = `${formatSize(gear.sizeBytes)} in ${formatCount(gear.entries, "entry", "entries")}`
  reply.say(isNew ? `imported ${size}` : `was here already, ${size}; nothing was written`)
  reply.say(`→ gear run ${shellWord(reference)} --help`)
}

function answerOf(result: ImportedGear): JsonObject {
  const { gear, reference, isNew, warnings } = result
  return {
    id: gear.id,
    reference,
    isNew,
    platform: gear.platform,
    tree: gear.tree,
    sizeBytes: gear.sizeBytes,
    entries: gear.entries,
    warnings,
  }
}
