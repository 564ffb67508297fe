import type { ProviderBench } from "../laws/box/bench.ts"
import type { Box, BoxExit, BoxMount, Container, Provider, ProviderCapabilities } from "../provider.ts"
import type { HostFiles } from "./box/memory-files.ts"
import { memoryProvider, memoryProviderBench } from "./memory-provider.ts"

/** Providers that each break some promise: a suite of laws has to catch every one. A law may wait for ever on some of them. */
export const faultyProviders: Readonly<Record<string, () => ProviderBench>> = {
  "swaps stdout and stderr": () => containing((container) => ({ stdout: container.stderr, stderr: container.stdout })),
  "forgets what nobody has read at the end": () =>
    containing((container) => ({ stdout: unlessStopped(container), stderr: unlessStopped(container) })),
  "keeps 64 KiB of output": () => containing((container) => ({ stdout: firstOf(container.stdout, 65_536) })),
  "takes closed output for the end": () => saying("exec >&- 2>&-", "exit 0"),
  "lets the command read what the user types": () => saying("cat;", "echo typed;"),
  "adds a variable": () => boxing((box) => ({ environment: { ...box.environment, BACKEND: "yes" } })),
  "has no home": () => boxing((box) => ({ environment: { HOME: "", ...box.environment } })),
  "loses empty words": () => boxing((box) => ({ command: box.command.filter((word) => word !== "") })),
  "runs in the root folder": () => boxing(() => ({ workingFolder: "/" })),
  "runs as user 0": () => boxing(() => ({ uid: 0, gid: 0 })),
  "lets only user 0 write": () =>
    mounting((box) => (box.uid === 0 ? [] : [{ source: "/other", target: box.workingFolder, access: "read-only" }])),
  "lets boxes change the root filesystem": () =>
    boxing((box) => ({ mounts: [{ source: "/root", target: "", access: "read-write" }, ...box.mounts] })),
  "mounts everything read-write": () =>
    boxing((box) => ({ mounts: box.mounts.map((mount) => ({ ...mount, access: "read-write" })) })),
  "mounts everything read-only": () =>
    boxing((box) => ({ mounts: box.mounts.map((mount) => ({ ...mount, access: "read-only" })) })),
  "mounts in another order": () => boxing((box) => ({ mounts: box.mounts.toReversed() })),
  "leaves the machine's network": () => mounting(() => [showing("/other/network", "/proc/net/dev")]),
  "keeps the machine's name": () => saying("hostname", "echo laptop"),
  "forgets the seal": () => mounting(() => [showing("/other/status", "/proc/self/status")]),
  "shows the machine's processes": () => mounting(() => [showing("/other/proc", "/proc")]),
  "shares /tmp": () => mounting(() => [{ source: "/other", target: "/tmp", access: "read-write" }]),
  "has room for ten boxes": () => withRoom(10),
  "leaves its files": () =>
    wrapping((provider, host) => ({
      start: async (box, options) => {
        host.set(`${box.folder}/config.json`, "{}")
        return provider.start(box, options)
      },
    })),
  "has seven bits for an exit code": () => ending((exit) => ({ code: exit.code & 127 })),
  "names no signal": () =>
    containing((container) => ({
      wait: async () => {
        const { signal: _signal, ...exit } = await container.wait()
        return exit
      },
    })),
  "says 1 for a command that is not there": () =>
    ending((exit) => ({ code: exit.code === 126 || exit.code === 127 ? 1 : exit.code })),
  "measures nothing": () => ending(() => ({ usage: {} })),
  "counts the memory of what has ended": () => containing(() => ({ memoryBytes: () => 1024 * 1024 })),
  "always says that it runs": () => containing(() => ({ state: () => "running" })),
  "tells its exit code once": () => containing(onceOnly),
  "kills for every signal": () => containing((container) => ({ kill: () => container.kill("SIGKILL") })),
  "lets nobody ignore a signal": () => saying("trap '' TERM", ":"),
  "leaves the output of what it killed open": () =>
    containing((container) => ({ stdout: withoutEnd(container.stdout) })),
  "changes the exit code of what has ended": () => containing(changedByKill),
  "waits for what the command left running": () => saying("sleep 100 & echo", "sleep 100; echo"),
  "deletes without killing": () => containing(() => ({ delete: async () => undefined })),
  "is opened again by warming up": () => reopening(),
  "forgets more than it is told to": () => wrapping((provider) => ({ forget: () => provider.close() })),
  "starts boxes after it was closed": () =>
    wrapping((provider, host) => ({
      start: (box, options) => provider.start(box, options).catch(() => memoryProvider(host).start(box, options)),
    })),
  "does not look at the signal": () => wrapping((provider) => ({ start: (box) => provider.start(box) })),
  "does not tell that memory ran out": () => ending(() => ({ outOfMemory: false })),
  "takes every SIGKILL for want of memory": () => ending((exit) => ({ outOfMemory: exit.code === 137 })),
  "does not tell that a fork was refused": () => ending(() => ({ outOfProcesses: false })),
  "forgets the limit of files": () => boxing(({ fileBytes: _fileBytes, ...box }) => box, "whole"),
  "keeps the last limit": () => rememberingLimit(),
  "holds boxes to nothing": () => boxing(() => ({ constraints: [] })),
  "offers nothing and takes everything": () =>
    offering({ networks: ["none"], limits: [], roots: ["tree"], constraints: [], around: false }, { cpu: true }),
  "forgets the program around": () => offering({}, {}),
  "has no network at all": () => offering({ networks: [] }, {}),
}

/** Changes what a provider does. */
function wrapping(change: (provider: Provider, host: HostFiles) => Partial<Provider>): ProviderBench {
  return memoryProviderBench((provider, host) => {
    for (const [path, text] of Object.entries(OTHER_FILES)) host.set(path, text)
    return { ...provider, ...change(provider, host) }
  })
}

/** Files of the host that no box should see. */
const OTHER_FILES: Readonly<Record<string, string>> = {
  "/other/": "",
  "/other/network": "    lo:       0\n  eth0:       0\n",
  "/other/status": "NoNewPrivs:\t0\nSeccomp:\t0\nCapEff:\t000001ffffffffff\n",
  "/other/proc/": "",
  "/other/proc/1/": "",
  "/other/proc/4711/": "",
}

/** Warming up what was closed opens it anew. */
function reopening(): ProviderBench {
  return wrapping((provider, host) => {
    let isClosed = false
    let current = provider
    return {
      warmUp: () => {
        if (isClosed) current = memoryProvider(host)
      },
      start: (box, options) => current.start(box, options),
      close: async () => {
        isClosed = true
        await current.close()
      },
    }
  })
}

/** Changes what is asked for. */
function boxing(change: (box: Box) => Partial<Box>, extent: "part" | "whole" = "part"): ProviderBench {
  return wrapping((provider) => ({
    start: (box, options) => {
      const changed = change(box)
      return provider.start(extent === "whole" ? (changed as Box) : { ...box, ...changed }, options)
    },
  }))
}

function mounting(extra: (box: Box) => readonly BoxMount[]): ProviderBench {
  return boxing((box) => ({ mounts: [...box.mounts, ...extra(box)] }))
}

function showing(source: string, target: string): BoxMount {
  return { source, target, access: "read-only" }
}

/** Changes the lines of shell. */
function saying(words: string, others: string): ProviderBench {
  return boxing((box) => ({ command: box.command.map((word) => word.replace(words, others)) }))
}

/** Changes what comes back. */
function containing(change: (container: Container) => Partial<Container>): ProviderBench {
  return wrapping((provider) => ({
    start: async (box, options) => {
      const container = await provider.start(box, options)
      return {
        id: container.id,
        stdout: container.stdout,
        stderr: container.stderr,
        state: () => container.state(),
        memoryBytes: () => container.memoryBytes?.(),
        kill: (signal) => container.kill(signal),
        wait: () => container.wait(),
        delete: () => container.delete(),
        ...change(container),
      }
    },
  }))
}

function ending(change: (exit: BoxExit) => Partial<BoxExit>): ProviderBench {
  return containing((container) => ({
    wait: async () => {
      const exit = await container.wait()
      return { ...exit, ...change(exit) }
    },
  }))
}

async function* unlessStopped(container: Container): AsyncGenerator<Uint8Array> {
  if (container.state() === "running") yield* container.stdout
}

async function* firstOf(stream: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  for await (const piece of stream) yield piece.subarray(0, bytes)
}

async function* withoutEnd(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* stream
  await new Promise(() => undefined)
}

function withRoom(most: number): ProviderBench {
  let count = 0
  return wrapping((provider) => ({
    start: async (box, options) => {
      count += 1
      if (count > most) throw new Error("There is no room")
      const container = await provider.start(box, options)
      void container.wait().then(() => {
        count -= 1
      })
      return container
    },
  }))
}

function onceOnly(container: Container): Partial<Container> {
  let told = false
  return {
    wait: async () => {
      const exit = await container.wait()
      const first = !told
      told = true
      return first ? exit : { ...exit, code: 0 }
    },
  }
}

function changedByKill(container: Container): Partial<Container> {
  let killed = false
  return {
    kill: async (signal) => {
      killed = container.state() === "stopped"
      await container.kill(signal)
    },
    wait: async () => {
      const exit = await container.wait()
      return killed ? { ...exit, code: 137 } : exit
    },
  }
}

function rememberingLimit(): ProviderBench {
  let last: number | undefined
  return boxing((box) => {
    last = box.fileBytes ?? last
    return last === undefined ? {} : { fileBytes: last }
  })
}

/** Says that it offers something else than it does. */
function offering(said: Partial<ProviderCapabilities>, really: { readonly cpu?: boolean }): ProviderBench {
  const offered: ProviderCapabilities = {
    networks: ["none", "outbound"],
    limits: ["memory", "processes", "file-size", ...(really.cpu === true ? (["cpu"] as const) : [])],
    roots: ["tree", "squashfs"],
    rootless: true,
    userMapping: "full",
    measures: "sampled",
    constraints: ["one-cpu", "fixed-addresses"],
    around: true,
  }
  return memoryProviderBench((provider) => ({ ...provider, capabilities: { ...offered, ...said } }), offered)
}
