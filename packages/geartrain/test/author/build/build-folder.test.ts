import assert from "node:assert/strict"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, suite, test } from "node:test"
import { type CliHome, openCliHome } from "../../cli/cli-home.ts"
import { codeOf, replyOf } from "../../cli/gear-process.ts"
import { busyboxMissing, makeBusyboxGear } from "../../programs/busybox-gear.ts"
import { manifestText, writeFiles } from "./gear-folder.ts"

suite("gear build of a folder", { skip: busyboxMissing() ?? false }, () => {
  let home: CliHome
  before(async () => {
    home = await openCliHome()
  })
  after(async () => await home.close())

  test("a root filesystem with a manifest in it is a gear as it lies", async () => {
    const root = makeBusyboxGear(join(home.folder, "root"), { name: "lying", command: "echo hi > output/x" })
    const first = replyOf(await home.gear(["build", "--json", root]))["data"] as Record<string, unknown>
    assert.equal(first["kind"], "folder")
    const again = replyOf(await home.gear(["build", "--json"], { cwd: root }))["data"] as Record<string, unknown>
    assert.deepEqual([again["id"], again["before"]], [first["id"], first["id"]])
    writeFileSync(join(root, "etc/motd"), "hello\n")
    const told = await home.gear(["build", root])
    assert.equal(told.code, 0, told.err)
    assert.match(told.err, /files added: etc\/motd/)
    assert.equal((await home.run("lying")).state, "complete")
  })

  test("a folder that nothing can be built from is told what it lacks", async () => {
    mkdirSync(join(home.folder, "empty"))
    writeFiles(join(home.folder, "both"), { Dockerfile: "FROM scratch\n", "gear.yaml": "recipe: 1\n" })
    const cases: readonly (readonly [readonly string[], string, RegExp])[] = [
      [["empty"], "BUILD_FOLDER_INVALID", /has no gear\.yaml, no Dockerfile/],
      [["both"], "BUILD_FOLDER_INVALID", /gear\.yaml and Dockerfile/],
      [["nowhere"], "BUILD_FOLDER_INVALID", /no such folder/],
      [["both/Dockerfile"], "BUILD_FOLDER_INVALID", /no folder/],
      [["empty", "--file", "Nofile"], "BUILD_FOLDER_INVALID", /no such file/],
      [["empty", "--file", "no.yaml"], "BUILD_FOLDER_INVALID", /no such file/],
      [["empty", "--tag", "No Tag"], "USAGE", /name and a version/],
      [["empty", "--network", "all"], "USAGE", /none or outbound/],
    ]
    for (const [args, code, message] of cases) {
      const result = await home.gear(["build", "--json", ...args])
      assert.equal(codeOf(result), code, result.out)
      assert.match(result.out, message)
    }
  })

  test("a builder that is missing is named with the package that brings it", async () => {
    const folder = writeFiles(join(home.folder, "docker"), {
      Dockerfile: "FROM scratch\n",
      "manifest.json": manifestText(),
    })
    const bare = join(home.folder, "bare-path")
    mkdirSync(bare)
    // A docker client that has no daemon to talk to.
    writeFileSync(join(bare, "docker"), "#!/bin/sh\necho Cannot connect to the Docker daemon >&2\nexit 1\n", {
      mode: 0o755,
    })
    const result = await home.gear(["build", "--json", folder, "--builder", "docker"], {
      env: { PATH: `${bare}:${process.env["PATH"]}` },
    })
    assert.equal(result.code, 5)
    assert.equal(codeOf(result), "BUILDER_MISSING")
    assert.match(result.out, /docker does not work: Cannot connect to the Docker daemon/)
    assert.match(result.out, /apt-get install -y docker\.io/)
    const unknown = await home.gear(["build", "--json", folder, "--builder", "kaniko"])
    assert.equal(codeOf(unknown), "BUILDER_MISSING")
    assert.match(unknown.out, /docker, podman, buildah/)
  })
})
