import { dirname, join } from "node:path"
import { canonicalJson, type Digest, GeartrainError } from "@geartrain/spec"
import { documentFaults } from "../../../documents/read-yaml.ts"
import { mkdir, realpath, rm, writeFile } from "../../../system/files.ts"
import { sha256 } from "../../../system/hash.ts"
import { findProgram } from "../../../system/linux/find-program.ts"
import { lookAtOnce } from "../../../system/small-file.ts"
import { makeFolderIn } from "../../../system/temporary-folder.ts"
import { buildFailed } from "../build-failed.ts"
import type { BuildOptions, BuildPlan, PlanOptions } from "../build-plan.ts"
import { type Builder, findBuilder } from "../dockerfile/find-builder.ts"
import { runTool } from "../run-tool.ts"
import { buildInContainer } from "./build-in-container.ts"
import { mmdebstrapCommand, packFilesCommand, recipeEnvironment } from "./commands.ts"
import { type ReadRecipe, readRecipe } from "./read-recipe.ts"
import { missingPackages, readRecipeFailure } from "./replies.ts"
import { type StagedFile, stageFiles } from "./stage-files.ts"

/**
 * Plans the build of a recipe with mmdebstrap, here or, where that is not installed, in a container. Both make the same bytes.
 *
 * @throws {GeartrainError} RECIPE_INVALID, BUILD_FOLDER_INVALID, BUILDER_MISSING
 */
export async function planRecipe(file: string, folder: string, options: PlanOptions): Promise<BuildPlan> {
  if (lookAtOnce(file) === undefined) {
    throw new GeartrainError("BUILD_FOLDER_INVALID", `Cannot build "${file}": there is no such file`, {
      details: { file },
      hint: "Name a Dockerfile or a recipe: gear build --file NAME",
    })
  }
  const read = await readRecipe(file)
  const place = await makeFolderIn(options.temporaryFolder, "build-")
  try {
    const own = join(place, "own")
    await mkdir(own)
    const staged = await stageFiles(read.recipe.files ?? {}, { folder, document: read.document }, own)
    const maker = await findMaker(file, options.builder)
    const key = contentKey(read, staged, maker)
    return {
      kind: "recipe",
      source: await realpath(file),
      builder: { name: maker.name, version: maker.version },
      key,
      notes: notesOn(read),
      build: async (how) => await build({ read, place, staged, maker, key }, how),
      // What is built was copied before it was hashed.
      isUnchanged: async () => true,
      close: async () => await rm(place, { recursive: true, force: true }),
    }
  } catch (error) {
    await rm(place, { recursive: true, force: true })
    throw error
  }
}

/** mmdebstrap on this machine, or in a container of a builder's. */
type Maker =
  | { readonly container: false; readonly name: "mmdebstrap"; readonly version: string }
  | (Builder & { readonly container: true })

async function findMaker(file: string, wanted: string | undefined): Promise<Maker> {
  if (wanted === undefined || wanted === "mmdebstrap") {
    const here = await mmdebstrapVersion()
    if (here !== undefined) return { name: "mmdebstrap", version: here, container: false }
  }
  if (wanted === "mmdebstrap") throw makerMissing(file, "mmdebstrap is not installed")
  try {
    return { ...(await findBuilder(wanted, `build "${file}"`)), container: true }
  } catch (error) {
    if (wanted !== undefined || !(error instanceof GeartrainError)) throw error
    throw makerMissing(
      file,
      `mmdebstrap is not installed, and it cannot be run in a container: ${error.message}`,
      error,
    )
  }
}

async function mmdebstrapVersion(): Promise<string | undefined> {
  if (findProgram("mmdebstrap") === undefined) return undefined
  const { lines } = await runTool(["mmdebstrap", "--version"], { timeoutMs: 20_000 })
  return /\d+\.\d+\S*/.exec(lines.join(" "))?.[0]
}

function makerMissing(file: string, is: string, cause?: unknown): GeartrainError {
  return new GeartrainError("BUILDER_MISSING", `Cannot build "${file}": ${is}`, {
    details: { file },
    hint: "Install it: apt-get install -y mmdebstrap uidmap",
    ...(cause === undefined ? {} : { cause }),
  })
}

/** What the same packages make of it is the same; where they come from is part of the recipe. */
function contentKey(read: ReadRecipe, staged: readonly StagedFile[], maker: Maker): Digest {
  const key = {
    format: "geartrain-build/1",
    command: [...mmdebstrapCommand(read.recipe, { files: "", target: "" })],
    environment: recipeEnvironment(read.epoch),
    files: staged.map((file) => ({ ...file })),
    // In a container it is mmdebstrap of the recipe's own suite that builds.
    builder: maker.container ? `container of ${read.recipe.suite}` : `${maker.name} ${maker.version}`,
  }
  return sha256(Buffer.from(canonicalJson(key)))
}

function notesOn({ recipe }: ReadRecipe): readonly string[] {
  if (recipe.snapshot !== undefined || recipe.mirror !== undefined) return []
  return [
    `packages are those that ${recipe.suite} has today; with "snapshot: DATE" in the recipe they stay the same, and so does the gear's id`,
  ]
}

interface Work {
  readonly read: ReadRecipe
  readonly place: string
  readonly staged: readonly StagedFile[]
  readonly maker: Maker
  readonly key: Digest
}

async function build({ read, place, staged, maker, key }: Work, options: BuildOptions): Promise<string> {
  const { recipe, epoch, document } = read
  const files = join(place, "own.tar")
  const list = join(place, "own.list")
  await writeFile(list, staged.map(({ path }) => `${path}\0`).join(""))
  const packed = await runTool(packFilesCommand(files, epoch, list), { cwd: join(place, "own") })
  if (packed.exitCode !== 0) throw buildFailed(document.file, packed, { tail: packed.lines.slice(-5) })
  const target = join(place, "root.tar")
  const end = maker.container
    ? await buildInContainer({ read, files, target, builder: maker.name, key }, options)
    : await runTool(mmdebstrapCommand(recipe, { files, target }), {
        ...options,
        cwd: dirname(target),
        env: recipeEnvironment(epoch),
      })
  if (end.exitCode === 0) return target
  const absent = end.cancelled ? [] : missingPackages(end.lines)
  const faults = absent.flatMap((name) => {
    const index = (recipe.packages ?? []).indexOf(name)
    const fix = "Mend its name, or name another suite"
    return index === -1 ? [] : [{ path: ["packages", index], problem: `${recipe.suite} has no package "${name}"`, fix }]
  })
  if (needsIds(end.lines)) throw idsMissing(document.file)
  throw faults.length > 0
    ? documentFaults(document, faults)
    : buildFailed(document.file, end, readRecipeFailure(end.lines))
}

/** An ordinary user builds in a user namespace, which wants ids to give to the files of the gear's users. @see subuid(5) */
function needsIds(lines: readonly string[]): boolean {
  return lines.some((line) => /unable to pick chroot mode|subuid|newuidmap/.test(line))
}

function idsMissing(file: string): GeartrainError {
  return new GeartrainError(
    "BUILDER_MISSING",
    `Cannot build "${file}": mmdebstrap needs user ids that this user may give away, and there are none in /etc/subuid`,
    {
      details: { file },
      hint: "Let root run: apt-get install -y uidmap && usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER",
    },
  )
}
