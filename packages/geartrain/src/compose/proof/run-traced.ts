import type { Provider, TraceEvent, Tracer } from "@geartrain/ports"
import { mkdir, rm } from "../../system/files.ts"
import type { Engine } from "../open-engine.ts"

/** What watches, and who is told. */
export interface TracedRun {
  readonly tracer: Tracer
  readonly onEvent: (event: TraceEvent) => void
}

/**
 * Does something with an engine whose boxes are watched, and tells afterwards what was seen. For one box: a second one would write over the
 * record of the first.
 *
 * @throws {GeartrainError} TRACE_UNREADABLE, and whatever `run` throws.
 */
export async function runTraced<Result>(
  engine: Engine,
  { tracer, onEvent }: TracedRun,
  run: (watched: Engine) => Promise<Result>,
): Promise<Result> {
  const provider = await engine.provider()
  // On the disk of the store: a record may be longer than memory has room for.
  const folder = await engine.stores.home.temporary()
  await mkdir(folder, { mode: 0o700 })
  try {
    const observed = observeProvider(provider, tracer, folder)
    const result = await run({ ...engine, provider: async () => observed })
    for await (const event of tracer.events(folder)) onEvent(event)
    return result
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A provider whose boxes are watched. */
function observeProvider(provider: Provider, tracer: Tracer, folder: string): Provider {
  return {
    name: provider.name,
    version: provider.version,
    capabilities: provider.capabilities,
    start: async (box, options) => {
      const { mounts, prefix, around } = await tracer.plan(folder)
      const observed = {
        ...box,
        mounts: [...box.mounts, ...mounts],
        command: [...prefix, ...box.command],
        ...(around.length === 0 ? {} : { around }),
      }
      return await provider.start(observed, options)
    },
    warmUp: (root) => provider.warmUp(root),
    forget: (root) => provider.forget(root),
    close: () => provider.close(),
  }
}
