import type { JsonObject, Recipe } from "@geartrain/spec"
import { RECIPE_SCHEMA } from "@geartrain/spec/schemas"
import { checkDocument } from "../../../documents/check-document.ts"
import { type DocumentFault, documentFaults, readYamlFile, type YamlDocument } from "../../../documents/read-yaml.ts"

/** A recipe, the moment that no file is younger than, and where each of its values stands. */
export interface ReadRecipe {
  readonly recipe: Recipe
  /** Seconds since 1970. */
  readonly epoch: number
  readonly document: YamlDocument
}

/**
 * Reads a recipe, and checks all of it that needs no other file.
 *
 * @throws {GeartrainError} RECIPE_INVALID with every fault at its line.
 */
export async function readRecipe(file: string): Promise<ReadRecipe> {
  return checkRecipe(await readYamlFile(file, "RECIPE_INVALID"))
}

/** @throws {GeartrainError} RECIPE_INVALID */
export function checkRecipe(document: YamlDocument): ReadRecipe {
  const recipe = checkDocument<Recipe>(document, RECIPE_SCHEMA as JsonObject)
  const faults = [...timeFaults(recipe), ...wordFaults(recipe), ...pathFaults(recipe)]
  if (faults.length > 0) throw documentFaults(document, faults)
  return { recipe, epoch: Date.parse(recipe.date ?? recipe.snapshot ?? "") / 1000, document }
}

function timeFaults(recipe: Recipe): readonly DocumentFault[] {
  const faults: DocumentFault[] = []
  for (const name of ["date", "snapshot"] as const) {
    const text = recipe[name]
    if (text !== undefined && !isMoment(text)) {
      faults.push({
        path: [name],
        problem: `found "${text}", which is no day of any calendar`,
        fix: "Write a day that there was",
      })
    }
  }
  if (recipe.date === undefined && recipe.snapshot === undefined) {
    faults.push({
      path: [],
      problem: '"date" is missing, and so is "snapshot": files would be as young as the build',
      fix: 'Add "date: 2023-11-14", or "snapshot: 2023-11-14T00:00:00Z" to pin the packages, too',
    })
  }
  if (recipe.mirror !== undefined && recipe.snapshot !== undefined) {
    faults.push({
      path: ["mirror"],
      problem: "a snapshot comes from snapshot.debian.org, so it has no other mirror",
      fix: "Remove one of the two",
    })
  }
  return faults
}

/** `2023-02-30` is read as the second of March. */
function isMoment(text: string): boolean {
  const ms = Date.parse(text)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text.replace("Z", ""))
}

/** What is handed to other programs as one word has no line feed in it, which the pattern of a schema lets through at the end. */
function wordFaults(recipe: Recipe): readonly DocumentFault[] {
  const words: readonly (readonly [readonly (string | number)[], string | undefined])[] = [
    [["mirror"], recipe.mirror],
    ...(recipe.packages ?? []).map((word, index) => [["packages", index], word] as const),
    ...(recipe.remove ?? []).map((word, index) => [["remove", index], word] as const),
  ]
  return words.flatMap(([path, word]) =>
    word !== undefined && CONTROL.test(word)
      ? [{ path, problem: "it holds a line feed or another control character", fix: "Remove that character" }]
      : [],
  )
}

const CONTROL = /\p{Cc}/u

function pathFaults(recipe: Recipe): readonly DocumentFault[] {
  const targets = Object.keys(recipe.files ?? {}).flatMap((target) => {
    const problem = targetProblem(target)
    return problem === undefined
      ? []
      : [{ path: ["files", target], problem, fix: 'Write an absolute path in the gear, such as "/opt/tool.py"' }]
  })
  const removed = (recipe.remove ?? []).flatMap((pattern, index) =>
    pattern.split("/").some((name) => name === "" || name === "." || name === "..")
      ? [
          {
            path: ["remove", index],
            problem: `found "${pattern}", which has an empty name, "." or ".." in it`,
            fix: "Write the path from the root, as usr/share/doc",
          },
        ]
      : [],
  )
  return [...targets, ...removed]
}

function targetProblem(target: string): string | undefined {
  if (!target.startsWith("/")) return `found "${target}", wanted a path that begins with /`
  if (CONTROL.test(target)) return "the path holds a control character"
  const names = target.slice(1).split("/")
  if (names.some((name) => name === "" || name === "." || name === ".."))
    return `found "${target}", which has an empty name, "." or ".." in it`
  return /^\/(dev|proc|sys)(\/|$)/.test(target) ? `found "${target}", which every machine has its own of` : undefined
}
