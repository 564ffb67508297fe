import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"

/** What a package may be imported as, and for each the files that its names come from. */
export type Doors = ReadonlyMap<string, ReadonlyMap<string, string>>

/** @param folder  Of a package whose doors have re-exports and nothing else. */
export function doorsOf(folder: string): Doors {
  const { name, exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    readonly name: string
    readonly exports: Readonly<Record<string, string>>
  }
  return new Map(Object.entries(exports).map(([door, path]) => [join(name, door), namesBehind(join(folder, path))]))
}

function namesBehind(index: string): ReadonlyMap<string, string> {
  const homes = new Map<string, string>()
  for (const [, names = "", path = ""] of readFileSync(index, "utf8").matchAll(REEXPORT)) {
    for (const name of namesIn(names)) homes.set(name, join(dirname(index), path))
  }
  return homes
}

const REEXPORT = /export (?:type )?\{([^}]*)\} from "([^"]+)"/g
const IMPORT = /import \{([^}]*)\} from "([^"]+)"/g

/**
 * Has a source import from the files where things are, and not from the doors of their package.
 *
 * esbuild splits a bundle by files, and takes a file that imports a door for one that needs all that is behind it: then each command loads all
 * of the specification, whatever it uses of it.
 *
 * @example
 *   directImports('import { a, type B } from "spec"', new Map([["spec", new Map([["a", "/spec/a.ts"]])]]))
 *   // => 'import { a } from "/spec/a.ts"'
 */
export function directImports(source: string, doors: Doors): string {
  return source.replace(IMPORT, (whole, names: string, from: string) => {
    const homes = doors.get(from)
    if (homes === undefined) return whole
    const imports = namesIn(names)
      .filter((name) => !name.startsWith("type "))
      .map((name) => {
        const home = homes.get(name.split(" as ")[0] ?? "")
        return home === undefined ? undefined : `import { ${name} } from ${JSON.stringify(home)}`
      })
    // A name that nobody knows is left for esbuild to tell.
    return imports.includes(undefined) ? whole : imports.join("; ")
  })
}

function namesIn(list: string): readonly string[] {
  return list
    .split(",")
    .map((name) => name.trim().replaceAll(/\s+/g, " "))
    .filter((name) => name !== "")
}
