import type { Condition, ConditionName } from "../experiments/condition.ts"
import { type DescribedDifference, looksLikeTime } from "./describe-differences.ts"

const OF_THE_CLOCK: readonly ConditionName[] = ["clock", "source-date"]

/** Puts the conditions first that what differs looks like, so that fewer runs are needed: what is found does not depend on it. */
export function orderByLooks(
  conditions: readonly Condition[],
  differences: readonly DescribedDifference[],
): readonly Condition[] {
  const isDated = differences.some(({ comparison }) => comparison !== undefined && looksLikeTime(comparison))
  const isFirst = ({ name }: Condition): boolean => isDated && OF_THE_CLOCK.includes(name)
  return [...conditions.filter(isFirst), ...conditions.filter((condition) => !isFirst(condition))]
}
