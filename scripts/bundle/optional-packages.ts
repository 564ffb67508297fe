import type { Plugin } from "esbuild"

/** Packages of plugins/ stay out of every bundle: users install those that they need. */
export const optionalPackages: Plugin = {
  name: "optional-packages",
  setup: ({ onResolve }) => {
    onResolve({ filter: /^@geartrain\/s3$/ }, ({ path }) => ({ path, external: true }))
  },
}
