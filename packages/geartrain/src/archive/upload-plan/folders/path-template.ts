/** What a folder of a template stands for. */
export type TemplateLevel = "subject" | "session" | "acquisition"

/** A template that was read: for each folder from the top, what its name has to be and what parts of it are. */
export type PathTemplate = readonly TemplateStep[]

interface TemplateStep {
  readonly text: string
  readonly pattern: RegExp
  readonly levels: readonly TemplateLevel[]
}

export const DEFAULT_TEMPLATE = "{subject}/{session}/{acquisition}"

const LEVELS: readonly TemplateLevel[] = ["subject", "session", "acquisition"]

/**
 * Reads a template such as `{subject}/{session}/{acquisition}` or `data/sub-{subject}_{session}/{acquisition}`.
 *
 * Each folder is a text with placeholders in it; `*` is any text. A level may be missing from below, and each is there once.
 *
 * @returns why it is none.
 */
export function readTemplate(text: string): PathTemplate | string {
  const steps = text.replace(/\/+$/, "").split("/")
  const seen: string[] = []
  for (const step of steps) {
    if (step === "" || step === "." || step === "..") return `it has the folder "${step}"`
    if (/\}\{/.test(step)) return `two placeholders stand together in "${step}", so nobody can tell where one ends`
    const names = [...step.matchAll(/\{([^{}]*)\}/g)].map(([, name = ""]) => name)
    if (/[{}]/.test(step.replaceAll(/\{[^{}]*\}/g, ""))) return `there is a brace too many or too few in "${step}"`
    for (const name of names) {
      if (!LEVELS.some((level) => level === name))
        return `"{${name}}" is none of {subject}, {session} and {acquisition}`
      if (seen.includes(name)) return `"{${name}}" is in it twice`
      seen.push(name)
    }
  }
  if (seen[0] === undefined) return "it has no {subject}"
  const inOrder = LEVELS.filter((level) => seen.includes(level))
  if (seen.join() !== inOrder.join())
    return `its levels have to be in the order ${inOrder.map((level) => `{${level}}`).join(", ")}`
  if (!seen.includes("subject")) return "it has no {subject}, and every session and acquisition is of one"
  return steps.map(toStep)
}

function toStep(text: string): TemplateStep {
  const parts = text.split(/(\{[^{}]*\}|\*)/)
  const pattern = parts.map((part) => {
    if (part === "*") return ".*"
    return part.startsWith("{") ? "(.+?)" : part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")
  })
  const levels = [...text.matchAll(/\{([^{}]*)\}/g)].map(([, name]) => name as TemplateLevel)
  return { text, pattern: new RegExp(`^${pattern.join("")}$`, "su"), levels }
}

export interface TemplateMatch {
  readonly levels: ReadonlyMap<TemplateLevel, string>
  /** Folders that no step is left for. */
  readonly rest: readonly string[]
}

/** @returns the step that a folder does not fit. */
export function matchTemplate(template: PathTemplate, folders: readonly string[]): TemplateMatch | string {
  const levels = new Map<TemplateLevel, string>()
  for (const [index, step] of template.entries()) {
    const folder = folders[index]
    if (folder === undefined) break
    const found = step.pattern.exec(folder)
    if (found === null) return step.text
    for (const [at, level] of step.levels.entries()) levels.set(level, found[at + 1] ?? "")
  }
  return { levels, rest: folders.slice(template.length) }
}
