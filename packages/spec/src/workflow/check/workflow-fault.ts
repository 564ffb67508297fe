import type { JsonPath } from "../../json/json-path.ts"
import { nearestName } from "../../text/did-you-mean.ts"
import { listNames } from "../../text/list-words.ts"

/** One thing that is wrong with a workflow, and what mends it. */
export interface WorkflowFault {
  /** Where in the document. */
  readonly path: JsonPath
  /** What is the case, as a sentence without full stop. */
  readonly problem: string
  /** What to do, as one imperative sentence without full stop. */
  readonly fix: string
}

/** What is said of a name that is not there: the one that was probably meant, or all that there are. */
export function unknownFault(
  path: JsonPath,
  what: string,
  of: { readonly name: string; readonly known: readonly string[] },
) {
  const { name, known } = of
  const meant = nearestName(name, known)
  const others = known.length === 0 ? "Remove it, since there is none" : `Write one of ${listNames(known)}`
  return {
    path,
    problem: `there is no ${what} "${name}"`,
    fix: meant === undefined ? others : `Write "${meant}"`,
  } satisfies WorkflowFault
}
