import { dirname } from "node:path"
import { canonicalJson, type Digest, GeartrainError } from "@geartrain/spec"
import { readFile, realpath, rm } from "../../../system/files.ts"
import { sha256 } from "../../../system/hash.ts"
import { findProgram } from "../../../system/linux/find-program.ts"
import { lookAtOnce } from "../../../system/small-file.ts"
import { makeFolderIn } from "../../../system/temporary-folder.ts"
import { buildFailed } from "../build-failed.ts"
import type { BuildOptions, BuildPlan, PlanOptions } from "../build-plan.ts"
import { contextDigest } from "../context/context-digest.ts"
import { readIgnored } from "../context/ignored-paths.ts"
import { runTool } from "../run-tool.ts"
import { buildCommand, type DockerfileJob, saveCommand } from "./commands.ts"
import { type Builder, findBuilder } from "./find-builder.ts"
import { readFailedStep } from "./replies.ts"

/**
 * Plans the build of a Dockerfile with docker, podman or buildah.
 *
 * @throws {GeartrainError} BUILD_FOLDER_INVALID, BUILDER_MISSING
 */
export async function planDockerfile(file: string, folder: string, options: PlanOptions): Promise<BuildPlan> {
  const dockerfile = await existing(file)
  const builder = await findBuilder(options.builder, `build "${file}"`)
  const context = await realpath(folder)
  const job: DockerfileJob = {
    dockerfile,
    folder: context,
    // One name a folder: what was built before is replaced and not heaped up.
    image: `localhost/geartrain-build:${sha256(Buffer.from(dockerfile)).slice("sha256:".length, "sha256:".length + 16)}`,
    network: options.network,
    fresh: options.fresh,
    ...runtimeFor(builder, options.network),
  }
  const key = (): Promise<Digest> => contentKey(job, builder)
  const first = await key()
  const place = await makeFolderIn(options.temporaryFolder, "build-")
  return {
    kind: "dockerfile",
    source: dockerfile,
    builder,
    key: first,
    notes: [],
    build: async (how) => await build({ job, builder, target: `${place}/image.tar` }, how),
    isUnchanged: async () => (await key()) === first,
    close: async () => await rm(place, { recursive: true, force: true }),
  }
}

async function existing(file: string): Promise<string> {
  const stats = lookAtOnce(file)
  if (stats === undefined || stats.isDirectory()) {
    const is = stats === undefined ? "there is no such file" : "it is a folder"
    throw new GeartrainError("BUILD_FOLDER_INVALID", `Cannot build "${file}": ${is}`, {
      details: { file },
      hint: "Name a Dockerfile or a recipe: gear build --file NAME",
    })
  }
  return await realpath(file)
}

/**
 * The runtime that is asked for: runc first, which works where crun refuses a mixed set of cgroups. docker has one of its own, and buildah needs
 * none where a step may have the network.
 */
function runtimeFor(builder: Builder, network: "none" | "outbound"): { readonly runtime?: string } {
  if (builder.name === "docker" || (builder.name === "buildah" && network === "outbound")) return {}
  const runtime = ["runc", "crun"].find((name) => findProgram(name) !== undefined)
  return runtime === undefined ? {} : { runtime }
}

async function contentKey(job: DockerfileJob, builder: Builder): Promise<Digest> {
  const [text, ignored] = await Promise.all([readFile(job.dockerfile, "utf8"), readIgnoreFile(job, builder)])
  const key = {
    format: "geartrain-build/1",
    dockerfile: text,
    context: await contextDigest(job.folder, { ignored: readIgnored(ignored) }),
    ignored,
    network: job.network,
    builder: `${builder.name} ${builder.version}`,
  }
  return sha256(Buffer.from(canonicalJson(key)))
}

/**
 * The list of what no step sees, where it is certain which one the builder takes: docker knows only `.dockerignore`, and not every builder knows
 * one that is named after the Dockerfile. Empty, nothing is left out.
 */
async function readIgnoreFile(job: DockerfileJob, builder: Builder): Promise<string> {
  if (isFile(`${job.dockerfile}.dockerignore`) || isFile(`${job.dockerfile}.containerignore`)) return ""
  const names = builder.name === "docker" ? [".dockerignore"] : [".containerignore", ".dockerignore"]
  const found = names.map((name) => `${job.folder}/${name}`).find(isFile)
  return found === undefined ? "" : await readFile(found, "utf8")
}

function isFile(path: string): boolean {
  return lookAtOnce(path)?.isFile() === true
}

interface Work {
  readonly job: DockerfileJob
  readonly builder: Builder
  readonly target: string
}

async function build({ job, builder, target }: Work, options: BuildOptions): Promise<string> {
  const cwd = dirname(job.dockerfile)
  const built = await runTool(buildCommand(builder.name, job), { ...options, cwd })
  if (built.exitCode !== 0) throw buildFailed(job.dockerfile, built, readFailedStep(built.lines))
  const { signal } = options
  const saved = await runTool(saveCommand(builder.name, job.image, target), {
    cwd,
    ...(signal === undefined ? {} : { signal }),
  })
  if (saved.exitCode !== 0) throw buildFailed(job.dockerfile, saved, { tail: saved.lines.slice(-5) })
  return target
}
