import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { chmodSync, mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, suite, test } from "node:test"
import { type CliHome, openCliHome } from "../../cli/cli-home.ts"
import { codeOf, type GearResult, replyOf } from "../../cli/gear-process.ts"
import { busyboxMissing, makeBusyboxGear } from "../../programs/busybox-gear.ts"
import { manifestText, writeFiles } from "./gear-folder.ts"

function buildahMissing(): string | undefined {
  try {
    execFileSync("buildah", ["--version"], { stdio: "ignore" })
  } catch {
    return "needs buildah"
  }
  return process.getuid?.() === 0 ? busyboxMissing() : "needs root, for buildah to keep images of its own"
}

interface BuildData {
  readonly id: string
  readonly skipped: boolean
  readonly builder: { readonly name: string }
  readonly warnings: readonly string[]
  readonly changes: { readonly tree: { readonly changed: readonly { readonly path: string }[] } } | null
}

function dataOf(result: GearResult): BuildData {
  const reply = replyOf(result)
  assert.equal(reply.ok, true, result.out + result.err)
  return reply["data"] as BuildData
}

const DOCKERFILE = `FROM localhost/geartrain-test-base
WORKDIR /flywheel/v0
COPY manifest.json run ./
RUN echo built > made.txt
`
const RUN = "#!/bin/sh\ncat made.txt > output/made.txt\n"

suite("gear build of a Dockerfile", { skip: buildahMissing() ?? false }, () => {
  let home: CliHome
  let env: Readonly<Record<string, string>>

  before(async () => {
    home = await openCliHome()
    env = { CONTAINERS_STORAGE_CONF: writeStorage(home.folder) }
    const base = makeBusyboxGear(join(home.folder, "base"), { command: "true" })
    rmSync(join(base, "flywheel"), { recursive: true })
    writeFiles(home.folder, { "base.Dockerfile": "FROM scratch\nCOPY . /\n" })
    execFileSync(
      "buildah",
      ["build", "--isolation=chroot", "--tag=localhost/geartrain-test-base", "--file=base.Dockerfile", base],
      { cwd: home.folder, env: { ...process.env, ...env }, stdio: "ignore" },
    )
  })
  after(async () => {
    execFileSync("buildah", ["rmi", "--all", "--force"], { env: { ...process.env, ...env }, stdio: "ignore" })
    await home.close()
  })

  function folder(name: string, files: Readonly<Record<string, string>> = {}): string {
    const manifest = manifestText({ name, config: {} })
    return writeFiles(join(home.folder, name), {
      Dockerfile: DOCKERFILE,
      "manifest.json": manifest,
      run: RUN,
      ...files,
    })
  }

  const build = async (...args: readonly string[]): Promise<GearResult> =>
    await home.gear(["build", "--json", "--builder", "buildah", ...args], { env })

  test("a Dockerfile becomes a gear, from a base image that is here and without the network, and the gear runs", async () => {
    const data = dataOf(await build(folder("docked"), "--network", "none"))
    assert.equal(data.builder.name, "buildah")
    const job = await home.run("docked")
    assert.equal(job.state, "complete")
    assert.equal(await home.read(`${job.outputFolder}/made.txt`), "built\n")
    assert.match((await home.gear(["show", "docked"])).out, /docked\/Dockerfile/)
  })

  test("without the network no step reaches one, and no image is pulled", async () => {
    const sealed = folder("sealed", { Dockerfile: `${DOCKERFILE}RUN cat /proc/net/dev > interfaces.txt\n` })
    dataOf(await build(sealed, "--network", "none"))
    await home.gear(["export", "sealed", "--as", "dir", "-o", "sealed-root"])
    const seen = await home.read("sealed-root/flywheel/v0/interfaces.txt")
    assert.deepEqual(
      seen
        .split("\n")
        .slice(2)
        .map((line) => line.split(":")[0]?.trim())
        .filter((name) => name !== ""),
      ["lo"],
    )
    const absent = folder("absent", { Dockerfile: "FROM localhost/geartrain-test-absent\n" })
    const result = await build(absent, "--network", "none")
    assert.equal(codeOf(result), "BUILD_FAILED")
    assert.match(result.out, /geartrain-test-absent/)
  })

  test("the context decides whether anything is built: bytes and permissions, not times, and not what no step sees", async () => {
    const place = folder("context", { ".dockerignore": "notes\n", "notes/today.txt": "1\n" })
    const first = dataOf(await build(place))
    assert.equal(first.skipped, false)
    utimesSync(join(place, "run"), 1_000_000, 2_000_000)
    writeFileSync(join(place, "notes/today.txt"), "2\n")
    assert.deepEqual([dataOf(await build(place)).skipped, dataOf(await build(place)).id], [true, first.id])
    writeFileSync(join(place, "run"), `${RUN}exit 0\n`)
    const changed = dataOf(await build(place))
    assert.equal(changed.skipped, false)
    assert.ok(changed.changes?.tree.changed.some(({ path }) => path === "flywheel/v0/run"))
    chmodSync(join(place, "run"), 0o700)
    assert.equal(dataOf(await build(place)).skipped, false)
  })

  test("nothing of the user's environment reaches a step", async () => {
    const place = folder("clean", { Dockerfile: `${DOCKERFILE}RUN env > variables.txt\n` })
    dataOf(
      await home.gear(["build", "--json", "--builder", "buildah", place], { env: { ...env, SECRET_TOKEN: "s3cret" } }),
    )
    await home.gear(["export", "clean", "--as", "dir", "-o", "clean-root"])
    const variables = await home.read("clean-root/flywheel/v0/variables.txt")
    assert.match(variables, /^PATH=/m)
    assert.doesNotMatch(variables, /s3cret/)
  })

  test("a step that fails is named, with its exit code and its last lines", async () => {
    const place = folder("failing", {
      Dockerfile: `${DOCKERFILE}RUN echo compiling; echo "no rule to make" >&2; exit 7\n`,
    })
    for (const network of ["none", "outbound"]) {
      const result = await build(place, "--network", network)
      assert.equal(result.code, 1)
      const error = replyOf(result)["error"] as { readonly code: string; readonly message: string }
      assert.equal(error.code, "BUILD_FAILED")
      assert.match(error.message, /step "RUN echo compiling; .*exit 7" failed with exit code 7/)
      assert.match(error.message, /no rule to make/)
    }
    const listed = await home.gear(["ls", "--json"])
    assert.doesNotMatch(listed.out, /failing/)
  })

  test("a build that is interrupted ends, keeps nothing, and says so", async () => {
    const place = folder("slow", { Dockerfile: `${DOCKERFILE}RUN sleep 600\n` })
    let asked = false
    const result = await home.gear(["build", place, "--builder", "buildah"], {
      env,
      onOutput: ({ err, kill }) => {
        if (asked || !err.includes("RUN sleep")) return
        asked = true
        kill("SIGINT")
      },
    })
    assert.equal(result.code, 130, result.err)
    assert.match(result.err, /INTERRUPTED/)
    assert.doesNotMatch((await home.gear(["ls", "--json"])).out, /slow/)
  })

  test("a Dockerfile that is none, and an image without a manifest, are told", async () => {
    assert.equal(codeOf(await build(folder("nonsense", { Dockerfile: "FORM x\n" }))), "BUILD_FAILED")
    const bare = folder("bare", { Dockerfile: "FROM localhost/geartrain-test-base\n" })
    assert.equal(codeOf(await build(bare, "--network", "none")), "IMAGE_NOT_A_GEAR")
  })

  test("variables that an image sets and a gear does not get are told, and taken over when that is wanted", async () => {
    const place = folder("variables", { Dockerfile: `${DOCKERFILE}ENV TOOL_HOME=/opt/tool\n` })
    assert.match(dataOf(await build(place)).warnings.join(), /TOOL_HOME/)
    const taken = dataOf(await build(place, "--image-env"))
    assert.doesNotMatch(taken.warnings.join(), /TOOL_HOME/)
    assert.match((await home.gear(["show", "variables", "--json"])).out, /"TOOL_HOME":"\/opt\/tool"/)
    assert.equal(dataOf(await build(place, "--image-env")).skipped, true)
  })
})

/** Images of its own, so that neither the user's are touched nor theirs found. */
function writeStorage(folder: string): string {
  for (const name of ["images", "run"]) mkdirSync(join(folder, name))
  const path = join(folder, "storage.conf")
  writeFileSync(path, `[storage]\ndriver = "vfs"\ngraphroot = "${folder}/images"\nrunroot = "${folder}/run"\n`)
  return path
}
