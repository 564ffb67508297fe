import assert from "node:assert/strict"
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { asMap, type Place } from "../place.ts"
import { parsePegasusText } from "../yaml/pegasus-document.ts"
import { type Container, imageFileName, readContainer } from "./container.ts"
import { readReplicaFolder } from "./replica-folder.ts"

function container(text: string): Container {
  const place: Place = { document: parsePegasusText(text, "tc.yml") }
  return readContainer(asMap(place.document.value, place), place)
}

test("a container has what is written and nothing more", () => {
  assert.deepEqual(container("name: c\ntype: Docker\nimage: docker://debian:12"), {
    name: "c",
    type: "docker",
    image: "docker://debian:12",
    mounts: [],
    bypass: false,
    profiles: {},
  })
  const whole = container(
    "name: c\ntype: singularity\nimage: file:///i/c.sif\nimage.site: pool\nmounts: ['/a:/b:ro']\nbypass: true\nchecksum: {sha256: AB}\nprofiles: {env: {A: 1}}",
  )
  assert.deepEqual(
    [whole.imageSite, whole.mounts, whole.bypass, whole.sha256, whole.profiles],
    ["pool", ["/a:/b:ro"], true, "ab", { env: { A: "1" } }],
  )
})

test("what a container cannot be is refused with its line", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["name: c\ntype: podman\nimage: docker://a", /tc\.yml:2": type: "podman" is none of/],
    ["name: c\nimage: docker://a", /it has no type/],
    ["name: c\ntype: docker\nimage: ''", /tc\.yml:3": image: image is empty/],
    ["name: c\ntype: docker\nimage: a\nmounts: /a:/b", /tc\.yml:4": mounts: a list is expected/],
    ["name: c\ntype: docker\nimage: a\nmounts:\n- {a: b}", /tc\.yml:5": mounts\[0\]: a text is expected/],
  ]
  for (const [text, message] of cases) {
    assert.throws(() => container(text), { code: "PEGASUS_DOCUMENT_INVALID", message })
  }
})

test("an image is staged under its file's name, one of a hub under the container's", () => {
  const cases: readonly (readonly [Container["type"], string, string])[] = [
    ["docker", "docker://org/tool:1", "c"],
    ["singularity", "library://org/tool", "c"],
    ["singularity", "shub://org/tool", "c"],
    ["shifter", "shifter://org/tool:1", "c"],
    ["shifter", "file:///images/tool", "c"],
    ["singularity", "file:///images/tool.sif", "tool.sif"],
    ["docker", "http://host/images/tool.tar.gz", "tool.tar.gz"],
    ["docker", "tool.tar", "tool.tar"],
  ]
  for (const [type, image, name] of cases) {
    assert.equal(imageFileName({ name: "c", type, image, mounts: [], bypass: false, profiles: {} }), name, image)
  }
})

test("a folder is a catalog of its files, by path or by name alone", async () => {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-replicas-"))
  try {
    await mkdir(join(folder, "deep/er"), { recursive: true })
    await mkdir(join(folder, "empty"))
    await writeFile(join(folder, "b.txt"), "")
    await writeFile(join(folder, "deep/er/a b#.txt"), "")
    await symlink("nowhere", join(folder, "deep/link"))
    // A loop is a link like any other, and is not gone into.
    await symlink(folder, join(folder, "deep/loop"))
    const catalog = await readReplicaFolder(folder, { site: "pool" })
    assert.deepEqual([...catalog.files.keys()], ["b.txt", "deep/er/a b#.txt", "deep/link", "deep/loop"])
    assert.deepEqual(catalog.files.get("b.txt")?.pfns, [{ site: "pool", pfn: `file://${join(folder, "b.txt")}` }])
    await assert.rejects(readReplicaFolder(join(folder, "never")), { code: "PEGASUS_FILE_MISSING" })
    await assert.rejects(readReplicaFolder(join(folder, "b.txt")), { code: "PEGASUS_FILE_MISSING" })
    const flat = await readReplicaFolder(folder, { flat: true })
    assert.deepEqual([...flat.files.keys()], ["a b#.txt", "b.txt", "link", "loop"])
    assert.equal(flat.files.get("b.txt")?.pfns[0]?.site, "local")
  } finally {
    await rm(folder, { recursive: true })
  }
})
