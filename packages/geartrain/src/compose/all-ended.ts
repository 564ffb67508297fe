/**
 * Waits until all have ended, whatever becomes of each, and tells the first fault then: a program that ends at the first one leaves behind what the
 * others were about to remove.
 */
export async function allEnded(work: readonly (Promise<unknown> | undefined)[]): Promise<void> {
  const ended = await Promise.allSettled(work)
  const failed = ended.find((each) => each.status === "rejected")
  if (failed !== undefined) throw failed.reason
}
