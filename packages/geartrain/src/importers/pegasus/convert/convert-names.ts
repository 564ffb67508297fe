/**
 * Names of things of ours for names of Pegasus': each gets one, and no two the same.
 *
 * @param allowed  Characters besides letters and digits.
 */
export function namer(
  allowed: string,
  { most, lower = false }: { readonly most: number; readonly lower?: boolean },
): (name: string) => string {
  const given = new Map<string, string>()
  const taken = new Set<string>()
  return (name) => {
    const known = given.get(name)
    if (known !== undefined) return known
    const other = new RegExp(`[^A-Za-z0-9${allowed}]+`, "g")
    const plain = (lower ? name.toLowerCase() : name)
      .replace(other, "-")
      .replace(/^[-_.]+|[-_.]+$/g, "")
      .slice(0, most)
    const base = plain === "" ? "x" : plain
    let unique = base
    for (let number = 2; taken.has(unique); number++)
      unique = `${base.slice(0, most - String(number).length - 1)}-${number}`
    taken.add(unique)
    given.set(name, unique)
    return unique
  }
}
