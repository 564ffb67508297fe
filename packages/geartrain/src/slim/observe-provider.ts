import type { Provider, Tracer } from "@geartrain/ports"

/** A provider whose boxes are watched by a tracer. Its records go to the folder, one after the other: for one box at a time. */
export function observeProvider(provider: Provider, tracer: Tracer, folder: string): Provider {
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
    close: () => provider.close(),
  }
}
