/** Lets one at a time work at something. Whoever comes later is right: a client that was cut off comes again before we know that it is gone. */
export interface Turns {
  /** Tells whoever has the turn to stop, and waits until it has. */
  take(id: string): Promise<Turn>
}

export interface Turn {
  /** Aborted when somebody else wants the turn. */
  readonly signal: AbortSignal
  end(): void
}

/** Turns within this process. */
export function makeTurns(): Turns {
  const last = new Map<string, { readonly stop: AbortController; readonly ended: Promise<void> }>()
  return {
    take: async (id) => {
      const before = last.get(id)
      before?.stop.abort()
      const { promise: ended, resolve } = Promise.withResolvers<void>()
      const mine = { stop: new AbortController(), ended }
      last.set(id, mine)
      await before?.ended
      return {
        signal: mine.stop.signal,
        end: () => {
          if (last.get(id) === mine) last.delete(id)
          resolve()
        },
      }
    },
  }
}
