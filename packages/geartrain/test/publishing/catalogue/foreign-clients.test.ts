import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, describe, it } from "node:test"
import { type CliHome, openCliHome } from "../../cli/cli-home.ts"
import { replyOf } from "../../cli/gear-process.ts"
import { missing, runBeside } from "../../images/support/foreign.ts"
import { type Running, startRegistry, startTokenServer } from "../../images/support/registry-server.ts"
import { temporaryFolder } from "../../images/support/temporary-folder.ts"
import { busyboxMissing } from "../../programs/busybox-gear.ts"

const skip = missing("docker-registry", "skopeo") || (busyboxMissing() ?? false)

describe("A gear in a registry", { skip }, () => {
  const folder = temporaryFolder({ after })
  let registry: Running
  let home: CliHome
  let place = ""
  let gear = ""

  before(async () => {
    registry = await startRegistry(join(folder, "registry"))
    home = await openCliHome()
    place = `${registry.host}/lab`
    await home.import({ name: "speaker", version: "1.0.0+1", command: "echo one > output/said.txt" })
    await home.gear(["key", "new"])
    const published = await home.gear(["publish", "speaker", "-c", place, "--json"])
    assert.equal(published.code, 0, published.out + published.err)
    gear = (replyOf(published)["data"] as { gear: string }).gear
  })
  after(async () => {
    await home.close()
    await registry.stop()
  })

  const installFrom = async (from: string) => {
    const user = await openCliHome()
    try {
      const pub = join(home.folder, ".config/geartrain/keys/own/default.pub")
      await user.gear(["key", "trust", pub, "--as", "lab"])
      const installed = await user.gear(["install", "speaker", "-c", from, "--json"])
      assert.equal(installed.code, 0, installed.out + installed.err)
      return replyOf(installed)["data"] as { id: string; signedBy: readonly string[] }
    } finally {
      await user.close()
    }
  }

  it("is installed with the same id, and its signature is found", async () => {
    const { id, signedBy } = await installFrom(place)
    assert.deepEqual([id, signedBy], [gear, ["lab"]])
  })

  it("is listed there with its tags and without what refers to it", async () => {
    const tags = (await (await fetch(`http://${registry.host}/v2/lab/speaker/tags/list`)).json()) as { tags: string[] }
    assert.ok(tags.tags.includes("1.0.0--2b1"))
    assert.ok(tags.tags.some((tag) => tag.startsWith("sha256-")))
    const found = await home.gear(["search", "-a", "-c", place])
    assert.match(found.out, /^speaker +1\.0\.0\+1 /m)
    assert.equal(found.out.trim().split("\n").length, 2)
  })

  it("is an artifact whose config is the gear manifest, for every client", async () => {
    const copy = join(folder, "copy")
    const source = `docker://${registry.host}/lab/speaker:1.0.0--2b1`
    await runBeside(["skopeo", "copy", "--quiet", "--src-tls-verify=false", source, `dir:${copy}`])
    const manifest = JSON.parse(readFileSync(join(copy, "manifest.json"), "utf8"))
    assert.equal(manifest.config.mediaType, "application/vnd.geartrain.gear.manifest.v1+json")
    assert.equal(manifest.artifactType, "application/vnd.geartrain.gear.v1")
    assert.equal(manifest.annotations["geartrain.gear"], gear)
    const config = JSON.parse(readFileSync(join(copy, manifest.config.digest.slice(7)), "utf8"))
    assert.deepEqual([config.name, config.version], ["speaker", "1.0.0+1"])
  })

  it("is no image, and whoever pulls it as one is told what to do", async () => {
    const pulled = await home.gear(["pull", `${registry.host}/lab/speaker:1.0.0--2b1`])
    assert.equal(pulled.code, 1)
    assert.match(pulled.err, /IMAGE_MANIFEST_INVALID: .* which is no container image\n→ .*gear install NAME@VERSION/)
  })

  it("is copied by skopeo to another registry and into a folder, and installed from there", async () => {
    const other = await startRegistry(join(folder, "other"))
    try {
      const tag = "lab/speaker:1.0.0--2b1"
      const to = ["skopeo", "copy", "--quiet", "--src-tls-verify=false", "--dest-tls-verify=false"]
      await runBeside([...to, `docker://${registry.host}/${tag}`, `docker://${other.host}/${tag}`])
      const user = await openCliHome()
      const installed = await user.gear(["install", "speaker@1.0.0+1", "-c", `${other.host}/lab`, "--json"])
      assert.equal((replyOf(installed)["data"] as { id: string }).id, gear, installed.out)
      await user.close()
    } finally {
      await other.stop()
    }
  })

  it("lies in a folder as an image layout that skopeo copies into a registry", async () => {
    const shelf = join(folder, "gears")
    assert.equal((await home.gear(["publish", "speaker", "-c", shelf])).code, 0)
    const target = `docker://${registry.host}/copied/speaker:1.0.0--2b1`
    const source = `oci:${join(shelf, "speaker")}:1.0.0--2b1`
    await runBeside(["skopeo", "copy", "--quiet", "--dest-tls-verify=false", source, target])
    const user = await openCliHome()
    const installed = await user.gear(["install", "speaker", "-c", `${registry.host}/copied`, "--json"])
    assert.equal((replyOf(installed)["data"] as { id: string }).id, gear, installed.out)
    await user.close()
  })
})

describe("A registry that asks who is there", { skip: skip || missing("openssl") }, () => {
  const folder = temporaryFolder({ after })

  it("is published to with what docker login wrote down, and refuses without", async () => {
    const tokens = await startTokenServer(join(folder, "tokens"))
    const registry = await startRegistry(join(folder, "closed"), tokens.auth)
    const home = await openCliHome()
    try {
      await home.import({ name: "speaker", command: "true" })
      const place = `${registry.host}/closed`
      const refused = await home.gear(["publish", "speaker", "-c", place, "--json"])
      assert.equal(refused.code, 4, refused.out)
      assert.match(refused.out, /no credentials are known for it/)
      const auth = Buffer.from("ann:her:pass word").toString("base64")
      await home.write("config.json", JSON.stringify({ auths: { [registry.host]: { auth } } }))
      const env = { DOCKER_CONFIG: home.folder }
      const published = await home.gear(["publish", "speaker", "-c", place], { env })
      assert.equal(published.code, 0, published.err)
      assert.ok(tokens.grants.some(({ user, scope }) => user === "ann" && /closed\/speaker:.*push/.test(scope)))
      assert.equal((await home.gear(["install", "speaker", "-c", place], { env })).code, 0)
    } finally {
      await home.close()
      await registry.stop()
      await tokens.stop()
    }
  })
})
