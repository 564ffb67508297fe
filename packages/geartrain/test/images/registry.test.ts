import assert from "node:assert/strict"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, describe, it } from "node:test"
import { gzipSync } from "node:zlib"
import { openImage } from "../../src/images/index.ts"
import { missing, run, runBeside } from "./support/foreign.ts"
import { digestOf, makeOciArchive } from "./support/make-image.ts"
import { makeTar } from "./support/make-tar.ts"
import { bytesOf, listingOf, refusal, scanImage, withImage } from "./support/read-image.ts"
import { type Running, startRegistry, startTokenServer, type TokenServer } from "./support/registry-server.ts"
import { temporaryFolder } from "./support/temporary-folder.ts"

const PATIENCE = { timeoutMs: 5000, retries: 1, retryDelayMs: 10 }
const ANN = "ann:her:pass word"
/** bcrypt of her password, as htpasswd -B writes it. */
const ANNS_HASH = "$2y$05$abcdefghijklmnopqrstuuh/CnMLXL5JblG9hZybfUxvEt9xNg236"

describe("A registry", { skip: missing("docker-registry", "skopeo") }, () => {
  const folder = temporaryFolder({ after })
  const archive = join(folder, "image.tar")
  const lower = makeTar([
    { path: "flywheel/v0/manifest.json", body: "{}" },
    { path: "gone" },
    { path: "data", body: Buffer.alloc(300_000, "some data ") },
  ])
  const upper = makeTar([{ path: ".wh.gone" }, { path: "kept", body: "k" }])
  let listing = ""

  before(async () => {
    const image = { layers: [{ tar: lower, packed: gzipSync(lower) }, { tar: upper }], config: { Env: ["A=b"] } }
    writeFileSync(archive, makeOciArchive([image]))
    listing = await listingOf(archive)
  })

  const push = (host: string, repository: string, ...options: readonly string[]): Promise<void> =>
    runBeside([
      "skopeo",
      "copy",
      "--quiet",
      "--dest-tls-verify=false",
      ...options,
      `oci-archive:${archive}`,
      `docker://${host}/${repository}`,
    ])

  const authFile = (host: string, secret: string, name = "auth.json"): string => {
    const path = join(folder, name)
    writeFileSync(path, JSON.stringify({ auths: { [host]: { auth: Buffer.from(secret).toString("base64") } } }))
    return path
  }

  describe("that everybody may read from", () => {
    let registry: Running
    before(async () => {
      registry = await startRegistry(join(folder, "anonymous"))
      await push(registry.host, "lab/tool:1.0")
      await push(registry.host, "lab/docker-format:1.0", "--format", "v2s2")
    })
    after(() => registry.stop())

    it("gives the tree that the archive has, by tag and by digest, in both manifest formats", async () => {
      const { host } = registry
      const reference = `${host}/lab/tool:1.0`
      assert.equal(await listingOf(reference, { patience: PATIENCE }), listing)
      assert.equal(await listingOf(`docker://${reference}`, { patience: PATIENCE }), listing)
      assert.equal(await listingOf(`${host}/lab/docker-format:1.0`, { patience: PATIENCE }), listing)
      await withImage(reference, async ({ origin, declaration }) => {
        assert.equal(origin.kind, "registry")
        assert.equal(origin.reference, reference)
        assert.deepEqual(declaration?.env, ["A=b"])
        const digest = run([
          "skopeo",
          "inspect",
          "--tls-verify=false",
          "--format",
          "{{.Digest}}",
          `docker://${reference}`,
        ])
          .toString()
          .trim()
        assert.equal(origin.imageDigest, digest)
        assert.equal(await listingOf(`${host}/lab/tool@${digest}`, { patience: PATIENCE }), listing)
        assert.equal(await listingOf(`${host}/lab/tool:other@${digest}`, { patience: PATIENCE }), listing)
      })
    })

    it("is asked for each layer once, for both passes", async () => {
      await withImage(`${registry.host}/lab/tool:1.0`, async (image, scan) => {
        await registry.stop()
        const tar = await bytesOf(image.tar(scan))
        assert.equal((await scanImage(tar)).tree, scan.tree)
        registry = await startRegistry(join(folder, "anonymous"))
      })
    })

    it("tells the digest of an image before any layer is brought here", async () => {
      const image = await openImage(`${registry.host}/lab/tool:1.0`, { temporaryFolder: folder, patience: PATIENCE })
      assert.match(image.origin.imageDigest ?? "", /^sha256:/)
      await image.close()
    })

    it("that has no such image is an error that says so", async () => {
      for (const name of ["lab/none:1.0", "lab/tool:none"]) {
        const error = await refusal(`${registry.host}/${name}`, { patience: PATIENCE })
        assert.equal(error.code, "REGISTRY_NOT_FOUND")
        assert.match(error.message, /^Cannot get manifest ".*" of ".*": the registry does not have it$/)
      }
    })
  })

  describe("that asks for a name and a password", () => {
    let registry: Running
    before(async () => {
      mkdirSync(join(folder, "basic"))
      const file = join(folder, "basic", "htpasswd")
      writeFileSync(file, `ann:${ANNS_HASH}\n`)
      registry = await startRegistry(join(folder, "basic"), [
        "auth:",
        "  htpasswd:",
        "    realm: test",
        `    path: ${file}`,
      ])
      await push(registry.host, "lab/tool:1.0", "--dest-creds", ANN)
    })
    after(() => registry.stop())

    it("is read with what docker login wrote down", async () => {
      const authFiles = [join(folder, "no-such-file"), authFile(registry.host, ANN)]
      assert.equal(await listingOf(`${registry.host}/lab/tool:1.0`, { authFiles, patience: PATIENCE }), listing)
    })

    it("refuses without, and with a wrong password, which is in no message", async () => {
      const without = await refusal(`${registry.host}/lab/tool:1.0`, { patience: PATIENCE })
      assert.equal(without.code, "REGISTRY_UNAUTHORIZED")
      assert.match(without.message, /no credentials are known for it/)
      assert.match(without.hint ?? "", /docker login/)
      const authFiles = [authFile(registry.host, "ann:wrong-secret", "wrong.json")]
      const wrong = await refusal(`${registry.host}/lab/tool:1.0`, { authFiles, patience: PATIENCE })
      assert.equal(wrong.code, "REGISTRY_UNAUTHORIZED")
      assert.match(wrong.message, /the credentials were refused/)
      assert.doesNotMatch(
        JSON.stringify([wrong.message, wrong.details, wrong.hint, String(wrong.cause)]),
        /wrong-secret/,
      )
    })
  })

  describe("that asks for a token", { skip: missing("openssl") }, () => {
    let registry: Running
    let tokens: TokenServer
    before(async () => {
      tokens = await startTokenServer(join(folder, "tokens"))
      registry = await startRegistry(join(folder, "token-registry"), tokens.auth)
      await push(registry.host, "open/tool:1.0", "--dest-creds", ANN)
      await push(registry.host, "closed/tool:1.0", "--dest-creds", ANN)
      tokens.grants.length = 0
    })
    after(async () => {
      await registry.stop()
      await tokens.stop()
    })

    it("is read with a token that everybody gets, fetched once", async () => {
      assert.equal(await listingOf(`${registry.host}/open/tool:1.0`, { patience: PATIENCE }), listing)
      assert.deepEqual(tokens.grants, [{ user: undefined, scope: "repository:open/tool:pull" }])
    })

    it("is read with a token for credentials, and with no other", async () => {
      const authFiles = [authFile(registry.host, ANN)]
      assert.equal(await listingOf(`${registry.host}/closed/tool:1.0`, { authFiles, patience: PATIENCE }), listing)
      assert.equal(
        (await refusal(`${registry.host}/closed/tool:1.0`, { patience: PATIENCE })).code,
        "REGISTRY_UNAUTHORIZED",
      )
      const wrong = [authFile(registry.host, "ann:no", "no.json")]
      assert.equal(
        (await refusal(`${registry.host}/closed/tool:1.0`, { authFiles: wrong, patience: PATIENCE })).code,
        "REGISTRY_UNAUTHORIZED",
      )
    })
  })

  it("is pushed to by skopeo what the test expects", () => {
    assert.match(listing, new RegExp(digestOf(Buffer.from("{}")).slice(7)))
  })
})
