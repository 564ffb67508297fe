/** Two things that are measured in turns, so that a busy moment of the machine meets both. */
export interface Pair {
  readonly ours: number
  readonly theirs: number
  /** Median of the ratios of the rounds, which a drift of the machine does not move. */
  readonly ratio: number
}

/**
 * Measures A B A B …, after one round that is not counted.
 *
 * @param ours  Answers with what it measured: milliseconds, or anything else of which less is better.
 */
export async function interleave(
  ours: () => Promise<number>,
  theirs: () => Promise<number>,
  rounds: number,
): Promise<Pair> {
  const found: { readonly ours: number; readonly theirs: number }[] = []
  for (let round = -1; round < rounds; round += 1) {
    const pair = { ours: await ours(), theirs: await theirs() }
    if (round >= 0) found.push(pair)
  }
  return {
    ours: median(found.map((pair) => pair.ours)),
    theirs: median(found.map((pair) => pair.theirs)),
    ratio: median(found.map((pair) => pair.ours / pair.theirs)),
  }
}

/** The middle of some numbers; of an even count, the mean of the two in the middle. */
function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const [low = Number.NaN, high = low] = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1)
  return (low + high) / 2
}
