import { readFileSync } from "node:fs"

let known: number | undefined

/** Largest number of open files that this process may allow a program, for which it needs no right that it lacks. Infinity for no limit. */
export function openFilesLimit(): number {
  known ??= readOpenFilesLimit()
  return known
}

function readOpenFilesLimit(): number {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1]
  return hard === undefined || hard === "unlimited" ? Number.POSITIVE_INFINITY : Number(hard)
}
