import type { TreeView, ViewedEntry } from "@geartrain/ports"

/** A tree by its paths: the content of a file as far as anybody asks, and what is not as usual about an entry. */
export type MemoryTree = Readonly<
  Record<string, string | (Partial<Omit<ViewedEntry, "path">> & { readonly head?: string })>
>

/** A view of a tree that stands in a test: folders are made as they are needed, files belong to root and have mode 755. */
export function memoryTree(tree: MemoryTree): TreeView {
  const entries = new Map<string, ViewedEntry>()
  const heads = new Map<string, Uint8Array>()
  for (const [path, given] of Object.entries(tree)) {
    const names = path.split("/")
    for (let end = 1; end < names.length; end++) {
      const folder = names.slice(0, end).join("/")
      if (!entries.has(folder)) entries.set(folder, { path: folder, type: "folder", mode: 0o755, uid: 0, gid: 0 })
    }
    const { head, ...members } = typeof given === "string" ? { head: given } : given
    const type = members.target === undefined ? "file" : "link"
    entries.set(path, { path, type, mode: 0o755, uid: 0, gid: 0, ...members })
    if (head !== undefined) heads.set(path, new TextEncoder().encode(head).subarray(0, 256))
  }
  const find = (path: string, links = 0): ViewedEntry | undefined => {
    const names = path.split("/").filter((name) => name !== "")
    for (let end = 1; end <= names.length; end++) {
      const here = names.slice(0, end).join("/")
      const target = entries.get(here)?.target
      if (target === undefined) continue
      const from = target.startsWith("/") ? target : `${names.slice(0, end - 1).join("/")}/${target}`
      return links > 8 ? undefined : find(`${from}/${names.slice(end).join("/")}`, links + 1)
    }
    return entries.get(names.join("/"))
  }
  return {
    entries: () => [...entries.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    find,
    head: (path) => heads.get(find(path)?.path ?? ""),
  }
}
