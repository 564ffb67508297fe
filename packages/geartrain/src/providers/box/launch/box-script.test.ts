import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { test } from "node:test"
import type { OverlayParts } from "../root/overlay.ts"
import { type BoxScriptParts, boxScript } from "./box-script.ts"

const OVERLAY: OverlayParts = {
  lowers: ["/state/layers/0", "/state/roots/1"],
  userNamespace: false,
  volatile: false,
}

const PARTS: BoxScriptParts = {
  folder: "/state/boxes/1",
  overlay: OVERLAY,
  command: { words: ["/state/bin/crun", "run", "it's"] },
}

test("a shell can read the script, and it becomes the backend", () => {
  const script = boxScript({ ...PARTS, outputs: { stdout: "/p/o'ut", stderr: "/p/err" } })
  execFileSync("sh", ["-n", "-c", script])
  assert.match(script, /\nexec '\/state\/bin\/crun' 'run' 'it'\\''s' .*3>&-\n$/)
  assert.match(script, /<\/dev\/null >'\/p\/o'\\''ut' 2>'\/p\/err'/)
})

test("the layer lies over the root, and neither devices nor setuid programs of the root work", () => {
  const script = boxScript(PARTS)
  assert.match(
    script,
    /nodev,nosuid,lowerdir=\/state\/layers\/0:\/state\/roots\/1,upperdir=layer\/upper,workdir=layer\/work/,
  )
  assert.doesNotMatch(script, /volatile|userxattr/)
  const user = boxScript({ ...PARTS, overlay: { ...OVERLAY, userNamespace: true, volatile: true } })
  assert.match(user, /nodev,nosuid,volatile,userxattr,lowerdir=/)
})

test("a root that is mounted already is not mounted once more", () => {
  const { overlay: _, ...mounted } = PARTS
  assert.equal(
    boxScript(mounted),
    "cd '/state/boxes/1' || exit 125\n:\nexec '/state/bin/crun' 'run' 'it'\\''s'   3>&-\n",
  )
})

test("a box that is held to something is not started where the machine refuses that", () => {
  assert.doesNotMatch(boxScript(PARTS), /'true'/)
  const script = boxScript({ ...PARTS, holding: ["false"] })
  const stub = "mount() { :; }; cd() { :; };"
  assert.throws(
    () => execFileSync("sh", ["-c", `${stub} ${script}`], { stdio: "pipe" }),
    (error: { readonly status: number }) => error.status === 125,
  )
  assert.match(boxScript({ ...PARTS, holding: ["setarch", "-R"] }), /\nexec 'setarch' '-R' '\/state\/bin\/crun' 'run'/)
})

test("where the disk cannot hold a layer it is made in memory, and only when that fails too the box is not started", () => {
  const stub = `mount() { echo "mount $*" >&2; case $* in *upperdir=layer*) return 1;; *) return $MEMORY;; esac; }; mkdir() { :; }; cd() { :; };`
  const script = boxScript({ ...PARTS, command: { words: ["echo", "started"], before: "echo before" } })
  const run = (memory: string): string => {
    try {
      return execFileSync("sh", ["-c", `${stub} ${script}`], {
        env: { ...process.env, MEMORY: memory },
        stdio: "pipe",
      }).toString()
    } catch (error) {
      return `exit ${(error as { status: number }).status}`
    }
  }
  assert.equal(run("0"), "before\nstarted\n")
  assert.equal(run("1"), "exit 125")
})

test("a program around a box runs all of it but the making of its root, and has neither its limits nor its outputs", () => {
  const stub = "mount() { :; }; cd() { :; };"
  const command = { words: ["sh", "-c", 'ulimit -f; echo it\\\'s "$0"', "a b"], before: "ulimit -f 7" }
  const around = ["sh", "-c", 'test "$2" != -c || { ulimit -f >&2; }; exec "$@"', "around"]
  const run = (script: string): string =>
    execFileSync("sh", ["-c", `ulimit -f 9; { ${stub} ${script} } 2>&1`]).toString()
  assert.equal(run(boxScript({ ...PARTS, around, command })), "9\n7\nit's a b\n")
  const refused = `${stub} ${boxScript({ ...PARTS, around: ["false"], command })}`
  assert.throws(
    () => execFileSync("sh", ["-c", refused], { stdio: "pipe" }),
    (error: { readonly status: number }) => error.status === 125,
  )
})
