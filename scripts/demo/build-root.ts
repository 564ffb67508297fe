import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import { buildInContainer, containerTool } from "./container-build.ts"
import { buildEnvironment, type Example, mmdebstrapArguments } from "./recipe.ts"
import { isCommand, run } from "./run.ts"

/**
 * Builds the root filesystem of an example with mmdebstrap, here or, where that cannot run, in a container. Both give the same bytes.
 *
 * @param say  Told what is tried.
 * @returns the path of the tar.
 */
export async function buildRoot(example: Example, folder: string, say: (how: string) => void): Promise<string> {
  const target = join(folder, "root.tar")
  if (existsSync(target)) {
    say("(built before)")
    return target
  }
  mkdirSync(folder, { recursive: true })
  const unfinished = `${target}.${process.pid}.tmp`
  try {
    await build(example, unfinished, say)
    renameSync(unfinished, target)
  } finally {
    rmSync(unfinished, { force: true })
  }
  return target
}

async function build(example: Example, target: string, say: (how: string) => void): Promise<void> {
  const failure = await buildHere(example, target, say)
  if (failure === undefined) return
  const tool = await containerTool()
  if (tool === undefined) {
    const next = "Run: apt-get install -y mmdebstrap uidmap"
    throw new Error(`${failure.message}\nNeither docker nor podman nor buildah works here instead. ${next}`, {
      cause: failure,
    })
  }
  say(`with ${tool}`)
  await buildInContainer(tool, example, { path: "/root.tar", target })
}

/** @returns why it could not be built, if it could not: no mmdebstrap, or, for an ordinary user, no user namespaces. */
async function buildHere(example: Example, target: string, say: (how: string) => void): Promise<Error | undefined> {
  if (!isCommand("mmdebstrap")) return new Error("mmdebstrap is not installed")
  say("with mmdebstrap")
  try {
    await run(["mmdebstrap", ...mmdebstrapArguments(example.recipe, example.folder, target)], {
      env: { ...buildEnvironment(example.recipe), HOME: process.env["HOME"] ?? "/" },
    })
    return undefined
  } catch (error) {
    rmSync(target, { force: true })
    return error as Error
  }
}
