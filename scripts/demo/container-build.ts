import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { buildEnvironment, type Example, mmdebstrapArguments, type Recipe } from "./recipe.ts"
import { isCommand, run } from "./run.ts"

export type ContainerTool = "docker" | "podman" | "buildah"

/** The first tool that does more than exist: a docker client without its daemon builds nothing. */
export async function containerTool(): Promise<ContainerTool | undefined> {
  for (const tool of ["docker", "podman", "buildah"] as const) {
    if (!isCommand(tool)) continue
    try {
      await run([tool, "info"], { timeoutMs: 20_000 })
      return tool
    } catch {
      // It does not work here; the next one may.
    }
  }
  return undefined
}

/** Builds an example in a container of Debian, and copies one file out of it. What was built stays with the tool, for the next file. */
export async function buildInContainer(
  tool: ContainerTool,
  example: Example,
  file: { readonly path: string; readonly target: string },
): Promise<void> {
  const image = `localhost/geartrain-recipe:${example.digest}`
  await buildImage(tool, example, image)
  if (tool !== "buildah") {
    await run([tool, "run", "--rm", "--network=none", image, "cat", file.path], {
      stdout: createWriteStream(file.target),
    })
    return
  }
  const container = (await run(["buildah", "from", "--pull-never", image])).trim()
  try {
    await run(["buildah", "run", ...isolation(), container, "cat", file.path], {
      stdout: createWriteStream(file.target),
    })
  } finally {
    await run(["buildah", "rm", container])
  }
}

/** The recipe as a Containerfile. mmdebstrap in the container makes the same bytes as it does outside. */
function containerfile(recipe: Recipe): string {
  const quoted = mmdebstrapArguments(recipe, "/recipe", "/root.tar").map((word) => `'${word}'`)
  const variables = Object.entries(buildEnvironment(recipe)).map(([name, value]) => `${name}=${value}`)
  const data = recipe.data.package
  return `FROM docker.io/library/debian:${recipe.suite}
ENV DEBIAN_FRONTEND=noninteractive
RUN apt-get update -qq && apt-get install -qq -y --no-install-recommends mmdebstrap
COPY manifest.json run /recipe/
RUN env -i ${variables.join(" ")} mmdebstrap ${quoted.join(" ")}
RUN cd /tmp && apt-get download -qq ${data} && dpkg-deb -x ${data}_*.deb /data && tar -C /data -cf /data.tar .
`
}

async function buildImage(tool: ContainerTool, example: Example, image: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "geartrain-recipe-"))
  try {
    const description = join(folder, "Containerfile")
    writeFileSync(description, containerfile(example.recipe))
    const build = tool === "buildah" ? ["buildah", "build", "--layers", ...isolation()] : [tool, "build"]
    await run([...build, "--quiet", "--tag", image, "--file", description, example.folder])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The isolation of buildah that needs the least of the machine: no user namespace, no cgroup. */
function isolation(): readonly string[] {
  return ["--isolation=chroot"]
}
