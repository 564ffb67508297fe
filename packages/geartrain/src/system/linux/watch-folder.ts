import { watch } from "node:fs"

/** Calls back whenever something in a folder is made, changed or removed, until it is closed. May call back once too often. */
export function watchFolder(folder: string, onChange: () => void): { close(): void } {
  try {
    const watcher = watch(folder, { persistent: false }, onChange)
    watcher.on("error", () => undefined)
    return watcher
  } catch {
    // Out of inotify instances or watches (a limit of the user's), or a file system without: looking now and then does as well.
    const timer = setInterval(onChange, 20).unref()
    return { close: () => clearInterval(timer) }
  }
}
