import type { CrateEntity } from "../crate.ts"
import { COMPLETED, FAILED, RUN_PROFILES } from "../crate-terms.ts"
import { type CrateGraph, hasType, idsIn, isSaid, type RunProfile, valuesOf } from "./crate-graph.ts"
import { type CrateRule, eachRule, rootRule } from "./crate-rule.ts"

/**
 * What the Process Run Crate profile asks for.
 *
 * @see https://w3id.org/ro/wfrun/process/0.5
 */
export const PROCESS_RULES: readonly CrateRule[] = [
  conformsRule("process"),
  eachRule({
    id: "process-run/instrument",
    level: "must",
    profile: "process",
    says: "every action names the tool that was executed by instrument, and that tool is described",
    about: toolActions,
    keeps: (action, { entities }) => {
      const tools = idsIn(action["instrument"])
      return tools.length > 0 && tools.every((id) => entities.has(id))
    },
  }),
  eachRule({
    id: "process-run/tool-type",
    level: "should",
    profile: "process",
    says: "a tool is a SoftwareApplication, SoftwareSourceCode or ComputationalWorkflow",
    about: (graph) => toolsOf(graph),
    keeps: (tool) => hasType(tool, "SoftwareApplication", "SoftwareSourceCode", "ComputationalWorkflow"),
  }),
  eachRule({
    id: "process-run/mentioned",
    level: "should",
    profile: "process",
    says: "the root mentions every action",
    about: toolActions,
    keeps: (action, { root }) => idsIn(root?.["mentions"]).includes(action["@id"]),
  }),
  ...["name", "endTime", "agent", "result"].map((property) =>
    eachRule({
      id: `process-run/action-${property.toLowerCase()}`,
      level: "should",
      profile: "process",
      says: `an action has ${property}`,
      about: toolActions,
      keeps: (action) => isSaid(action[property]),
    }),
  ),
  eachRule({
    id: "process-run/action-status",
    level: "should",
    profile: "process",
    says: "the status of an action is CompletedActionStatus or FailedActionStatus, and only a failed one has an error",
    about: toolActions,
    keeps: hasSoundStatus,
  }),
]

/** That the root names a versioned profile, and describes it as a CreativeWork. */
export function conformsRule(profile: RunProfile): CrateRule {
  return rootRule({
    id: `${profile}-run/conforms-to`,
    level: "must",
    profile,
    says: "the profile that the root conforms to has a version, and is described as a CreativeWork",
    keeps: (root, { entities }) =>
      idsIn(root["conformsTo"])
        .filter((id) => id.startsWith(`${RUN_PROFILES}${profile}/`))
        .every((id) => id !== `${RUN_PROFILES}${profile}/` && hasType(entities.get(id), "CreativeWork")),
  })
}

/** Executions of tools: what makes, sets off or changes something by means of software. */
export function toolActions({ entities }: CrateGraph): readonly CrateEntity[] {
  return [...entities.values()].filter((entity) => hasType(entity, "CreateAction", "ActivateAction", "UpdateAction"))
}

function toolsOf(graph: CrateGraph): readonly CrateEntity[] {
  const ids = new Set(toolActions(graph).flatMap((action) => idsIn(action["instrument"])))
  return [...ids].flatMap((id) => graph.entities.get(id) ?? [])
}

function hasSoundStatus(action: CrateEntity): boolean {
  const statuses = valuesOf(action["actionStatus"]).map((status) =>
    typeof status === "string" ? status : (idsIn(status)[0] ?? ""),
  )
  const names = statuses.map((status) => status.replace(/^https?:\/\/schema\.org\//, ""))
  const isKnown = names.every((name) => STATUS_NAMES.has(name))
  return isKnown && (action["error"] === undefined || names.includes(nameOf(FAILED)))
}

const STATUS_NAMES: ReadonlySet<string> = new Set([nameOf(COMPLETED), nameOf(FAILED)])

function nameOf(status: string): string {
  return status.slice(status.lastIndexOf("/") + 1)
}
