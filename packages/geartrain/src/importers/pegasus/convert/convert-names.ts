/** What names of ours may be. */
export interface NameForm {
  readonly most: number
  readonly lower?: boolean
  /** They begin with a letter. */
  readonly letterFirst?: boolean
}

/**
 * Names of things of ours for names of Pegasus': each gets one, and no two the same.
 *
 * @param allowed  Characters besides letters and digits.
 */
export function namer(
  allowed: string,
  { most, lower = false, letterFirst = false }: NameForm,
): (name: string) => string {
  const given = new Map<string, string>()
  const taken = new Set<string>()
  const other = new RegExp(`[^A-Za-z0-9${allowed}]+`, "g")
  return (name) => {
    const known = given.get(name)
    if (known !== undefined) return known
    const plain = (lower ? name.toLowerCase() : name).replace(other, "-").replace(/^[-_.]+|[-_.]+$/g, "")
    const begun = plain === "" ? "x" : letterFirst && /^[0-9]/.test(plain) ? `x${plain}` : plain
    const base = begun.slice(0, most)
    let unique = base
    for (let number = 2; taken.has(unique); number++)
      unique = `${base.slice(0, most - String(number).length - 1)}-${number}`
    taken.add(unique)
    given.set(name, unique)
    return unique
  }
}
