import { canonicalJson, hexOf } from "@geartrain/spec"
import { orderSteps, type Workflow, type WorkflowInput, type WorkflowParameter } from "@geartrain/spec/workflow"
import { type CrateEntity, fileId, reference } from "../crate.ts"
import type { CratedRun } from "./crated-run.ts"

export const LANGUAGE_ID = "#geartrain-workflow"

/** The workflow with those in it: as files of the crate, with their steps, their parameters, and the gears that they use. */
export function workflowEntities(run: CratedRun): readonly CrateEntity[] {
  return [
    LANGUAGE,
    ...Object.values(run.gears).map(gearEntity),
    ...Object.entries(run.documents).flatMap(([path, document]) => documentEntities(run, path, document)),
    ...(run.picturePath === undefined ? [] : [pictureEntity(run.picturePath)]),
  ]
}

const LANGUAGE: CrateEntity = {
  "@id": LANGUAGE_ID,
  "@type": "ComputerLanguage",
  name: "Geartrain workflow",
  alternateName: "workflow.yaml",
  version: "1",
}

/** The file of a document. */
export function documentId(run: CratedRun, path: string): string {
  return fileId(run.documentPaths.get(path) ?? "workflow.json")
}

export function stepId(path: string): string {
  return `#step-${encodeURIComponent(path)}`
}

/** @param kind  Names of inputs, parameters and outputs may be the same. */
export function parameterId(path: string, kind: "input" | "parameter" | "output", name: string): string {
  return `#${kind}-${path === "" ? "" : `${encodeURIComponent(path)}-`}${encodeURIComponent(name)}`
}

function documentEntities(run: CratedRun, path: string, document: Workflow): readonly CrateEntity[] {
  const steps = orderSteps(document).map((name) => (path === "" ? name : `${path}/${name}`))
  const parameters = parameterEntities(path, document)
  const outputs = outputEntities(path, document)
  const tools = [...new Set(steps.flatMap((step) => toolOf(run, step) ?? []))]
  const whole: CrateEntity = {
    "@id": documentId(run, path),
    "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"],
    name: document.name,
    ...(document.description === undefined ? {} : { description: document.description }),
    encodingFormat: "application/json",
    programmingLanguage: reference(LANGUAGE_ID),
    input: parameters.map(reference),
    output: outputs.map(reference),
    hasPart: tools.map(reference),
    step: steps.map((step) => reference(stepId(step))),
    ...(path === "" && run.picturePath !== undefined ? { image: reference(fileId(run.picturePath)) } : {}),
  }
  const how = steps.map((step, position) => stepEntity(run, step, position))
  return [whole, ...parameters, ...outputs, ...how]
}

/** The gear of a step, or the workflow that it stands for. */
function toolOf(run: CratedRun, step: string): string | undefined {
  if (Object.hasOwn(run.documents, step)) return documentId(run, step)
  const gear = Object.hasOwn(run.gears, step) ? run.gears[step] : undefined
  return gear === undefined ? undefined : `#gear-${hexOf(gear.id)}`
}

function stepEntity(run: CratedRun, step: string, position: number): CrateEntity {
  const tool = toolOf(run, step)
  return {
    "@id": stepId(step),
    "@type": "HowToStep",
    name: step,
    position: String(position),
    ...(tool === undefined ? {} : { workExample: reference(tool) }),
  }
}

function gearEntity({ id, name, version }: CratedRun["gears"][string]): CrateEntity {
  return {
    "@id": `#gear-${hexOf(id)}`,
    "@type": "SoftwareApplication",
    name,
    softwareVersion: version,
    identifier: id,
  }
}

function pictureEntity(path: string): CrateEntity {
  return {
    "@id": fileId(path),
    "@type": ["File", "ImageObject"],
    name: "Picture of the workflow",
    encodingFormat: "image/svg+xml",
  }
}

const INPUT_TYPES: Readonly<Record<NonNullable<WorkflowInput["takes"]>, string>> = {
  file: "File",
  files: "Collection",
  folder: "Dataset",
}

/** @see https://schema.org/DataType */
const VALUE_TYPES: Readonly<Record<WorkflowParameter["type"], string>> = {
  string: "Text",
  integer: "Integer",
  number: "Float",
  boolean: "Boolean",
  list: "PropertyValue",
}

function parameterEntities(path: string, { inputs = {}, parameters = {} }: Workflow): readonly CrateEntity[] {
  const files = Object.entries(inputs).map(([name, { takes = "file", optional, description }]) => ({
    ...formal(parameterId(path, "input", name), { name, type: INPUT_TYPES[takes], description }),
    valueRequired: optional === true ? "False" : "True",
  }))
  const values = Object.entries(parameters).map(([name, { type, description, default: usual }]) => ({
    ...formal(parameterId(path, "parameter", name), { name, type: VALUE_TYPES[type], description }),
    ...(usual === undefined ? {} : { defaultValue: typeof usual === "string" ? usual : canonicalJson(usual) }),
    valueRequired: usual === undefined ? "True" : "False",
  }))
  return [...files, ...values]
}

function outputEntities(path: string, { outputs = {} }: Workflow): readonly CrateEntity[] {
  return Object.keys(outputs).map((name) =>
    formal(parameterId(path, "output", name), { name, type: "File", description: undefined }),
  )
}

function formal(
  id: string,
  {
    name,
    type,
    description,
  }: { readonly name: string; readonly type: string; readonly description: string | undefined },
): CrateEntity {
  return {
    "@id": id,
    "@type": "FormalParameter",
    name,
    additionalType: type,
    ...(description === undefined ? {} : { description }),
  }
}
