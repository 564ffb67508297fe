import assert from "node:assert/strict"
import { test } from "node:test"
import { isImage } from "./is-image.ts"

test("an image is told from a stored gear by its looks", () => {
  for (const image of [
    "./gear.tar",
    "gear.tar",
    "gear.tar.gz",
    "gear.tgz",
    "gear.tar.zst",
    "/abs/folder",
    "..",
    ".",
    "-",
    "docker://host/name:tag",
    "a/b",
  ]) {
    assert.equal(isImage(image), true, image)
  }
  for (const gear of ["fsl-bet", "fsl-bet@1.0.0", "0123456789ab", "sha256:0123", "tar", "fsl-bet@1.0.tarball"]) {
    assert.equal(isImage(gear), false, gear)
  }
})
