import { formatPath, GeartrainError, type JsonValue } from "@geartrain/spec"
import type {
  FileSource,
  GearStep,
  Scatter,
  StepPolicy,
  SubWorkflowStep,
  Workflow,
  WorkflowInput,
  WorkflowLimits,
  WorkflowParameter,
  WorkflowStep,
} from "@geartrain/spec/workflow"
import { readWorkflowValue } from "@geartrain/spec/workflow-reading"
import type { ManifestShape } from "../gear/manifest-types.ts"
import { toYaml } from "./to-yaml.ts"
import type {
  AnyManifest,
  Each,
  FilesFrom,
  GearStepOptions,
  InputOptions,
  Items,
  OutputOf,
  ParameterOf,
  ParameterValues,
  StepRef,
  SubWorkflowStepOptions,
  ValueFrom,
} from "./workflow-parts.ts"

/** What holds for a workflow as a whole. */
export interface WorkflowOptions {
  readonly description?: string
  readonly defaults?: StepPolicy
  readonly limits?: WorkflowLimits
}

/** How a scatter goes over its items. */
export interface ScatterOptions<Over> {
  readonly over: Over
  /** The first with the first, or each with each. Has to be said where there are two or more. */
  readonly by?: "zip" | "cross"
}

/** A workflow that is being written. */
export interface WorkflowBuilder {
  /** Declares a value that may be set. */
  parameter<Type extends keyof ParameterValues>(
    name: string,
    parameter: ParameterOf<Type>,
  ): ValueFrom<ParameterValues[Type]>
  /** Declares files that are given. */
  input(name: string, input?: InputOptions): FilesFrom
  /** Adds a step. */
  step<const Manifest extends ManifestShape = AnyManifest>(
    name: string,
    step: GearStepOptions<Manifest> | SubWorkflowStepOptions,
  ): StepRef<OutputOf<Manifest>>
  /** Adds a step that is run for each item. */
  scatter<const Over extends Readonly<Record<string, Items>>, const Manifest extends ManifestShape = AnyManifest>(
    name: string,
    scatter: ScatterOptions<Over>,
    step: (each: Each<Over>) => GearStepOptions<Manifest> | SubWorkflowStepOptions,
  ): StepRef<OutputOf<Manifest>>
  /** Declares what the whole gives. */
  output(name: string, files: FilesFrom): void
  /**
   * The document.
   *
   * @throws {GeartrainError} WORKFLOW_INVALID with all that is wrong and can be told without the gears.
   */
  toJson(): Workflow
  /** As `workflow.yaml` has it. @throws {GeartrainError} WORKFLOW_INVALID. */
  toYaml(): string
}

/**
 * Begins a workflow in TypeScript: the same model as `workflow.yaml`, with references that the compiler knows.
 *
 * @throws {GeartrainError} WORKFLOW_INVALID where a name is given twice.
 * @example
 *   const words = workflow("words")
 *   const lines = words.parameter("lines", { type: "integer", default: 4 })
 *   const text = words.input("text", { default: "text.txt" })
 *   const split = words.step("split", { gear: "./gears/split", inputs: { text }, config: { lines } })
 *   const count = words.scatter("count", { over: { part: split.output("parts") } }, ({ part }) => ({
 *     gear: "./gears/count",
 *     inputs: { text: part },
 *   }))
 *   words.output("counts", count.output("counts"))
 *   words.toJson().steps.count.scatter // => { over: { part: { from: "steps.split.parts" } } }
 *   words.toYaml().split("\n")[1] // => "name: words"
 */
export function workflow(name: string, options: WorkflowOptions = {}): WorkflowBuilder {
  const parameters = new Map<string, WorkflowParameter>()
  const inputs = new Map<string, WorkflowInput>()
  const steps = new Map<string, WorkflowStep>()
  const outputs = new Map<string, FileSource>()
  const toJson = (): Workflow =>
    checked({
      workflow: 1,
      name,
      ...options,
      ...(parameters.size === 0 ? {} : { parameters: Object.fromEntries(parameters) }),
      ...(inputs.size === 0 ? {} : { inputs: Object.fromEntries(inputs) }),
      steps: Object.fromEntries(steps),
      ...(outputs.size === 0 ? {} : { outputs: Object.fromEntries(outputs) }),
    })
  return {
    parameter: (key, parameter) => {
      add(parameters, key, { of: name, value: parameter as WorkflowParameter })
      return { from: `parameters.${key}` }
    },
    input: (key, input = {}) => {
      add(inputs, key, { of: name, value: input })
      return { from: `inputs.${key}` }
    },
    step: (key, step) => {
      add(steps, key, { of: name, value: stepOf(step as AnyStep) })
      return stepRef(key)
    },
    scatter: (key, { over, by }, make) => {
      const items = Object.keys(over).map((item) => [item, { from: `each.${item}` }] as const)
      const step = make(Object.fromEntries(items) as Each<typeof over>)
      const scatter = { over, ...(by === undefined ? {} : { by }) } as Scatter
      add(steps, key, { of: name, value: { ...stepOf(step as AnyStep), scatter } })
      return stepRef(key)
    },
    output: (key, files) => add(outputs, key, { of: name, value: files }),
    toJson,
    toYaml: () => toYaml(toJson() as unknown as JsonValue),
  }
}

type AnyStep = GearStepOptions<AnyManifest> | SubWorkflowStepOptions

function add<Value>(
  to: Map<string, Value>,
  key: string,
  { of, value }: { readonly of: string; readonly value: Value },
): void {
  if (to.has(key)) {
    throw new GeartrainError("WORKFLOW_INVALID", `Cannot write workflow "${of}": there is a "${key}" already`, {
      details: { workflow: of, name: key },
      hint: "Give it another name",
    })
  }
  to.set(key, value)
}

function stepOf(step: AnyStep): GearStep | SubWorkflowStep {
  const { after, ...rest } = step
  const links = after === undefined ? {} : { after: after.map(({ name }) => name) }
  if ("workflow" in rest) return { ...rest, ...links } as SubWorkflowStep
  const { manifest: _, ...own } = rest
  return { ...own, ...links } as GearStep
}

function stepRef<Output extends string>(name: string): StepRef<Output> {
  return {
    name,
    output: (output) => ({ from: `steps.${name}.${output}` }),
    files: (pattern) => ({ from: `steps.${name}`, files: pattern }),
  }
}

function checked(document: Workflow): Workflow {
  // As it is written down: a member that is undefined is none.
  const value = JSON.parse(JSON.stringify(document)) as JsonValue
  const { workflow: read, faults } = readWorkflowValue(value)
  if (read !== undefined && faults.length === 0) return read
  const lines = faults
    .slice(0, 20)
    .map(({ path, problem, fix }) => `  ${formatPath(path)}: ${problem}: ${fix.charAt(0).toLowerCase()}${fix.slice(1)}`)
  throw new GeartrainError("WORKFLOW_INVALID", [`Cannot write workflow "${document.name}"`, ...lines].join("\n"), {
    details: { workflow: document.name, faults: faults.map((fault) => ({ ...fault })) },
    hint: "Change what the message names",
  })
}
