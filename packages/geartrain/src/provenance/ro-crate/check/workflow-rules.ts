import type { CrateEntity } from "../crate.ts"
import { type CrateGraph, hasType, idsIn, isSaid, withType } from "./crate-graph.ts"
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
    id: "workflow-run/language",
    level: "must",
    profile: "workflow",
    says: "the main workflow says by programmingLanguage what it is written in, and that is described",
    keeps: (_, graph) => {
      const languages = idsIn(mainWorkflow(graph)?.["programmingLanguage"])
      return languages.length > 0 && languages.every((id) => graph.entities.has(id))
    },
  }),
  rootRule({
    id: "workflow-run/picture",
    level: "must",
    profile: "workflow",
    says: "a picture of the main workflow that it names by image is a File and an ImageObject",
    keeps: (_, graph) =>
      idsIn(mainWorkflow(graph)?.["image"]).every((id) =>
        ["File", "ImageObject"].every((type) => hasType(graph.entities.get(id), type)),
      ),
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
  eachRule({
    id: "workflow-run/example-of-work",
    level: "must",
    profile: "workflow",
    says: "what went into a run of a workflow stands by exampleOfWork for its inputs alone, and not for what it gives only",
    about: (graph) => toolActions(graph).filter((action) => workflowOf(graph, action) !== undefined),
    keeps: (action, graph) => {
      const workflow = workflowOf(graph, action)
      const inputs = new Set(idsIn(workflow?.["input"]))
      const given = new Set(idsIn(action["result"]))
      const outputs = new Set(idsIn(workflow?.["output"]).filter((id) => !inputs.has(id)))
      return idsIn(action["object"])
        .filter((id) => !given.has(id))
        .every((id) => !idsIn(graph.entities.get(id)?.["exampleOfWork"]).some((parameter) => outputs.has(parameter)))
    },
  }),
]

/** The workflow whose run an action is. */
function workflowOf({ entities }: CrateGraph, action: CrateEntity): CrateEntity | undefined {
  return idsIn(action["instrument"])
    .map((id) => entities.get(id))
    .find((tool) => hasType(tool, "ComputationalWorkflow"))
}

export function mainWorkflow({ entities, root }: CrateGraph): CrateEntity | undefined {
  const [id] = idsIn(root?.["mainEntity"])
  return id === undefined ? undefined : entities.get(id)
}
