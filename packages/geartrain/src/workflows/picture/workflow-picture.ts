import { readSource, stepSources, type Workflow, type WorkflowStep } from "@geartrain/spec/workflow"
import { buildPicture, type Picture, type PictureState } from "./picture.ts"

/** What is said of a step besides its name. */
export interface StepNote {
  readonly details: readonly string[]
  readonly state?: PictureState
}

/**
 * A workflow as a picture: its inputs, its steps with those of the workflows in it, and what it gives.
 *
 * @param documents  By the path of their step, the whole itself under the empty path. Where the document of a step is not among them, the step is one node.
 * @param noteOf  What is known of a step, by its path. Default: what the document says.
 */
export function workflowPicture(
  documents: Readonly<Record<string, Workflow>>,
  noteOf: (step: string) => StepNote | undefined = () => undefined,
): Picture {
  const whole = documents[""]
  const builder = buildPicture()
  if (whole === undefined) return builder.finish("")
  const read = new Sources(documents)
  for (const [name, { takes = "file" }] of Object.entries(whole.inputs ?? {}))
    builder.addOnce(`inputs ${name}`, () => ({ kind: "input", label: name, details: takes === "file" ? [] : [takes] }))
  const steps = read.steps()
  for (const { path, step } of steps)
    builder.addOnce(`steps ${path}`, () => ({
      kind: "step",
      label: path,
      ...(noteOf(path) ?? { details: detailsOf(step) }),
    }))
  for (const name of Object.keys(whole.outputs ?? {}))
    builder.addOnce(`outputs ${name}`, () => ({ kind: "output", label: name, details: [] }))
  for (const { path, sources } of steps) for (const source of sources) builder.join(source, `steps ${path}`)
  for (const [name, { from }] of Object.entries(whole.outputs ?? {}))
    for (const source of read.of(from, "")) builder.join(source, `outputs ${name}`)
  return builder.finish(whole.name)
}

/** The gear of a step, and what it is scattered over. */
function detailsOf(step: WorkflowStep): readonly string[] {
  const what = "gear" in step ? step.gear : step.workflow
  const over = Object.keys(step.scatter?.over ?? {})
  const scatter = over.length === 0 ? [] : [`for each ${over.join(step.scatter?.by === "cross" ? " × " : ", ")}`]
  return [what, ...scatter, ...(step.when === undefined ? [] : ["conditional"])]
}

/** A step that is drawn, and the names of the nodes that it reads of. */
interface DrawnStep {
  readonly path: string
  readonly step: WorkflowStep
  readonly sources: readonly string[]
}

/** Follows references through sub-workflows to the nodes that are drawn. */
class Sources {
  readonly #documents: Readonly<Record<string, Workflow>>
  readonly #known = new Map<string, readonly string[]>()
  constructor(documents: Readonly<Record<string, Workflow>>) {
    this.#documents = documents
  }

  steps(at = ""): readonly DrawnStep[] {
    const found: DrawnStep[] = []
    for (const [name, step] of Object.entries(this.#documents[at]?.steps ?? {})) {
      const path = at === "" ? name : `${at}/${name}`
      if (this.#isDrawn(path, step)) found.push({ path, step, sources: this.#read(step, at) })
      else for (const inner of this.steps(path)) found.push(inner)
    }
    return found
  }

  /** The nodes that a reference comes to, seen from the workflow at a path. */
  of(reference: string, at: string): readonly string[] {
    const key = `${at} ${reference}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    // A reference that leads to itself gives nothing.
    this.#known.set(key, [])
    const found = [...new Set(this.#follow(reference, at))]
    this.#known.set(key, found)
    return found
  }

  #follow(reference: string, at: string): readonly string[] {
    const source = readSource(reference)
    if (source?.kind === "input") return at === "" ? [`inputs ${source.name}`] : this.#given(source.name, at)
    if (source?.kind !== "step") return []
    const path = at === "" ? source.step : `${at}/${source.step}`
    const step = this.#documents[at]?.steps[source.step]
    if (step === undefined || this.#isDrawn(path, step)) return [`steps ${path}`]
    const outputs = this.#documents[path]?.outputs ?? {}
    const named = source.output === undefined ? Object.values(outputs) : [outputs[source.output] ?? []].flat()
    return named.flatMap(({ from }) => this.of(from, path))
  }

  /** What the workflow around one gives to one of its inputs. */
  #given(name: string, at: string): readonly string[] {
    const [around, step] = splitPath(at)
    const given = this.#documents[around]?.steps[step]
    if (given === undefined) return []
    return stepSources(given)
      .filter(({ path }) => path[0] === "inputs" && path[1] === name)
      .flatMap(({ from }) => this.of(from, around))
  }

  #read(step: WorkflowStep, at: string): readonly string[] {
    const own = ownReferences(step)
    // What a whole sub-workflow waits for, each of its steps waits for.
    const around = at === "" ? [] : this.#aroundOf(at)
    return [...new Set([...own.flatMap((reference) => this.of(reference, at)), ...around])]
  }

  #aroundOf(at: string): readonly string[] {
    const [around, name] = splitPath(at)
    const step = this.#documents[around]?.steps[name]
    if (step === undefined) return []
    const waits = [
      ...stepSources(step)
        .filter(({ path }) => path[0] === "scatter" || path[0] === "when")
        .map(({ from }) => from),
      ...(step.after ?? []).map((other) => `steps.${other}`),
    ]
    return [
      ...waits.flatMap((reference) => this.of(reference, around)),
      ...(around === "" ? [] : this.#aroundOf(around)),
    ]
  }

  #isDrawn(path: string, step: WorkflowStep): boolean {
    return "gear" in step || this.#documents[path] === undefined
  }
}

function splitPath(path: string): readonly [around: string, step: string] {
  const slash = path.lastIndexOf("/")
  return slash === -1 ? ["", path] : [path.slice(0, slash), path.slice(slash + 1)]
}

function ownReferences(step: WorkflowStep): readonly string[] {
  return [...stepSources(step).map(({ from }) => from), ...(step.after ?? []).map((other) => `steps.${other}`)]
}
