import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

const digestOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

/** Writes a folder as `docker save` writes an image of one layer. @returns the archive's sha256. */
export async function writeDockerArchive(root: string, to: string, env: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-docker-"))
  try {
    execFileSync("tar", ["-C", root, "-cf", join(folder, "layer.tar"), "."])
    const layer = digestOf(await readFile(join(folder, "layer.tar")))
    await mkdir(join(folder, layer))
    await rename(join(folder, "layer.tar"), join(folder, layer, "layer.tar"))
    const config = JSON.stringify({
      ...{ architecture: process.arch === "arm64" ? "arm64" : "amd64", os: "linux", config: { Env: env } },
      rootfs: { type: "layers", diff_ids: [`sha256:${layer}`] },
    })
    const name = `${digestOf(Buffer.from(config))}.json`
    await writeFile(join(folder, name), config)
    const manifest = [{ Config: name, RepoTags: ["boxed:1"], Layers: [`${layer}/layer.tar`] }]
    await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest))
    execFileSync("tar", ["-C", folder, "-cf", to, name, layer, "manifest.json"])
    return digestOf(await readFile(to))
  } finally {
    await rm(folder, { recursive: true })
  }
}
