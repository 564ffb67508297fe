import type { CrateEntity } from "../crate.ts"
import { FAILED } from "../crate-terms.ts"
import { type CrateGraph, hasType, idsIn, isSaid, withType } from "./crate-graph.ts"
import { type CrateRule, eachRule, rootRule } from "./crate-rule.ts"
import { conformsRule, toolActions } from "./run-rules.ts"
import { mainWorkflow } from "./workflow-rules.ts"

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
  eachRule({
    id: "provenance-run/workflow-type",
    level: "must",
    profile: "provenance",
    says: "a workflow is SoftwareSourceCode too; one that is no file of its own is no File",
    about: (graph) => withType(graph, "ComputationalWorkflow"),
    keeps: (workflow, graph) =>
      hasType(workflow, "SoftwareSourceCode") &&
      (hasType(workflow, "File") || workflow !== mainWorkflow(graph)) &&
      !(workflow["@id"].startsWith("#") && hasType(workflow, "File")),
  }),
  eachRule({
    id: "provenance-run/tools-described",
    level: "must",
    profile: "provenance",
    says: "what a workflow names by hasPart is described",
    about: (graph) => withType(graph, "ComputationalWorkflow"),
    keeps: (workflow, { entities }) => idsIn(workflow["hasPart"]).every((id) => entities.has(id)),
  }),
  rootRule({
    id: "provenance-run/tool-actions",
    level: "must",
    profile: "provenance",
    says: "executions of tools are told, each as a CreateAction of its own, unless the workflow failed before any",
    keeps: (_, graph) => {
      const main = mainWorkflow(graph)?.["@id"]
      const [whole, others] = [new Set<CrateEntity>(), new Set<CrateEntity>()]
      for (const action of withType(graph, "CreateAction"))
        (main !== undefined && idsIn(action["instrument"]).includes(main) ? whole : others).add(action)
      return others.size > 0 || [...whole].some((action) => idsIn(action["actionStatus"]).includes(FAILED))
    },
  }),
  eachRule({
    id: "provenance-run/step-of-workflow",
    level: "must",
    profile: "provenance",
    says: "every HowToStep is named by the workflow that it is a step of",
    about: (graph) => withType(graph, "HowToStep"),
    keeps: (step, graph) =>
      withType(graph, "ComputationalWorkflow").some((workflow) => idsIn(workflow["step"]).includes(step["@id"])),
  }),
  eachRule({
    id: "provenance-run/position",
    level: "must",
    profile: "provenance",
    says: "a step's position is a whole number, and larger than that of each step whose output it needs",
    about: (graph) => withType(graph, "HowToStep").filter(({ position }) => position !== undefined),
    keeps: (step, graph) => {
      const place = positionOf(step)
      return place !== undefined && makersOf(step, graph).every((maker) => (positionOf(maker) ?? -1) < place)
    },
  }),
  namesRule("HowToStep", "workExample", { what: "the tool that implements it" }),
  namesRule("ControlAction", "instrument", { what: "the step that was executed", of: "HowToStep" }),
  namesRule("ControlAction", "object", { what: "the executions of tools that it stands for", of: "CreateAction" }),
  namesRule("OrganizeAction", "instrument", { what: "the workflow engine" }),
  // Files that the engine was set up by may be among them.
  namesRule("OrganizeAction", "object", { what: "the executions of steps", some: "ControlAction" }),
  namesRule("OrganizeAction", "result", { what: "the execution of the workflow", of: "CreateAction" }),
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

interface Named {
  readonly what: string
  /** The type of all that is named. */
  readonly of?: string
  /** A type that at least one has. */
  readonly some?: string
}

function namesRule(type: string, property: string, { what, of, some }: Named): CrateRule {
  return eachRule({
    id: `provenance-run/${type.toLowerCase()}-${property.toLowerCase()}`,
    level: "must",
    profile: "provenance",
    says: `every ${type} names, by ${property}, ${what}, and that is described`,
    about: (graph) => withType(graph, type),
    keeps: (entity, { entities }) => {
      const named = idsIn(entity[property]).map((id) => entities.get(id))
      return (
        named.length > 0 &&
        named.every((one) => one !== undefined && (of === undefined || hasType(one, of))) &&
        (some === undefined || named.some((one) => hasType(one, some)))
      )
    },
  })
}

function positionOf({ position }: CrateEntity): number | undefined {
  return /^\d+$/.test(String(position)) ? Number(position) : undefined
}

/** The steps whose outputs a step is said to be connected with, where just one step has the tool that the output is of. */
function makersOf(step: CrateEntity, graph: CrateGraph): readonly CrateEntity[] {
  const sources = new Set(idsIn(step["connection"]).flatMap((id) => idsIn(graph.entities.get(id)?.["sourceParameter"])))
  if (sources.size === 0) return []
  const tools = [...graph.entities.values()].filter(
    (tool) => !hasType(tool, "ComputationalWorkflow") && idsIn(tool["output"]).some((id) => sources.has(id)),
  )
  return tools.flatMap((tool) => {
    const steps = withType(graph, "HowToStep").filter((each) => idsIn(each["workExample"]).includes(tool["@id"]))
    return steps.length === 1 ? steps.filter((each) => each !== step) : []
  })
}
