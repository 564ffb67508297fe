import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, describe, it } from "node:test"
import { type Gear, type GearManifest, gearId } from "@geartrain/spec"
import { exportImage } from "../../src/images/index.ts"
import { sha256 } from "../../src/system/hash.ts"
import { missing, run, sh } from "./support/foreign.ts"
import { bytesOf, withImage } from "./support/read-image.ts"
import { temporaryFolder } from "./support/temporary-folder.ts"

const MANIFEST = {
  name: "loaded",
  label: "Loaded",
  description: "d",
  version: "1.0",
  author: "a",
  license: "MIT",
  url: "",
  source: "",
  environment: { LEVEL: "full" },
  config: {},
  inputs: {},
} satisfies GearManifest

/** A gear that says where it is and what it was given, in all forms; made of a static shell. */
async function exportGear(folder: string): Promise<Gear> {
  const tree = join(folder, "tree")
  for (const path of ["bin", "flywheel/v0", "etc"]) mkdirSync(join(tree, path), { recursive: true })
  run(["cp", "/bin/busybox", join(tree, "bin/busybox")])
  sh("for name in sh ls pwd echo; do ln -s busybox $name; done", { cwd: join(tree, "bin") })
  writeFileSync(join(tree, "flywheel/v0/manifest.json"), JSON.stringify(MANIFEST))
  writeFileSync(join(tree, "flywheel/v0/run"), '#!/bin/sh\necho "$PWD $LEVEL"\n', { mode: 0o755 })
  const [gear, tar] = await withImage(tree, async (image, scan) => {
    const id = gearId({ platform: "linux/amd64", tree: scan.tree, manifest: MANIFEST }, sha256)
    const origin = image.origin
    const found: Gear = {
      id,
      platform: "linux/amd64",
      tree: scan.tree,
      manifest: MANIFEST,
      origin,
      entries: 0,
      sizeBytes: 0,
      imported: "",
    }
    return [found, await bytesOf(image.tar(scan))] as const
  })
  for (const form of ["tar", "docker-archive", "oci-archive"] as const) {
    const source = async function* (): AsyncGenerator<Uint8Array> {
      yield tar
    }
    await exportImage({ gear, tar: source() }, join(folder, form), { form })
  }
  return gear
}

describe("docker loads, runs and saves an exported gear", {
  skip: missing("root", "busybox", "dockerd", "containerd", "docker", "runc"),
}, () => {
  let daemon: ReturnType<typeof spawn>
  // Before the folder is removed, which is the next thing that is registered.
  after(async () => {
    const ended = new Promise((resolve) => daemon.once("exit", resolve))
    daemon.kill("SIGTERM")
    await ended
    for (const line of readFileSync("/proc/self/mountinfo", "utf8").split("\n").reverse()) {
      const path = line.split(" ")[4]
      if (path?.startsWith(folder) === true) run(["umount", path])
    }
  })

  const folder = temporaryFolder({ after })
  const host = `unix://${join(folder, "docker.sock")}`
  const docker = (...args: readonly string[]): string =>
    run(["docker", "--host", host, ...args])
      .toString()
      .trim()
  let gear: Gear

  before(async () => {
    gear = await exportGear(folder)
    const flags = { "data-root": "data", "exec-root": "exec", pidfile: "pid" }
    const paths = Object.entries(flags).map(([flag, path]) => `--${flag}=${join(folder, path)}`)
    daemon = spawn(
      "dockerd",
      [`--host=${host}`, ...paths, "--storage-driver=vfs", "--iptables=false", "--ip6tables=false", "--bridge=none"],
      { stdio: "ignore" },
    )
    const deadline = Date.now() + 30_000
    while (!existsSync(join(folder, "docker.sock"))) {
      if (daemon.exitCode !== null || Date.now() > deadline)
        throw new Error(`dockerd did not start (exit ${daemon.exitCode})`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  })

  it("loads the docker archive, and runs the gear in its folder with its environment", () => {
    assert.match(docker("load", "--input", join(folder, "docker-archive")), /Loaded image: loaded:1.0/)
    assert.equal(docker("run", "--rm", "--network", "none", "loaded:1.0"), "/flywheel/v0 full")
  })

  it("saves what it loaded, and exports a container of it, as the same gear", async () => {
    docker("save", "--output", join(folder, "saved"), "loaded:1.0")
    const container = docker("create", "loaded:1.0")
    docker("export", "--output", join(folder, "exported"), container)
    for (const path of ["saved", "exported"]) {
      await withImage(join(folder, path), (image, scan) => {
        assert.equal(scan.tree, gear.tree, path)
        assert.equal(image.origin.kind, path === "saved" ? "docker-archive" : "tar")
      })
    }
  })

  it("imports the flat tar, which is the same gear again", async () => {
    docker("import", join(folder, "tar"), "imported:1.0")
    docker("save", "--output", join(folder, "imported"), "imported:1.0")
    await withImage(join(folder, "imported"), (_, scan) => assert.equal(scan.tree, gear.tree))
  })
})

describe("podman loads and saves an exported gear", { skip: missing("root", "busybox", "podman", "runc") }, () => {
  after(() => void podman("system", "reset", "--force"))
  const folder = temporaryFolder({ after })
  const storage = ["--root", join(folder, "root"), "--runroot", join(folder, "run"), "--storage-driver", "vfs"]
  const podman = (...args: readonly string[]): string =>
    run(["podman", ...storage, "--cgroup-manager", "cgroupfs", ...args])
      .toString()
      .trim()
  let gear: Gear

  before(async () => {
    gear = await exportGear(folder)
  })
  it("loads the docker archive and the OCI archive, and saves them as the same gear", async () => {
    for (const form of ["docker-archive", "oci-archive"]) {
      const loaded = podman("load", "--quiet", "--input", join(folder, form))
      assert.match(loaded, /loaded:1\.0/, form)
      podman("save", "--quiet", "--format", form, "--output", join(folder, `saved-${form}`), "loaded:1.0")
      await withImage(join(folder, `saved-${form}`), (_, scan) => assert.equal(scan.tree, gear.tree, form))
    }
  })
})
