import { execFileSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Box, BoxExit, Provider, RootFilesystem, RootForm } from "@geartrain/ports"
import type { ProviderBench } from "@geartrain/ports/laws"
import { makeHostRoot } from "../../src/providers/box/machine/host-root.ts"
import type { ProviderSettings } from "../../src/providers/box/machine/provider-settings.ts"
import { openBubblewrapProvider } from "../../src/providers/bubblewrap/index.ts"
import { openCrunProvider, openRuncProvider } from "../../src/providers/oci/index.ts"
import { findProgram } from "../../src/system/linux/find-program.ts"
import { busyboxMissing, makeBusyboxGear } from "../programs/busybox-gear.ts"

export const OPENERS: Readonly<Record<string, (settings?: ProviderSettings) => Promise<Provider>>> = {
  crun: openCrunProvider,
  runc: openRuncProvider,
  bubblewrap: openBubblewrapProvider,
}

const PROGRAMS: Readonly<Record<string, string>> = { crun: "crun", runc: "runc", bubblewrap: "bwrap" }

/** Why a provider cannot be tested here; undefined when it can. */
export function missingFor(name: string): string | undefined {
  const program = PROGRAMS[name] ?? name
  return findProgram(program) === undefined ? `needs ${program}` : busyboxMissing()
}

/** Everything that the tests of a file make, in one folder; `remove` leaves nothing. */
export interface Bench {
  readonly folder: string
  readonly tree: RootFilesystem
  /** Of the same content as the tree, made when it is first asked for; undefined where it cannot be made. */
  readonly squashfs: RootFilesystem | undefined
  makeFolder: ProviderBench["makeFolder"]
  remove(): void
}

export function makeBench(): Bench {
  const folder = mkdtempSync(join(tmpdir(), "geartrain-providers-"))
  const tree = join(folder, "root")
  mkdirSync(tree)
  makeBusyboxGear(tree, { command: "true" })
  let made = 0
  let squashfs: RootFilesystem | undefined
  return {
    folder,
    tree: { form: "tree", path: tree },
    get squashfs() {
      squashfs ??= makeSquashfs(tree, join(folder, "root.squashfs"))
      return squashfs
    },
    makeFolder: async (files = {}) => {
      made += 1
      const path = join(folder, `folder-${made}`)
      mkdirSync(path)
      for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text)
      return path
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function makeSquashfs(tree: string, path: string): RootFilesystem | undefined {
  if (findProgram("tar2sqfs") === undefined) return undefined
  const tar = execFileSync("tar", ["-C", tree, "-cf", "-", "."], { maxBuffer: 64 * 1024 * 1024 })
  execFileSync("tar2sqfs", ["--quiet", "--compressor", "zstd", path], { input: tar })
  return { form: "squashfs", path }
}

/** What the laws need, on one form of root filesystem. */
export function lawBench(provider: Provider, bench: Bench, form: RootForm): ProviderBench {
  const root = form === "tree" ? bench.tree : bench.squashfs
  if (root === undefined) throw new Error("needs tar2sqfs (package squashfs-tools-ng)")
  return { provider, root, makeFolder: bench.makeFolder }
}

/** A box as plain as can be, but for what is wished. */
export async function plainBox(bench: Bench, wish: Partial<Box>): Promise<Box> {
  return {
    id: `test-${randomBytes(6).toString("hex")}`,
    folder: await bench.makeFolder(),
    root: bench.tree,
    mounts: [],
    command: ["true"],
    environment: { PATH: "/bin", HOME: "/root" },
    workingFolder: "/work",
    uid: 0,
    gid: 0,
    network: "none",
    streams: "captured",
    ...wish,
  }
}

/** Lines of shell as a command. */
export function shell(script: string): readonly string[] {
  return ["sh", "-c", script]
}

/** What came out of a box that ran to its end. */
export interface Ran {
  readonly exit: BoxExit
  readonly stdout: string
  readonly stderr: string
}

/** Starts a box, reads what it prints, waits for its end and deletes it. */
export async function runBox(provider: Provider, box: Box): Promise<Ran> {
  const container = await provider.start(box)
  try {
    const [stdout, stderr, exit] = await Promise.all([
      textOf(container.stdout),
      textOf(container.stderr),
      container.wait(),
    ])
    return { exit, stdout, stderr }
  } finally {
    await container.delete()
  }
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of stream) pieces.push(piece)
  return Buffer.concat(pieces).toString("utf8")
}

/** Why perl cannot be run in a box here; undefined when it can. It makes system calls, and reaches out, where busybox cannot. */
export function perlMissing(): string | undefined {
  return existsSync("/usr/bin/perl") ? undefined : "needs perl"
}

/** A box with the machine's own programs, that runs lines of perl. */
export async function perlBox(bench: Bench, script: string, wish: Partial<Box> = {}): Promise<Box> {
  const root = await bench.makeFolder()
  const mounts = await makeHostRoot(root)
  const environment = { PATH: "/usr/bin:/bin" }
  const command = ["perl", "-e", script]
  return plainBox(bench, { root: { form: "tree", path: root }, mounts, command, environment, ...wish })
}

/** Where the program of `run-box.ts` lies. */
export const RUN_BOX = fileURLToPath(new URL("./run-box.ts", import.meta.url))

/**
 * Each provider that can be tested here, opened once; the others as skipped tests. Closed after all tests of the file.
 *
 * Opened before there is a test: while a file of tests waits for something, those that it has may end, and what they leave be removed.
 */
export async function openAll(
  test: typeof import("node:test").test,
  after: typeof import("node:test").after,
): Promise<readonly Provider[]> {
  const providers: Provider[] = []
  const missing = new Map<string, string>()
  for (const [name, open] of Object.entries(OPENERS)) {
    const needs = missingFor(name)
    if (needs === undefined) providers.push(await open())
    else missing.set(name, needs)
  }
  after(() => Promise.all(providers.map((provider) => provider.close())))
  for (const [name, needs] of missing) test(`${name} is tested`, { skip: needs }, () => undefined)
  return providers
}
