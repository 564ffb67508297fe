import { lintImage } from "../../author/lint/image/lint-image.ts"
import type { LintReport } from "../../author/lint/lint-report.ts"
import type { Context } from "../command.ts"
import { escapeText } from "../output/escape-text.ts"
import type { LintTarget } from "./lint-target.ts"

/**
 * Looks an image through, or a stored gear.
 *
 * @throws {GeartrainError} what reading the image throws; GEAR_NOT_FOUND, GEAR_AMBIGUOUS, ROOT_NOT_FOUND
 */
export async function lintImageTarget(
  target: Extract<LintTarget, { readonly reference: string }>,
  context: Context,
): Promise<LintReport> {
  const { viewImage, viewStoredGear } = await import("../../compose/images/view-image.ts")
  const settings = context.settings()
  const { reference } = target
  if (target.kind === "image") {
    context.reply.say(`reading ${escapeText(reference)}`)
    return lintImage(reference, await viewImage(reference, settings))
  }
  const { resolveGear } = await import("../../engine/gears/resolve-gear.ts")
  return lintImage(reference, await viewStoredGear((stores) => resolveGear(reference, stores), settings))
}
