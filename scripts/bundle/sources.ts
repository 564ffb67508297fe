import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { Plugin } from "esbuild"
import { TOP } from "../top.ts"
import { directBuiltins } from "./direct-builtins.ts"
import { directImports, doorsOf } from "./direct-imports.ts"

const DOORS = doorsOf(join(TOP, "packages/spec"))

/** Reads the packages' sources as a bundle is quickest with them. */
export const sources: Plugin = {
  name: "sources",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/packages\/[^/]+\/src\/.*\.ts$/ }, ({ path }) => ({
      contents: directBuiltins(directImports(readFileSync(path, "utf8"), DOORS)),
      loader: "ts",
    })),
}
