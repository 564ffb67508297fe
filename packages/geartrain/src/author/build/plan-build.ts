import { GeartrainError } from "@geartrain/spec"
import { realpath } from "../../system/files.ts"
import { lookAtOnce } from "../../system/small-file.ts"
import type { BuildPlan, PlanOptions } from "./build-plan.ts"
import { planDockerfile } from "./dockerfile/plan-dockerfile.ts"
import { planFolder } from "./folder/plan-folder.ts"
import { planRecipe } from "./recipe/plan-recipe.ts"

/** A recipe lies beside the manifest under this name. */
export const RECIPE_FILE = "gear.yaml"
/** @see containerfile(5); podman and buildah look for them in this order, docker knows the second. */
const DOCKERFILES = ["Containerfile", "Dockerfile"]

/**
 * Finds what a folder is built from, and everything that is wrong with it before anything is built: a Dockerfile, a recipe, or a root filesystem.
 *
 * @param file  The Dockerfile or recipe, where it is not the one that would be found.
 * @throws {GeartrainError} BUILD_FOLDER_INVALID, RECIPE_INVALID, BUILDER_MISSING
 */
export async function planBuild(folder: string, file: string | undefined, options: PlanOptions): Promise<BuildPlan> {
  const stats = lookAtOnce(folder === "" ? "." : `${folder}/.`) ?? lookAtOnce(folder)
  if (stats === undefined || !stats.isDirectory()) {
    throw invalid(
      folder,
      stats === undefined ? "there is no such folder" : "it is no folder",
      "Name the folder that the gear's files are in",
    )
  }
  const path = file ?? findFile(folder)
  if (path !== undefined) {
    const isRecipe = /\.(ya?ml|json)$/i.test(path)
    return isRecipe ? await planRecipe(path, folder, options) : await planDockerfile(path, folder, options)
  }
  if (isFile(`${folder}/flywheel/v0/manifest.json`)) return planFolder(await realpath(folder))
  throw invalid(
    folder,
    `it has no ${RECIPE_FILE}, no Dockerfile, and is no root filesystem with flywheel/v0/manifest.json in it`,
    `Write a recipe, ${RECIPE_FILE}, or a Dockerfile into it: gear schema recipe`,
  )
}

function findFile(folder: string): string | undefined {
  const found = [RECIPE_FILE, ...DOCKERFILES].filter((name) => isFile(`${folder}/${name}`))
  const [first, ...others] = found
  if (first !== undefined && others.length > 0) {
    throw invalid(
      folder,
      `it has ${found.join(" and ")}, and each could be meant`,
      `Say which: gear build --file ${first}`,
    )
  }
  return first === undefined ? undefined : `${folder}/${first}`
}

function isFile(path: string): boolean {
  const stats = lookAtOnce(path)
  return stats !== undefined && (stats.isFile() || stats.isSymbolicLink())
}

function invalid(folder: string, is: string, hint: string): GeartrainError {
  return new GeartrainError("BUILD_FOLDER_INVALID", `Cannot build "${folder}": ${is}`, { details: { folder }, hint })
}
