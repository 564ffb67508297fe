import { inspect, isDeepStrictEqual } from "node:util"

/** What one line of an example says. */
export interface Claim {
  readonly line: number
  readonly text: string
  readonly run: () => Promise<unknown>
  /** The value it is to have; absent when it is to throw. */
  readonly value?: () => Promise<unknown>
  /** Code or class of the error it is to throw. */
  readonly throws?: string
}

/** The fault of a claim, or nothing when it holds. */
export async function faultOfClaim(claim: Claim): Promise<string | undefined> {
  try {
    const found = await claim.run()
    if (claim.throws !== undefined) return `${claim.text} throws nothing, not ${claim.throws}`
    const wanted = await claim.value?.()
    return isDeepStrictEqual(plain(found), plain(wanted))
      ? undefined
      : `${claim.text} is ${show(found)}, not ${show(wanted)}`
  } catch (error) {
    const { code, name, message } = error as { code?: string; name?: string; message?: string }
    if (claim.throws !== undefined && (claim.throws === code || claim.throws === name)) return undefined
    return `${claim.text} throws ${code ?? name}: ${message}`
  }
}

/** Records with outside keys have no prototype here, which an example cannot show. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== "object" || value === null) return value
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]))
}

function show(value: unknown): string {
  return inspect(value, { depth: 6, breakLength: Number.POSITIVE_INFINITY })
}
