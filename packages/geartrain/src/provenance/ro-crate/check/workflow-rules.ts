import type { CrateEntity } from "../crate.ts"
import { type CrateGraph, hasType, idsIn, isSaid } from "./crate-graph.ts"
import { type CrateRule, eachRule, rootRule } from "./crate-rule.ts"
import { conformsRule, toolActions } from "./run-rules.ts"

/**
 * What the Workflow Run Crate profile asks for, beyond the Process Run Crate's.
 *
 * @see https://w3id.org/ro/wfrun/workflow/0.5
 */
export const WORKFLOW_RULES: readonly CrateRule[] = [
  conformsRule("workflow"),
  rootRule({
    id: "workflow-run/main-entity",
    level: "must",
    profile: "workflow",
    says: "the root's mainEntity is a workflow: File, SoftwareSourceCode and ComputationalWorkflow",
    keeps: (_, graph) => {
      const main = mainWorkflow(graph)
      return ["File", "SoftwareSourceCode", "ComputationalWorkflow"].every((type) => hasType(main, type))
    },
  }),
  rootRule({
    id: "workflow-run/main-run",
    level: "should",
    profile: "workflow",
    says: "an action has the main workflow as its instrument",
    keeps: (_, graph) => {
      const main = mainWorkflow(graph)?.["@id"]
      return main !== undefined && toolActions(graph).some((action) => idsIn(action["instrument"]).includes(main))
    },
  }),
  eachRule({
    id: "workflow-run/parameters",
    level: "must",
    profile: "workflow",
    says: "the inputs and outputs of a workflow are FormalParameters",
    about: (graph) => withType(graph, "ComputationalWorkflow"),
    keeps: (workflow, { entities }) =>
      [...idsIn(workflow["input"]), ...idsIn(workflow["output"])].every((id) =>
        hasType(entities.get(id), "FormalParameter"),
      ),
  }),
  eachRule({
    id: "workflow-run/parameter-type",
    level: "must",
    profile: "workflow",
    says: "a FormalParameter has an additionalType",
    about: (graph) => withType(graph, "FormalParameter"),
    keeps: (parameter) => isSaid(parameter["additionalType"]),
  }),
]

/**
 * What the Provenance Run Crate profile asks for, beyond the Workflow Run Crate's.
 *
 * @see https://w3id.org/ro/wfrun/provenance/0.5
 */
export const PROVENANCE_RULES: readonly CrateRule[] = [
  conformsRule("provenance"),
  eachRule({
    id: "provenance-run/tools",
    level: "must",
    profile: "provenance",
    says: "a workflow names the tools that it orchestrates by hasPart",
    about: (graph) => withType(graph, "ComputationalWorkflow"),
    keeps: (workflow) => idsIn(workflow["hasPart"]).length > 0,
  }),
  eachRule({
    id: "provenance-run/how-to",
    level: "must",
    profile: "provenance",
    says: "a workflow with steps is a HowTo",
    about: (graph) => withType(graph, "ComputationalWorkflow").filter(({ step }) => step !== undefined),
    keeps: (workflow) => hasType(workflow, "HowTo"),
  }),
  namesRule("HowToStep", "workExample", "the tool that implements it"),
  namesRule("ControlAction", "instrument", "the step that was executed"),
  namesRule("ControlAction", "object", "the executions of tools that it stands for"),
  namesRule("OrganizeAction", "instrument", "the workflow engine"),
  namesRule("OrganizeAction", "object", "the executions of steps"),
  namesRule("OrganizeAction", "result", "the execution of the workflow"),
  eachRule({
    id: "provenance-run/resource-usage",
    level: "must",
    profile: "provenance",
    says: "what was used is told by PropertyValues with a propertyID",
    about: (graph) => toolActions(graph).filter(({ resourceUsage }) => resourceUsage !== undefined),
    keeps: (action, { entities }) =>
      idsIn(action["resourceUsage"]).every((id) => isSaid(entities.get(id)?.["propertyID"])),
  }),
]

function namesRule(type: string, property: string, what: string): CrateRule {
  return eachRule({
    id: `provenance-run/${type.toLowerCase()}-${property.toLowerCase()}`,
    level: "must",
    profile: "provenance",
    says: `every ${type} names, by ${property}, ${what}, and that is described`,
    about: (graph) => withType(graph, type),
    keeps: (entity, { entities }) => {
      const named = idsIn(entity[property])
      return named.length > 0 && named.every((id) => entities.has(id))
    },
  })
}

function mainWorkflow({ entities, root }: CrateGraph): CrateEntity | undefined {
  const [id] = idsIn(root?.["mainEntity"])
  return id === undefined ? undefined : entities.get(id)
}

function withType({ entities }: CrateGraph, type: string): readonly CrateEntity[] {
  return [...entities.values()].filter((entity) => hasType(entity, type))
}
