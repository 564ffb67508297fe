import { dirname, join } from "node:path"
import type { Digest, Recipe } from "@geartrain/spec"
import { documentFaults } from "../../../documents/read-yaml.ts"
import { writeFile } from "../../../system/files.ts"
import type { BuildOptions } from "../build-plan.ts"
import { type BuilderName, buildCommand, catCommand } from "../dockerfile/commands.ts"
import { runTool, type ToolEnd } from "../run-tool.ts"
import { mmdebstrapCommand, recipeEnvironment } from "./commands.ts"
import type { ReadRecipe } from "./read-recipe.ts"

export interface ContainerBuild {
  readonly read: ReadRecipe
  /** The tar with the gear's own files. */
  readonly files: string
  readonly target: string
  readonly builder: BuilderName
  /** Digest of everything that the outcome depends on. */
  readonly key: Digest
}

/** Builds a recipe with mmdebstrap in a container of Debian, for machines that have none, and takes the tar out of it. */
export async function buildInContainer(work: ContainerBuild, options: BuildOptions): Promise<ToolEnd> {
  const { read, files, target, builder } = work
  if (/^(file|copy):/.test(read.recipe.mirror ?? "")) {
    throw documentFaults(read.document, [
      {
        path: ["mirror"],
        problem: `a folder of this machine is not there in a container of ${builder}`,
        fix: "Install mmdebstrap here, or name a mirror on the network",
      },
    ])
  }
  const folder = dirname(files)
  const dockerfile = join(folder, "Containerfile")
  await writeFile(dockerfile, containerfile(read.recipe, read.epoch))
  await writeFile(join(folder, ".dockerignore"), "*\n!own.tar\n")
  // Of its own, since two recipes may be built at once.
  const image = `localhost/geartrain-build:recipe-${work.key.slice("sha256:".length, "sha256:".length + 16)}`
  const build = buildCommand(builder, { dockerfile, folder, image, network: "outbound", fresh: false })
  const built = await runTool(build, { ...options, cwd: folder })
  if (built.exitCode !== 0) return built
  return await runTool(toFile(catCommand(builder, image, "/root.tar"), target), {
    cwd: folder,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
}

/** A command whose standard output is a file. */
function toFile(command: readonly string[], path: string): readonly string[] {
  return ["sh", "-c", 'exec "$@" >"$0"', path, ...command]
}

/**
 * The recipe as a Containerfile. mmdebstrap in the container makes the same bytes as it does outside.
 *
 * @example
 *   containerfile({ recipe: 1, suite: "bookworm" }, 0).split("\n")[0] // => "FROM docker.io/library/debian:bookworm"
 */
export function containerfile(recipe: Recipe, epoch: number): string {
  const command = mmdebstrapCommand(recipe, { files: "/own.tar", target: "/root.tar" })
  const variables = Object.entries(recipeEnvironment(epoch)).map(([name, value]) => `${name}=${value}`)
  return `FROM docker.io/library/debian:${recipe.suite}
ENV DEBIAN_FRONTEND=noninteractive
RUN apt-get update -qq && apt-get install -qq -y --no-install-recommends mmdebstrap
COPY own.tar /own.tar
RUN env -i ${[...variables, ...command].map(quote).join(" ")}
`
}

/** @see IEEE Std 1003.1-2017, 2.2.2 Single-Quotes */
function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}
