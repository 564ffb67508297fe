import { type FileSource, isFileSource, readSource, type WorkflowStep } from "@geartrain/spec/workflow"
import { typeOfPattern } from "../faces/gear-face.ts"
import type { OutputFace, StepFace } from "../faces/step-face.ts"
import type { ReadDocument } from "../read-documents.ts"

/** What is known of the files that a source gives. */
export interface SourceFace extends OutputFace {
  /** There may be none, and nothing is wrong then. */
  readonly isOptional: boolean
}

/** A document with what its steps look like; those that could not be found out are left out. */
export interface KnownDocument {
  readonly document: ReadDocument
  readonly faces: ReadonlyMap<string, StepFace>
}

/** What a source gives; undefined where it is not known, or is no files. */
export function sourceFace(
  source: FileSource,
  { document, faces }: KnownDocument,
  step: WorkflowStep | undefined,
): SourceFace | undefined {
  const named = readSource(source.from)
  const { workflow } = document
  switch (named?.kind) {
    case "input": {
      const input = Object.hasOwn(workflow.inputs ?? {}, named.name) ? workflow.inputs?.[named.name] : undefined
      if (input === undefined) return undefined
      const types = input.type === undefined ? undefined : [input.type]
      const isOptional = input.optional === true && input.default === undefined
      return picked({ count: (input.takes ?? "file") === "file" ? "one" : "several", types, isOptional }, source.files)
    }
    case "step": {
      const maker = Object.hasOwn(workflow.steps, named.step) ? workflow.steps[named.step] : undefined
      const face = faces.get(named.step)
      if (maker === undefined || face === undefined) return undefined
      const output = named.output === undefined ? ANYTHING : face.outputs?.get(named.output)
      if (output === undefined) return undefined
      const each = picked({ ...output, isOptional: false }, source.files)
      return maker.scatter === undefined ? each : { ...each, count: "several" }
    }
    case "each": {
      const items = step?.scatter?.over[named.name]
      if (items === undefined || !isFileSource(items) || named.group !== undefined) return undefined
      const face = sourceFace(items, { document, faces }, undefined)
      const types = face?.types ?? (items.glob === undefined ? undefined : typesOf(items.glob))
      return { count: "one", types, isOptional: false }
    }
    default:
      return undefined
  }
}

const ANYTHING: OutputFace = { count: "some", types: undefined }

function picked(face: SourceFace, files: string | undefined): SourceFace {
  if (files === undefined) return face
  const count = /[*?[\]{}()!+@\\]/.test(files) ? "some" : "one"
  return { ...face, count, types: face.types ?? typesOf(files) }
}

function typesOf(pattern: string): readonly string[] | undefined {
  const type = typeOfPattern(pattern)
  return type === undefined ? undefined : [type]
}
