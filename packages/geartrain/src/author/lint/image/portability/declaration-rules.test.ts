import assert from "node:assert/strict"
import { test } from "node:test"
import type { GearManifest, ImageDeclaration } from "@geartrain/spec"
import { type MemoryTree, memoryTree } from "../../../../../test/author/lint/memory-tree.ts"
import type { ImageRule, LintedImage } from "../linted-image.ts"
import {
  DECLARATION_RULES,
  entrypointRule,
  environmentRule,
  homeFolderRule,
  platformRule,
  rootUserRule,
  userRule,
} from "./declaration-rules.ts"

interface Given extends Partial<Omit<LintedImage, "tree" | "manifest" | "declaration">> {
  readonly tree?: MemoryTree
  readonly manifest?: object
  readonly declaration?: Partial<ImageDeclaration>
}

function check(rule: ImageRule, { tree = {}, manifest = {}, declaration, ...more }: Given) {
  const whole = { env: [], user: "", workdir: "", entrypoint: [], cmd: [], labels: {}, ...declaration }
  return rule.check({
    scope: "image",
    ...more,
    tree: memoryTree(tree),
    manifest: { config: {}, inputs: {}, ...manifest } as unknown as GearManifest,
    ...(declaration === undefined ? {} : { declaration: whole }),
  })
}

const as = (uid: number, gid = 100) => ({ custom: { flywheel: { uid, gid } } })

test("an image that declares nothing, and one without a manifest, are not judged by what they declare", () => {
  for (const rule of [environmentRule, entrypointRule, userRule]) assert.deepEqual(check(rule, {}), [], rule.id)
  const bare: LintedImage = { tree: memoryTree({}), scope: "image" }
  assert.deepEqual(
    DECLARATION_RULES.flatMap((rule) => rule.check(bare)),
    [],
  )
})

test("env: what the manifest does not repeat is named, and what it does is not", () => {
  const declaration = { env: ["FSLDIR=/opt/fsl", "KEPT=1", "PATH=/opt/fsl/bin:/usr/bin"] }
  const [found] = check(environmentRule, { declaration, manifest: { environment: { KEPT: "2" } } })
  assert.match(found?.message ?? "", /FSLDIR/)
  assert.doesNotMatch(found?.message ?? "", /KEPT|\/usr\/bin/)
  assert.match(found?.message ?? "", /\/opt\/fsl\/bin of PATH/)
})

test("entrypoint: a program is looked for as docker would, from the working folder and on the declared PATH", () => {
  const tree: MemoryTree = { "opt/bin/tool": {}, "srv/run": {}, "srv/data": { mode: 0o644 } }
  const entrypoint = (...words: readonly string[]) => ({
    entrypoint: words,
    workdir: "/srv",
    env: ["PATH=/opt/bin:."],
  })
  for (const words of [["tool"], ["./run"], ["run"], ["/srv/run", "-x"], []])
    assert.deepEqual(check(entrypointRule, { tree, declaration: entrypoint(...words) }), [], words.join(" "))
  const [script] = check(entrypointRule, { tree, declaration: entrypoint("data") })
  assert.match(script?.message ?? "", /^ENTRYPOINT \["data"\] cannot start: data is looked for on the PATH/)
  const [whole] = check(entrypointRule, { tree, declaration: { ...entrypoint(), cmd: ["tool --all"] } })
  assert.match(whole?.message ?? "", /^CMD \["tool --all"\] cannot start: the whole of "tool --all"/)
  // A CMD beside an ENTRYPOINT is its arguments.
  assert.deepEqual(check(entrypointRule, { tree, declaration: { ...entrypoint("tool"), cmd: ["no program"] } }), [])
})

test("user: root by any name is root, and another is told with its number where it has one", () => {
  for (const user of ["", "0", "root", "0:0", "root:root", ":5"])
    assert.deepEqual(check(userRule, { declaration: { user } }), [], user)
  const fixOf = (user: string): string | undefined => check(userRule, { declaration: { user } })[0]?.fix
  assert.equal(fixOf("1000:100"), 'Write "uid": 1000 into custom.flywheel')
  assert.equal(fixOf("scientist"), 'Write its number as "uid" into custom.flywheel')
  assert.deepEqual(check(userRule, { declaration: { user: "1000" }, manifest: as(1000) }), [])
})

test("root-outputs: a gear that runs as root is told so, unless only its sources are there", () => {
  assert.equal(check(rootUserRule, {}).length, 1)
  assert.deepEqual(check(rootUserRule, { manifest: as(1000) }), [])
  assert.deepEqual(check(rootUserRule, { scope: "sources" }), [])
})

test("home: it has to be there, a folder, and writable by the bits that count for the gear's user", () => {
  const given = (folder: MemoryTree, uid = 5) => ({
    tree: folder,
    manifest: { environment: { HOME: "/home/a" }, ...as(uid, 6) },
  })
  const home = (mode: number, owner: object = {}): MemoryTree => ({ "home/a": { type: "folder", mode, ...owner } })
  for (const tree of [home(0o700, { uid: 5 }), home(0o770, { gid: 6 }), home(0o777)])
    assert.deepEqual(check(homeFolderRule, given(tree)), [])
  for (const tree of [home(0o577, { uid: 5 }), home(0o757, { gid: 6 }), home(0o775), { "home/a": { mode: 0o777 } }, {}])
    assert.equal(check(homeFolderRule, given(tree)).length, 1, JSON.stringify(tree))
  assert.equal(
    check(homeFolderRule, given(home(0o755, { uid: 7 })))[0]?.message,
    "HOME leads here, and user 5 may not write to it (mode 755, of user 7)",
  )
  assert.deepEqual(check(homeFolderRule, given({}, 0)), [])
  assert.deepEqual(check(homeFolderRule, { manifest: { environment: { HOME: "/tmp" }, ...as(5) } }), [])
})

test("platform: what the programs are counts, and to declare another is worse", () => {
  const [lie] = check(platformRule, { platform: "linux/arm64", declaredPlatform: "linux/amd64" })
  assert.deepEqual([lie?.severity, lie?.fix], ["error", "Build it again with --platform linux/amd64"])
  assert.equal(check(platformRule, { platform: "linux/arm64" })[0]?.severity, undefined)
  assert.match(
    check(platformRule, { declaredPlatform: "linux/arm64" })[0]?.message ?? "",
    /^its programs are for linux\/arm64/,
  )
  for (const given of [
    {},
    { platform: "linux/amd64" },
    { platform: "linux/amd64", declaredPlatform: "linux/amd64" },
  ] as const)
    assert.deepEqual(check(platformRule, given), [])
})
