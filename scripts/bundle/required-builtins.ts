import { isBuiltin } from "node:module"
import type { Plugin } from "esbuild"

/**
 * Lets packages in CommonJS ask for modules of Node's own from within a bundle of ES modules, which has no `require`: they get them when they
 * ask, and nothing is loaded before.
 */
export const requiredBuiltins: Plugin = {
  name: "required-builtins",
  setup: (build) => {
    build.onResolve({ filter: /^[\w:/]+$/ }, ({ path, kind }) =>
      kind === "require-call" && isBuiltin(path) ? { path: path.replace(/^node:/, ""), namespace: "required" } : null,
    )
    build.onLoad({ filter: /.*/, namespace: "required" }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule("${path}")`,
    }))
  },
}
