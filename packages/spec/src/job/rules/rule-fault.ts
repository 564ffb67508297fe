import { formatPath, type JsonPath } from "../../json/json-path.ts"

/** One thing that is wrong with a rule. */
export interface RuleFault {
  /** A JSON pointer into the rule. */
  readonly path: string
  readonly problem: string
  readonly fix: string
}

export function faultAt(path: JsonPath, problem: string, fix: string): RuleFault {
  return { path: formatPath(path), problem, fix }
}
