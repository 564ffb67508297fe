import { existsSync, globSync, mkdirSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import { buildInContainer, containerTool } from "./container-build.ts"
import type { Example } from "./recipe.ts"
import { isCommand, run } from "./run.ts"

/**
 * Fetches the Debian package with an example's data, and unpacks it into a folder of ours: nothing is installed, so any user can.
 *
 * @returns the path of the file for each input.
 */
export async function fetchData(example: Example, folder: string): Promise<Readonly<Record<string, string>>> {
  const target = join(folder, "data")
  if (!existsSync(target)) {
    const unfinished = `${target}.${process.pid}.tmp`
    mkdirSync(unfinished, { recursive: true })
    try {
      await fetchInto(example, unfinished)
      renameSync(unfinished, target)
    } finally {
      rmSync(unfinished, { recursive: true, force: true })
    }
  }
  return Object.fromEntries(
    Object.entries(example.recipe.data.files).map(([input, path]) => [input, join(target, path)]),
  )
}

async function fetchInto(example: Example, folder: string): Promise<void> {
  const tool = isCommand("apt-get") ? undefined : await containerTool()
  if (tool !== undefined) {
    await buildInContainer(tool, example, { path: "/data.tar", target: join(folder, "data.tar") })
    await run(["tar", "-C", folder, "-xf", join(folder, "data.tar")])
    rmSync(join(folder, "data.tar"))
    return
  }
  const name = example.recipe.data.package
  await download(name, folder)
  const [file] = globSync(`${name}_*.deb`, { cwd: folder })
  if (file === undefined) throw new Error(`apt-get download brought no file for ${name}`)
  await run(["dpkg-deb", "-x", join(folder, file), folder])
  rmSync(join(folder, file))
}

/** With the machine's own package lists, or, where they are missing or old, with lists of our own: writing the machine's needs root. */
async function download(name: string, folder: string): Promise<void> {
  try {
    await run(["apt-get", "download", "-qq", name], { cwd: folder })
  } catch {
    const state = join(folder, "apt")
    mkdirSync(join(state, "lists/partial"), { recursive: true })
    mkdirSync(join(state, "cache/archives/partial"), { recursive: true })
    const own = ["-o", `Dir::State::Lists=${state}/lists`, "-o", `Dir::Cache=${state}/cache`]
    await run(["apt-get", "update", "-qq", ...own])
    await run(["apt-get", "download", "-qq", ...own, name], { cwd: folder })
    rmSync(state, { recursive: true })
  }
}
