import type { Box, BoxExit, Container, Provider, RootFilesystem } from "../../provider.ts"

/** What the laws of providers are about: a provider, and what it takes to make boxes. */
export interface ProviderBench {
  readonly provider: Provider
  /** Has `sh` in `/bin`, and there what a POSIX system has: cat, echo, env, head, hostname, id, ls, rm, sleep, tail, wc. */
  readonly root: RootFilesystem
  /** Makes a folder on the host, of nobody else's: empty, or with these files in it. */
  makeFolder(files?: Readonly<Record<string, string>>): Promise<string>
}

/** What came out of a box. */
export interface BoxResult {
  readonly exit: BoxExit
  readonly stdout: string
  readonly stderr: string
}

let made = 0

/** A box that a law asks for: everything that it does not say is as plain as can be. */
export async function boxOf(bench: ProviderBench, wish: Partial<Box>): Promise<Box> {
  made += 1
  return {
    id: `law-${made}`,
    folder: await bench.makeFolder(),
    root: bench.root,
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

/** Starts a box that runs these lines of shell. */
export async function startShell(bench: ProviderBench, script: string, wish: Partial<Box> = {}): Promise<Container> {
  return bench.provider.start(await boxOf(bench, { command: ["sh", "-c", script], ...wish }))
}

/** Starts a box that runs these lines of shell, and waits until they have said that they are ready. */
export async function startReady(
  bench: ProviderBench,
  script: string,
): Promise<{ readonly container: Container; readonly output: Listener }> {
  const container = await startShell(bench, script)
  const output = listenTo(container.stdout)
  await output.hear("ready")
  return { container, output }
}

/** Runs a box to its end, and deletes it. */
export async function runBox(bench: ProviderBench, wish: Partial<Box>): Promise<BoxResult> {
  const container = await bench.provider.start(await boxOf(bench, wish))
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

/** Runs these lines of shell in a box to their end, and deletes it. */
export function runShell(bench: ProviderBench, script: string, wish: Partial<Box> = {}): Promise<BoxResult> {
  return runBox(bench, { command: ["sh", "-c", script], ...wish })
}

export async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ""
  for await (const piece of stream) text += decoder.decode(piece, { stream: true })
  return text + decoder.decode()
}

/** A stream that a law waits on for a word, and may read on after it. */
export interface Listener {
  /** Resolves when the text has come. */
  hear(text: string): Promise<void>
  /** Everything, when the stream has ended. */
  readonly all: Promise<string>
}

export function listenTo(stream: AsyncIterable<Uint8Array>): Listener {
  let heard = ""
  const waiting = new Set<{
    readonly text: string
    readonly resolve: () => void
    readonly reject: (error: Error) => void
  }>()
  const all = (async () => {
    const decoder = new TextDecoder()
    for await (const piece of stream) {
      heard += decoder.decode(piece, { stream: true })
      for (const one of waiting) if (heard.includes(one.text)) one.resolve()
    }
    for (const one of waiting)
      if (!heard.includes(one.text)) one.reject(new Error(`"${one.text}" never came: ${heard}`))
    return heard
  })()
  return {
    all,
    hear: (text) =>
      heard.includes(text)
        ? Promise.resolve()
        : new Promise((resolve, reject) => waiting.add({ text, resolve, reject })),
  }
}
