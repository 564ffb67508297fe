import type { BuildPlan } from "../build-plan.ts"

/**
 * Takes a folder that is a root filesystem for what is built: nothing is made of it, so its identity tells by itself whether anything has
 * changed.
 */
export function planFolder(folder: string): BuildPlan {
  return {
    kind: "folder",
    source: folder,
    notes: [],
    build: async () => folder,
    isUnchanged: async () => true,
    close: async () => undefined,
  }
}
