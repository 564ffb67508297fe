import { globSync } from "node:fs"
import { dirname, join } from "node:path"
import { type BuildOptions, build } from "esbuild"
import { TOP } from "../top.ts"

/** Bundles each package of plugins/ into its dist, but for the npm packages that it is there for: npm installs those beside it. */
export async function bundlePlugins(options: BuildOptions): Promise<void> {
  for (const door of globSync("plugins/*/src/index.ts", { cwd: TOP })) {
    await build({
      ...options,
      entryPoints: { index: join(TOP, door) },
      outdir: join(TOP, dirname(dirname(door)), "dist"),
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node24",
      external: ["@aws-sdk/*"],
      legalComments: "none",
      logLevel: "error",
    })
  }
}
