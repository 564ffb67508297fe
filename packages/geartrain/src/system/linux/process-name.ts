import type { ProcessIdentity } from "../host.ts"

/**
 * Writes a process as the name of its folder, so that everybody can tell whether what lies in it still has an owner.
 *
 * @example
 *   processName({ pid: 12, startTime: "99@6f1c@4026531836", host: "lab/1" }) // => "12@99@6f1c@4026531836@lab%2F1"
 */
export function processName(identity: ProcessIdentity): string {
  return `${identity.pid}@${identity.startTime}@${encodeURIComponent(identity.host)}`
}

/** Reads the name back; `undefined` for a name that no process of ours has given. */
export function parseProcessName(name: string): ProcessIdentity | undefined {
  const match = /^(\d{1,10})@(\d{1,20}@[0-9a-f-]{1,64}@\d{1,20})@([\w.~!*'()%-]{1,200})$/.exec(name)
  if (match?.[1] === undefined || match[2] === undefined || match[3] === undefined) return undefined
  try {
    return { pid: Number(match[1]), startTime: match[2], host: decodeURIComponent(match[3]) }
  } catch {
    // A per cent sign that `encodeURIComponent` did not write.
    return undefined
  }
}
