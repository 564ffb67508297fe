/**
 * How likely it is that the runs under a condition all agree, if the condition makes no difference.
 *
 * Then any choice of so many runs among all runs, those without the condition and those with it, could have been the ones with it. The share of
 * the choices in which all agree is the answer: an exact permutation test, which supposes nothing of how the gear's outcomes are distributed.
 *
 * @param without  Outcomes without the condition, as words.
 * @param held  Outcomes with it.
 * @returns from 0 to 1.
 * @see R. A. Fisher, The Design of Experiments (1935), II.7 and III.21
 * @example
 *   chanceOfAgreement(["a", "b", "c", "d"], ["e", "e", "e", "e"]) // => 1 / 70
 *   chanceOfAgreement(["a", "a"], ["a", "a"]) // => 1
 */
export function chanceOfAgreement(without: readonly string[], held: readonly string[]): number {
  const sizes = new Map<string, number>()
  for (const word of [...without, ...held]) sizes.set(word, (sizes.get(word) ?? 0) + 1)
  const agreeing = [...sizes.values()].reduce((sum, size) => sum + choices(size, held.length), 0)
  return agreeing / choices(without.length + held.length, held.length)
}

/**
 * How likely it is that the runs under a condition all come out in one way that is known beforehand, if the condition makes no difference.
 *
 * @example
 *   chanceOfLikeness(["a", "a", "a"], ["b", "b"], "b") // => 0.1
 */
export function chanceOfLikeness(without: readonly string[], held: readonly string[], known: string): number {
  const all = [...without, ...held]
  return choices(all.filter((word) => word === known).length, held.length) / choices(all.length, held.length)
}

/** In how many ways so many can be chosen from a number of things. */
function choices(from: number, count: number): number {
  if (count > from) return 0
  let ways = 1
  for (let index = 1; index <= count; index += 1) ways = (ways * (from - count + index)) / index
  return Math.round(ways)
}
