/**
 * Tells which paths of a folder no Dockerfile sees, by its `.dockerignore`: as many of them as can be told for certain. What is taken for seen
 * and is not costs a build at most; what is seen must never be taken for ignored.
 *
 * So only plain names count (`.git`, `data/raw`, `results/`), and only in a file that has no exception (`!name`).
 *
 * @see https://docs.docker.com/build/concepts/context/#dockerignore-files
 * @example
 *   isIgnored(readIgnored("# mine\n.git\n*.tmp\n"), ".git/config") // => true
 */
export function readIgnored(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  if (lines.some((line) => line.startsWith("!"))) return []
  return lines
    .filter((line) => line !== "" && !line.startsWith("#") && !/[*?[\]\\]/.test(line))
    .map((line) => line.replace(/^\.?\//, "").replace(/\/$/, ""))
    .filter((line) => line !== "" && !line.split("/").some((name) => name === "" || name === "." || name === ".."))
}

export function isIgnored(ignored: readonly string[], path: string): boolean {
  return ignored.some((name) => path === name || path.startsWith(`${name}/`))
}
