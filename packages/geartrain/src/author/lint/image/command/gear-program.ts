import type { ViewedEntry } from "@geartrain/ports"
import type { LintedImage } from "../linted-image.ts"
import { firstProgram } from "./command-words.ts"
import { type FoundProgram, findProgram } from "./find-program.ts"

/** A file that a gear is started with. */
export interface StartedFile {
  /** As it is written: the word of the command, or the path of `run`. */
  readonly word: string
  /** `program`: it is started itself. `script`: an interpreter that the command names reads it. */
  readonly role: "program" | "script"
  readonly program: FoundProgram
}

/** The files that the manifest starts the gear with, as far as they can be told. */
export function startedFiles(image: LintedImage): readonly StartedFile[] {
  const { manifest } = image
  if (manifest === undefined) return []
  if (manifest.command === undefined) {
    return [{ word: "./run", role: "program", program: findInGear("./run", image) }]
  }
  const first = firstProgram(manifest.command)
  if (first === undefined) return []
  const started: StartedFile = { word: first.program, role: "program", program: findProgram(first.program, image) }
  const script = isInterpreter(first.program) ? scriptOf(first.words) : undefined
  if (script === undefined) return [started]
  return [started, { word: script, role: "script", program: findInGear(script, image) }]
}

/** The files that are there. */
export function foundFiles(image: LintedImage): readonly (StartedFile & { readonly entry: ViewedEntry })[] {
  return startedFiles(image).flatMap((file) =>
    "found" in file.program ? [{ ...file, entry: file.program.found }] : [],
  )
}

/** A path is looked for from the gear's folder. In sources, what is not there may be made by the build. */
function findInGear(word: string, image: LintedImage): FoundProgram {
  const found = findProgram(word.includes("/") ? word : `./${word}`, image)
  return "missing" in found && image.scope === "sources" && !word.startsWith("/") ? { missing: "unknown" } : found
}

const INTERPRETERS = /^(?:python[0-9.]*|bash|sh|dash|zsh|perl|ruby|node|Rscript|octave(?:-cli)?|tclsh|lua)$/

/** Whether a program reads a script that its first word names. */
export function isInterpreter(program: string): boolean {
  return INTERPRETERS.test(program.split("/").at(-1) ?? "")
}

/** The first word that is no flag. Flags such as -c and -m bring their own program, and a flag with a value hides where the script is. */
function scriptOf(words: readonly string[]): string | undefined {
  const [first] = words
  const word = first !== undefined && /^-[uBEsSIO]+$|^--vanilla$|^--no-save$/.test(first) ? words[1] : first
  return word === undefined || word.startsWith("-") ? undefined : word
}

/** How a path in a gear's folder is shown. */
export function inImage(entry: Pick<ViewedEntry, "path">): string {
  return entry.path.startsWith("/") ? entry.path : `/${entry.path}`
}
