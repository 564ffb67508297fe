/**
 * Wakes those who wait for something in the database to change, so that nobody polls. A signal says that one should look, and nothing else:
 * it may come for nothing, and several may come as one.
 */
export interface Signals {
  /**
   * Resolves at the next signal of one of the topics after this call, after `timeoutMs`, or when `signal` is aborted: in every case the caller
   * looks again. Call it before looking, and await it after, so that nothing falls in between.
   */
  wait(topics: readonly string[], options: { readonly timeoutMs: number; readonly signal?: AbortSignal }): Promise<void>
  /** Calls `listener` at every signal of the topic until the answer is called. */
  on(topic: string, listener: () => void): () => void
  /** Signals within this process. */
  emit(topic: string): void
}

/** Every topic is woken by this one: what was said while the line to the database was cut is not known. */
export const EVERYTHING = "*"
