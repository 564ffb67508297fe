import { type NamedEntry, UsedNames } from "./used-names.ts"

/** What a gear is by the specification, whatever it was seen to use. */
const ALWAYS = ["/flywheel/v0/manifest.json", "/flywheel/v0/run"]

/**
 * Begins a slim gear: with what every gear has to have, and with the folders and links at the top of its root, which cost nothing and which programs
 * may take for granted.
 */
export function slimNames(tree: ReadonlyMap<string, NamedEntry>): UsedNames {
  const used = new UsedNames(tree)
  for (const [name, { type }] of tree) {
    const isTop = !name.includes("/")
    if (isTop && type === "folder") used.use(`/${name}`)
    // Of a link, it alone: what it leads to may be large.
    else if (isTop && type === "link") used.names.add(name)
  }
  for (const path of ALWAYS) used.execute(path)
  return used
}
