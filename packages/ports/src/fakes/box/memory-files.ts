import type { Box, BoxConstraint, BoxMount } from "../../provider.ts"

/** Files of the pretended host, by absolute path; folders end with a slash and are empty texts. */
export type HostFiles = Map<string, string>

/** What every box sees of itself. */
const PRETENDED: Readonly<Record<string, string>> = {
  "/proc/1/": "",
  "/proc/self/status":
    "Name:\tcat\nCapInh:\t0000000000000000\nCapPrm:\t00000000000000fb\nCapEff:\t00000000000000fb\n" +
    "CapBnd:\t00000000000000fb\nCapAmb:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\nCpus_allowed_list:\t0-1\n",
  "/proc/self/personality": "00000000\n",
  "/proc/net/dev": "Inter-|   Receive\n face |bytes    packets\n    lo:       0       0\n",
}

/** What of that is another text in a box that is held to something. */
const HELD: Readonly<Record<BoxConstraint, readonly [string, string, string]>> = {
  "one-cpu": ["/proc/self/status", "Cpus_allowed_list:\t0-1", "Cpus_allowed_list:\t1"],
  "fixed-addresses": ["/proc/self/personality", "00000000", "00040000"],
}

/** The files of one box: the root filesystem, over it what the box wrote, and over both what is mounted. */
export class MemoryFiles {
  readonly #host: HostFiles
  readonly #root: string
  readonly #mounts: readonly BoxMount[]
  /** What the box wrote or removed. */
  readonly #layer = new Map<string, string | undefined>()

  constructor(
    host: HostFiles,
    { root, mounts, constraints = [] }: Pick<Box, "mounts" | "constraints"> & { readonly root: string },
  ) {
    this.#host = host
    this.#root = root
    this.#mounts = mounts
    for (const [path, text] of Object.entries(PRETENDED)) this.#layer.set(path, text)
    for (const constraint of constraints) {
      const [path, text, held] = HELD[constraint]
      this.#layer.set(path, PRETENDED[path]?.replace(text, held))
    }
    this.#layer.set("/etc/hosts", "127.0.0.1\tlocalhost\n")
  }

  read(path: string): string | undefined {
    const mount = this.#mountOf(path)
    if (mount !== undefined) return this.#host.get(hostPath(mount, path))
    return this.#layer.has(path) ? this.#layer.get(path) : this.#host.get(this.#root + path)
  }

  /** Answers whether it was allowed. */
  write(path: string, text: string | undefined): boolean {
    const mount = this.#mountOf(path)
    if (mount === undefined) this.#layer.set(path, text)
    else if (mount.access === "read-only") return false
    else if (text === undefined) this.#host.delete(hostPath(mount, path))
    else this.#host.set(hostPath(mount, path), text)
    return true
  }

  list(folder: string): readonly string[] {
    const mount = this.#mountOf(folder)
    if (mount !== undefined) return namesIn([...this.#host.keys()], hostPath(mount, folder))
    const below = [...this.#host.keys()]
      .filter((path) => path.startsWith(this.#root))
      .map((path) => path.slice(this.#root.length))
    const written = [...this.#layer].filter(([, text]) => text !== undefined).map(([path]) => path)
    return namesIn([...below.filter((path) => !this.#layer.has(path)), ...written], folder)
  }

  #mountOf(path: string): BoxMount | undefined {
    return this.#mounts.findLast(({ target }) => path === target || path.startsWith(`${target}/`))
  }
}

function hostPath(mount: BoxMount, path: string): string {
  return mount.source + path.slice(mount.target.length)
}

function namesIn(paths: readonly string[], folder: string): readonly string[] {
  const names = paths
    .filter((path) => path.startsWith(`${folder}/`) && path !== `${folder}/`)
    .map((path) => path.slice(folder.length + 1).split("/")[0] ?? "")
  return [...new Set(names)].toSorted()
}
