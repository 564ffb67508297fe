/**
 * Holds what documents point at: every path in backticks that looks like one of the repository's, every relative link, and every
 * `npm run` command exist; and every document in `docs` is found by following links from README.md.
 */
import { existsSync, readFileSync } from "node:fs"
import { dirname, join, normalize } from "node:path"
import { complain } from "./source/complain.ts"
import { findFiles } from "./source/source-file.ts"
import { TOP } from "./top.ts"

/** Paths in documents are written from the top, from the document's own folder, or as a room. */
const BASES = ["", "packages/geartrain/src"]

const documents = findFiles("*.md", "{docs,packages,examples,conformance,bench,plugins}/**/*.md")
const { scripts } = JSON.parse(readFileSync(join(TOP, "package.json"), "utf8")) as { scripts: Record<string, string> }
complain([...documents.flatMap(faultsOf), ...unfound()], `${documents.length} documents`)

function faultsOf(path: string): readonly string[] {
  const text = readFileSync(join(TOP, path), "utf8")
  const lines = text.replaceAll(/^```.*?^```/gms, (block) => block.replaceAll(/[^\n]/g, "")).split("\n")
  const inProse = lines.flatMap((line, index) => [
    ...missingPaths(line, path).map((found) => `${path}:${index + 1}: there is no \`${found}\``),
    ...missingLinks(line, path, text).map((found) => `${path}:${index + 1}: the link ${found} leads nowhere`),
  ])
  return [...inProse, ...missingCommands(text).map((name) => `${path}: there is no command: npm run ${name}`)]
}

function unfound(): readonly string[] {
  const found = new Set(["README.md"])
  for (const document of found) {
    for (const target of linkedFrom(document)) {
      if (documents.includes(target)) found.add(target)
      // A link to a folder shows its list.
      else if (documents.includes(join(target, "README.md"))) found.add(join(target, "README.md"))
    }
  }
  return documents
    .filter((document) => document.startsWith("docs/") && !found.has(document))
    .map((document) => `${document}: no link leads here from README.md`)
}

function linkedFrom(document: string): readonly string[] {
  const links = readFileSync(join(TOP, document), "utf8").matchAll(/\]\(([^)\s#]+)(?:#[^)\s]*)?\)/g)
  return [...links].map((match) => normalize(join(dirname(document), match[1] ?? "")))
}

function missingPaths(line: string, document: string): readonly string[] {
  return [...line.matchAll(/`([\w@][\w@.-]*(?:\/[\w@.-]*)+|[A-Z]+\.md)`/g)]
    .map((match) => match[1] ?? "")
    .filter((path) => {
      const bases = [...BASES, dirname(document)]
      // Made by the build, and there only afterwards.
      if (path.includes("/dist")) return false
      // Only what begins with a folder of ours is a path of ours: `application/json` is not.
      const isOurs = path.endsWith(".md") || bases.some((base) => existsSync(join(TOP, base, path.split("/")[0] ?? "")))
      return isOurs && !bases.some((base) => existsSync(join(TOP, base, path)))
    })
}

function missingLinks(line: string, document: string, text: string): readonly string[] {
  return [...line.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? "")
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [path = "", anchor] = link.split("#")
      const target = path === "" ? document : normalize(join(dirname(document), path))
      if (!existsSync(join(TOP, target))) return true
      if (anchor === undefined || !target.endsWith(".md")) return false
      return !anchorsOf(path === "" ? text : readFileSync(join(TOP, target), "utf8")).includes(anchor)
    })
}

/** Anchors of headings, as GitHub makes them. */
function anchorsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map((match) =>
    (match[1] ?? "")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  )
}

function missingCommands(text: string): readonly string[] {
  const names = [...text.matchAll(/npm run ([\w-]+)/g)].map((match) => match[1] ?? "")
  return [...new Set(names)].filter((name) => !Object.hasOwn(scripts, name))
}
