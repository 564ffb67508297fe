import { createWriteStream, existsSync, globSync, mkdirSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import { isCommand, run } from "./run.ts"

/** The Debian package that holds real data for a gear, and the path in it for each input. */
export interface DemoData {
  readonly package: string
  readonly files: Readonly<Record<string, string>>
}

/**
 * Fetches the Debian package with a gear's data, and unpacks it into a folder of ours: nothing is installed, so any user can.
 *
 * @returns the path of the file for each input.
 */
export async function fetchData(data: DemoData, folder: string): Promise<Readonly<Record<string, string>>> {
  const target = join(folder, data.package)
  if (!existsSync(target)) {
    const unfinished = `${target}.${process.pid}.tmp`
    mkdirSync(unfinished, { recursive: true })
    try {
      await fetchInto(data.package, unfinished)
      renameSync(unfinished, target)
    } finally {
      rmSync(unfinished, { recursive: true, force: true })
    }
  }
  const files = Object.entries(data.files).map(([input, path]) => [input, join(target, path)] as const)
  const missing = files.map(([, path]) => path).filter((path) => !existsSync(path))
  if (missing.length > 0) throw new Error(`Debian's ${data.package} has no ${missing.join(", ")}`)
  return Object.fromEntries(files)
}

async function fetchInto(name: string, folder: string): Promise<void> {
  if (!isCommand("apt-get")) {
    await fetchInContainer(name, folder)
    return
  }
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

/** On a machine that is no Debian. */
async function fetchInContainer(name: string, folder: string): Promise<void> {
  const tool = ["docker", "podman"].find(isCommand)
  if (tool === undefined) throw new Error("The data come from Debian: that needs apt-get, docker or podman")
  const script = `apt-get update -qq >&2 && cd /tmp && apt-get download -qq ${name} >&2 && dpkg-deb --fsys-tarfile ${name}_*.deb`
  const tar = join(folder, "data.tar")
  const container = [tool, "run", "--rm", "docker.io/library/debian:bookworm", "sh", "-c", script]
  await run(container, { stdout: createWriteStream(tar) })
  await run(["tar", "-C", folder, "-xf", tar])
  rmSync(tar)
}
