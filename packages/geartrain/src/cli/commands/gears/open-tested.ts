import type { Gear } from "@geartrain/spec"
import { readProgress } from "../../../author/build/read-progress.ts"
import type { BuildProgress } from "../../../compose/gears/build-gear.ts"
import type { Context } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"
import { isImage } from "../../run/is-image.ts"

/**
 * Finds the gear that is to be tested: one that is stored, or the one that a folder is built into now.
 *
 * @throws {GeartrainError} GEAR_NOT_FOUND, GEAR_AMBIGUOUS, and what building throws.
 */
export async function openTested(word: string, context: Context, signal: AbortSignal): Promise<Gear> {
  const { openEngine } = await import("../../../compose/open-engine.ts")
  const engine = await openEngine(context.settings(), { write: true })
  try {
    if (!isImage(word)) {
      const { resolveGear } = await import("../../../engine/gears/resolve-gear.ts")
      return await resolveGear(word, engine)
    }
    const { buildGear } = await import("../../../compose/gears/build-gear.ts")
    const wish = { folder: word, network: "outbound", fresh: false, force: false, imageEnv: false } as const
    const means = { settings: context.settings(), progress: buildProgress(context, signal) }
    const built = await buildGear(wish, engine, means)
    for (const warning of built.warnings) context.reply.warn(escapeText(warning))
    return built.gear
  } finally {
    await engine.close()
  }
}

/** Tells of a build step by step; with --verbose, line by line. */
export function buildProgress({ reply, options, terminal }: Context, signal: AbortSignal): BuildProgress {
  let kind: Parameters<typeof readProgress>[0] = "folder"
  return {
    signal,
    onStart: (plan) => {
      kind = plan.kind
      const by = plan.builder === undefined ? "" : ` with ${plan.builder.name} ${plan.builder.version}`
      reply.say(`building ${escapeText(plan.source)}${by}`)
    },
    onLine: (line) => {
      const step = readProgress(kind, line)
      if (options.verbose && !reply.json) terminal.err.write(`${escapeText(line)}\n`)
      else if (step !== undefined) reply.say(`  ${shorten(escapeText(step))}`)
    },
  }
}

/** A step of a Dockerfile may be a whole program; its beginning tells which it is. */
function shorten(text: string): string {
  return text.length > LONGEST_STEP ? `${text.slice(0, LONGEST_STEP - 1)}…` : text
}

const LONGEST_STEP = 100
