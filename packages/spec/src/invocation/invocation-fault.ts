import { GeartrainError } from "../errors/geartrain-error.ts"
import { formatPath, type JsonPath } from "../json/json-path.ts"

/** One thing that is wrong with what somebody wants to run a gear with. */
export interface InvocationFault {
  /** The place as a JSON pointer, such as `/config/threshold`. */
  readonly where: string
  readonly path: JsonPath
  /** What is the case, as a sentence without full stop. */
  readonly problem: string
  /** What to do, as one imperative sentence without full stop. */
  readonly fix: string
  /** The rule that is broken: a keyword of JSON Schema, `unknown`, `name`, `object` or `unfit`. */
  readonly keyword: string
}

/**
 * Makes the error that tells all that is wrong with an invocation, one line each, 20 at most. Its details have them all.
 *
 * @param faults  At least one.
 */
export function invocationError(
  gear: { readonly name: string; readonly version: string },
  faults: readonly InvocationFault[],
): GeartrainError<"INVOCATION_INVALID"> {
  const shown = faults.slice(0, MOST_SHOWN).map(({ problem, fix }) => `  ${problem}: ${lowerFirst(fix)}`)
  const more = faults.length - shown.length
  if (more > 0) shown.push(`  … and ${more} more`)
  const count = faults.length === 1 ? "1 thing is" : `${faults.length} things are`
  const message = [`Cannot run gear "${gear.name}" ${gear.version}: ${count} wrong with what it is given`, ...shown]
  return new GeartrainError("INVOCATION_INVALID", message.join("\n"), {
    details: { gear: gear.name, version: gear.version, faults: faults.map((fault) => ({ ...fault })) },
    hint: `See what it takes: gear run ${gear.name} --help`,
  })
}

export function faultAt(path: JsonPath, text: Pick<InvocationFault, "keyword" | "problem" | "fix">): InvocationFault {
  return { where: formatPath(path), path, ...text }
}

// As many as fit on a screen.
const MOST_SHOWN = 20

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
