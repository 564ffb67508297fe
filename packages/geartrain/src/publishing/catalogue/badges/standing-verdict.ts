import { BADGE_VERDICTS, type BadgeVerdict, type DeterminismBadge } from "@geartrain/spec"
import type { JudgedBadge } from "./sign-badge.ts"

/** Good badges, the newest first. */
export function goodBadges(
  judged: readonly JudgedBadge[],
): readonly (JudgedBadge & { readonly badge: DeterminismBadge })[] {
  return judged
    .flatMap((one) => (one.standing === "good" && one.badge !== undefined ? [{ ...one, badge: one.badge }] : []))
    .toSorted((a, b) => (a.badge.at < b.badge.at ? 1 : -1))
}

/**
 * What all good badges of a gear amount to: the worst of them, whichever is the newest. They are about the very same bytes, and that these have
 * answered differently once is not undone by runs in which they did not.
 *
 * @returns undefined where there is no good badge.
 */
export function standingVerdict(judged: readonly JudgedBadge[]): BadgeVerdict | undefined {
  const verdicts = goodBadges(judged).map(({ badge }) => BADGE_VERDICTS.indexOf(badge.verdict))
  return verdicts.length === 0 ? undefined : BADGE_VERDICTS[Math.max(...verdicts)]
}
