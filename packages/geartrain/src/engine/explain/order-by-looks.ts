import type { Condition, ConditionName } from "../experiments/condition.ts"
import type { DescribedDifference } from "./describe-differences.ts"

/** A time of day, a date, or seconds since 1970 as they are in this decade and the next. */
const TIME = /\d{1,2}:\d{2}|\b(?:19|20)\d{2}-?\d{2}-?\d{2}\b|\b1[6-9]\d{8}(?:\d{3})?\b/

const OF_THE_CLOCK: readonly ConditionName[] = ["clock", "source-date"]

/** Puts the conditions first that what differs looks like, so that fewer runs are needed: what is found does not depend on it. */
export function orderByLooks(
  conditions: readonly Condition[],
  differences: readonly DescribedDifference[],
): readonly Condition[] {
  const looksLikeTime = differences.some(({ comparison }) =>
    comparison?.differences.some(({ a = "", b = "" }) => TIME.test(a) && TIME.test(b)),
  )
  const isFirst = ({ name }: Condition): boolean => looksLikeTime && OF_THE_CLOCK.includes(name)
  return [...conditions.filter(isFirst), ...conditions.filter((condition) => !isFirst(condition))]
}
