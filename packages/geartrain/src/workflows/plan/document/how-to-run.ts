import { isDigest } from "@geartrain/spec"

type Members = Readonly<Record<string, unknown>>

/** Whether what a job of a plan says of how it is run can be counted with: a text where a number is wanted would make a run wait for ever. */
export function isHowToRun({ limits, policy, acceptExitCodes, network, invocation, reuses }: Members): boolean {
  return (
    (limits === undefined || isLimits(limits)) &&
    isPolicy(policy) &&
    (acceptExitCodes === undefined ||
      (Array.isArray(acceptExitCodes) && acceptExitCodes.every(Number.isSafeInteger))) &&
    (network === undefined || network === "outbound") &&
    (invocation === undefined || (typeof invocation === "string" && isDigest(invocation))) &&
    (reuses === undefined || (typeof reuses === "string" && /^[0-9a-f]{24}$/.test(reuses)))
  )
}

/** Whether limits of a whole workflow can be counted with; `memory` is read by whoever opens the run. */
export function isRunLimits(limits: unknown): boolean {
  if (limits === undefined) return true
  if (!isMembers(limits)) return false
  const { jobs, cpus, memory, categories } = limits
  return (
    [jobs, cpus].every((amount) => amount === undefined || isAmount(amount)) &&
    (memory === undefined || typeof memory === "string") &&
    (categories === undefined || isAmounts(categories))
  )
}

export function isOptions(options: unknown): boolean {
  if (!isMembers(options)) return false
  const { reuse, cleanup } = options
  const isReuse = reuse === "any" || reuse === "none" || (isMembers(reuse) && typeof reuse["from"] === "string")
  const keepBytes = isMembers(cleanup) ? cleanup["keepBytes"] : undefined
  return isReuse && (CLEANUP.has(cleanup) || (Number.isSafeInteger(keepBytes) && Number(keepBytes) >= 0))
}

const CLEANUP: ReadonlySet<unknown> = new Set(["none", "leaf", "inplace"])

function isPolicy(policy: unknown): boolean {
  if (!isMembers(policy)) return false
  const { retry, priority, category, reuse, keep } = policy
  return (
    (retry === undefined || isRetry(retry)) &&
    (priority === undefined || Number.isFinite(priority)) &&
    (category === undefined || typeof category === "string") &&
    (reuse === undefined || reuse === "never") &&
    (keep === undefined || typeof keep === "boolean")
  )
}

function isRetry(retry: unknown): boolean {
  if (!isMembers(retry)) return false
  const { attempts, on, grow } = retry
  return isAmount(attempts) && (on === undefined || Array.isArray(on)) && (grow === undefined || isAmounts(grow))
}

function isLimits(limits: unknown): boolean {
  return isMembers(limits) && Object.values(limits).every((limit) => limit === 0 || isAmount(limit))
}

function isAmounts(value: unknown): boolean {
  return isMembers(value) && Object.values(value).every(isAmount)
}

function isAmount(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value > 0
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
