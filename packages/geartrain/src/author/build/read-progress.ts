import type { BuildPlan } from "./build-plan.ts"
import { readStep } from "./dockerfile/replies.ts"
import { readRecipeStep } from "./recipe/replies.ts"

/**
 * The step that a line of a builder's announces, if it does.
 *
 * @example
 *   readProgress("dockerfile", "STEP 2/3: RUN make") // => "2/3 RUN make"
 */
export function readProgress(kind: BuildPlan["kind"], line: string): string | undefined {
  if (kind === "folder") return undefined
  // mmdebstrap may run in a container, as a step of a Dockerfile.
  return readStep(line) ?? (kind === "recipe" ? readRecipeStep(line) : undefined)
}
