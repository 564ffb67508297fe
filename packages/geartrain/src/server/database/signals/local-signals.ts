import { EVERYTHING, type Signals } from "./signals.ts"

/** Signals within one process. */
export function localSignals(): Signals {
  const listeners = new Map<string, Set<() => void>>()
  const on = (topic: string, listener: () => void): (() => void) => {
    const of = listeners.get(topic) ?? new Set()
    listeners.set(topic, of.add(listener))
    return () => {
      of.delete(listener)
      if (of.size === 0 && listeners.get(topic) === of) listeners.delete(topic)
    }
  }
  const emit = (topic: string): void => {
    const woken = topic === EVERYTHING ? [...listeners.values()] : [listeners.get(topic) ?? []]
    for (const of of woken) for (const listener of [...of]) listener()
  }
  const wait: Signals["wait"] = (topics, { timeoutMs, signal }) =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        for (const end of ends) end()
        signal?.removeEventListener("abort", done)
        resolve()
      }
      const timer = setTimeout(done, timeoutMs)
      const ends = topics.map((topic) => on(topic, done))
      signal?.addEventListener("abort", done)
      if (signal?.aborted === true) done()
    })
  return { wait, on, emit }
}
