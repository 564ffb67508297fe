import type { BadgeVerdict, DeterminismBadge, JsonObject } from "@geartrain/spec"
import type { JudgedBadge } from "../../publishing/catalogue/badges/sign-badge.ts"
import { goodBadges, standingVerdict } from "../../publishing/catalogue/badges/standing-verdict.ts"
import { formatCount, formatTime } from "../output/amounts.ts"
import { escapeText } from "../output/escape-text.ts"
import type { Paint } from "../output/paint.ts"
import { shortId } from "../output/reply.ts"
import { listed } from "./listed.ts"

/** What a verdict is called. */
export const VERDICT_WORDS: Readonly<Record<BadgeVerdict, string>> = {
  deterministic: "deterministic",
  "one-thread": "deterministic with one thread",
  "fixed-clock": "deterministic with a fixed clock",
  "one-thread-and-fixed-clock": "deterministic with one thread and a fixed clock",
  "not-deterministic": "not deterministic",
}

/** What a condition or a provider is called that was not tried. */
export const CONDITION_WORDS: Readonly<Record<string, string>> = {
  "as-asked": "as asked",
  "one-thread": "one thread",
  "fixed-clock": "a fixed clock",
  "one-thread-and-fixed-clock": "one thread and a fixed clock",
}

/** More of them say no more to people; `--json` has them. */
const MOST_SHOWN = 5

/** The section of a gear's page that says whether it answers the same again. None where nobody has said anything. */
export function badgeSection(judged: readonly JudgedBadge[], paint: Paint): readonly string[] {
  if (judged.length === 0) return []
  const good = goodBadges(judged)
  const others = judged.filter(({ standing }) => standing !== "good")
  const standing = standingVerdict(judged)
  const head = standing === undefined ? "not known: no badge by a key that counts" : VERDICT_WORDS[standing]
  return [
    "",
    `${paint.bold("Determinism")}  ${head}`,
    ...good.slice(0, MOST_SHOWN).flatMap(({ badge, signedBy }) => goodLines(badge, signedBy, paint)),
    ...others.slice(0, MOST_SHOWN).map((one) => `  ${paint.yellow("does not count")}: ${otherSentence(one)}`),
    ...leftOut(Math.max(0, good.length - MOST_SHOWN) + Math.max(0, others.length - MOST_SHOWN)),
  ]
}

function leftOut(count: number): readonly string[] {
  return count === 0 ? [] : [`  and ${formatCount(count, "more badge")}: --json has them`]
}

function goodLines(badge: DeterminismBadge, signedBy: readonly string[], paint: Paint): readonly string[] {
  const by = signedBy.map(escapeText).join(", ")
  const untried = badge.untried.map(
    ({ what, why }) => `    ${escapeText(CONDITION_WORDS[what] ?? what)} was not tried: ${escapeText(why)}`,
  )
  const failed = failedWords(badge)
  return [
    `  ${badgeSentence(badge)}`,
    ...(failed === undefined ? [] : [`    ${paint.red(failed)}`]),
    ...untried,
    `    signed by ${by}, ${formatTime(badge.at)}`,
  ]
}

/** What a badge says, on one line. Its words come from whoever made it. */
export function badgeSentence(badge: DeterminismBadge): string {
  const { counts, host, providers, sameness, verdict } = badge
  const free = sameness === "declared" ? ", but for what its manifest declares as free" : ""
  const where = listed(providers.map(({ name }) => escapeText(name)))
  const undecided = counts.undecided === 0 ? "" : ` (${counts.undecided} more came to no end)`
  const runs = `${formatCount(counts.runs, "run")}${undecided} of ${formatCount(counts.tests, "test")}`
  const machine = `${formatCount(host.cpus, "processor")}${host.processor === "" ? "" : `, ${escapeText(host.processor)}`}`
  return `${VERDICT_WORDS[verdict]}${free}: ${runs} under ${where}, on ${machine}`
}

function failedWords({ counts: { failedTests, tests } }: DeterminismBadge): string | undefined {
  if (failedTests === 0) return undefined
  return `${failedTests} of ${formatCount(tests, "test")} ${failedTests === 1 ? "fails" : "fail"}`
}

function otherSentence({ badge, standing, unknown, signedBy }: JudgedBadge): string {
  const says = badge === undefined ? "" : `says ${VERDICT_WORDS[badge.verdict]}, but `
  const keys = unknown.slice(0, 3).map((id) => escapeText(shortId(id)))
  switch (standing) {
    case "unknown-key":
      return `${says}${keys.length === 0 ? "nobody has signed it" : `is signed by a key that you do not trust for this gear: ${keys.join(", ")}`}`
    case "forged":
      return `${says}its signature is not by the key that it names: somebody has changed it`
    case "other-gear":
      return `${says}is about another gear${signedBy.length === 0 ? "" : `, as ${signedBy.map(escapeText).join(", ")} signed it`}`
    case "unreadable":
      return "it is no badge, or of a newer kind"
    default:
      throw new TypeError(`A ${standing} badge counts`)
  }
}

/** What a list of gears says beside one: facts where a key that counts has signed them, and otherwise what is wrong. */
export function badgeMarks(judged: readonly JudgedBadge[]): readonly string[] {
  const verdict = standingVerdict(judged)
  if (verdict !== undefined) {
    const failed = goodBadges(judged).flatMap(({ badge }) => failedWords(badge) ?? [])
    return [VERDICT_WORDS[verdict], ...failed.slice(0, 1)]
  }
  const standings = new Set(judged.map(({ standing }) => standing))
  if (standings.has("forged")) return ["badge forged"]
  if (standings.has("other-gear")) return ["badge of another gear"]
  return standings.has("unknown-key") ? ["badge by an unknown key"] : []
}

/** The same for programs. What a badge says is a fact where it is `good`, and hearsay where it is not. */
export function badgeData(judged: readonly JudgedBadge[]): JsonObject {
  return {
    verdict: standingVerdict(judged) ?? null,
    badges: judged.map(({ standing, signedBy, unknown, badge }) => ({
      ...{ standing, signedBy, unknownKeys: unknown },
      says: (badge ?? null) as unknown as JsonObject | null,
    })),
  }
}
