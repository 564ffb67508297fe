import assert from "node:assert/strict"
import { test } from "node:test"
import type { GearManifest, ImageDeclaration, Platform } from "@geartrain/spec"
import { type MemoryTree, memoryTree } from "../../../../test/author/lint/memory-tree.ts"
import { IMAGE_RULES } from "./image-rules.ts"
import { imageFindings } from "./lint-image.ts"
import type { LintedImage } from "./linted-image.ts"

/** A gear as a case says it: what is not said is as it should be. */
interface Case {
  readonly tree?: MemoryTree
  readonly manifest?: object
  readonly declaration?: Partial<ImageDeclaration>
  readonly platform?: Platform
  readonly declaredPlatform?: Platform
  readonly scope?: "sources"
}

const ELF = "\u007fELF"
const USER = { custom: { flywheel: { uid: 1000, gid: 100 } } }
const SOUND: MemoryTree = { "bin/bash": ELF, "usr/bin/env": ELF, "flywheel/v0/run": "#!/bin/bash\n" }
const DECLARED: ImageDeclaration = { env: [], user: "", workdir: "", entrypoint: [], cmd: [], labels: {} }

function imageOf({ tree = {}, manifest = {}, declaration, platform, declaredPlatform, scope }: Case): LintedImage {
  const members = { name: "a", version: "1", config: {}, inputs: {}, ...manifest } as unknown as GearManifest
  return {
    tree: memoryTree({ ...SOUND, ...tree }),
    scope: scope ?? "image",
    manifest: members,
    ...(declaration === undefined ? {} : { declaration: { ...DECLARED, ...declaration } }),
    ...(platform === undefined ? {} : { platform }),
    ...(declaredPlatform === undefined ? {} : { declaredPlatform }),
  }
}

function rulesOf(given: Case): readonly string[] {
  return imageFindings(imageOf(given)).map(({ rule }) => rule)
}

const command = (text: string) => ({ command: text })
const environment = (variables: object) => ({ environment: variables })
const python: MemoryTree = { "usr/bin/python3": ELF }

/** For each rule, what it finds and what it passes over. */
const CASES: Readonly<Record<string, { readonly hits: readonly Case[]; readonly passes: readonly Case[] }>> = {
  "command/missing": {
    hits: [
      { tree: { "flywheel/v0/run": { target: "/nowhere" } } },
      { manifest: command("./start --all") },
      { manifest: command("fsl-bet a b") },
      { manifest: command("run") },
      { manifest: command("python3 missing.py"), tree: python },
      { manifest: command("python run.py"), tree: { ...python, "flywheel/v0/run.py": "" } },
      { manifest: command("run.py"), tree: { "flywheel/v0/run.py": "" }, scope: "sources" },
    ],
    passes: [
      {},
      { manifest: command("A=1 exec ./run && echo done") },
      { manifest: command("python3 -u run"), tree: python },
      { manifest: command("python3 -m mymodule"), tree: python },
      { manifest: command("cd /opt && ./anything") },
      { manifest: command("$" + "{TOOL}/bin/x") },
      {
        manifest: { ...command("bet x"), ...environment({ PATH: "/opt/fsl/bin:/bin" }) },
        tree: { "opt/fsl/bin/bet": ELF },
      },
      { manifest: command("python run.py"), scope: "sources" },
    ],
  },
  "command/not-executable": {
    hits: [
      { tree: { "flywheel/v0/run": { mode: 0o644, head: "#!/bin/bash" } } },
      { manifest: command("./run"), tree: { "flywheel/v0/run": { mode: 0o644 } } },
      { manifest: USER, tree: { "flywheel/v0/run": { mode: 0o700 } } },
      { manifest: command("/flywheel/v0") },
    ],
    passes: [
      { manifest: command("bash run"), tree: { "flywheel/v0/run": { mode: 0o644 } } },
      { manifest: USER, tree: { "flywheel/v0/run": { mode: 0o700, uid: 1000 } } },
    ],
  },
  "command/interpreter": {
    hits: [
      { tree: { "flywheel/v0/run": "#!/usr/bin/python\n" } },
      { tree: { ...python, "flywheel/v0/run": "#!/usr/bin/env python\nprint()" } },
      { manifest: command("./run.R"), tree: { "flywheel/v0/run.R": "#!/usr/bin/Rscript --vanilla" } },
    ],
    passes: [
      { tree: { ...python, "flywheel/v0/run": "#!/usr/bin/env -S python3 -u\n" } },
      { tree: { "flywheel/v0/run": "#! /bin/bash -e\n" } },
      { tree: { "flywheel/v0/run": "#!/usr/bin/env python\n" }, scope: "sources" },
    ],
  },
  "command/crlf": {
    hits: [
      { tree: { "flywheel/v0/run": "#!/bin/bash\r\necho\r\n" } },
      { tree: { "flywheel/v0/run": "\ufeff#!/bin/bash\n" } },
    ],
    passes: [
      { tree: { "flywheel/v0/run": "#!/bin/bash\necho \r\n" } },
      { manifest: command("python3 run"), tree: { ...python, "flywheel/v0/run": "#!/usr/bin/python3\r\n" } },
    ],
  },
  "command/no-bash": {
    hits: [
      { manifest: { ...command("ls"), ...environment({ PATH: "/opt/bin" }) } },
      { tree: { "bin/bash": { mode: 0o644 } } },
    ],
    passes: [{}, { tree: { "bin/bash": { target: "busybox" }, "bin/busybox": ELF } }],
  },
  "command/format": {
    hits: [{ tree: { "flywheel/v0/run": "echo hello\n" } }],
    passes: [
      { tree: { "flywheel/v0/run": ELF } },
      { manifest: command("./run"), tree: { "flywheel/v0/run": "echo\n" } },
    ],
  },
  "image/env": {
    hits: [
      { declaration: { env: ["FSLDIR=/opt/fsl"] } },
      { declaration: { env: ["PATH=/opt/fsl/bin:/usr/bin:/bin"] } },
    ],
    passes: [
      { declaration: { env: ["PATH=/usr/bin:/bin", "PYTHON_VERSION=3.11", "LANG=C.UTF-8", "DEBIAN_FRONTEND=x"] } },
      { declaration: { env: ["FSLDIR=/opt/fsl"] }, manifest: environment({ FSLDIR: "/opt/fsl" }) },
    ],
  },
  "image/entrypoint": {
    hits: [
      { declaration: { entrypoint: ["python run.py"] } },
      {
        declaration: { entrypoint: ["run.py"], workdir: "/flywheel/v0" },
        tree: { "flywheel/v0/run.py": "#!/bin/bash" },
      },
      { declaration: { cmd: ["start.sh"] } },
    ],
    passes: [
      { declaration: { entrypoint: ["/bin/sh", "-c", "python run.py"] } },
      { declaration: { entrypoint: ["./run"], workdir: "/flywheel/v0" } },
      { declaration: { entrypoint: ["run"], env: ["PATH=/flywheel/v0"] } },
      { declaration: { entrypoint: ["bash"], cmd: ["a b"] } },
      {},
    ],
  },
  "image/user": {
    hits: [{ declaration: { user: "1000" } }, { declaration: { user: "gear:users" } }],
    passes: [
      { declaration: { user: "0:0" } },
      { declaration: { user: "root" } },
      { declaration: { user: "1000" }, manifest: USER },
    ],
  },
  "image/root-outputs": { hits: [{}], passes: [{ manifest: USER }, { scope: "sources" }] },
  "image/home": {
    hits: [
      { manifest: { ...USER, ...environment({ HOME: "/home/me" }) }, tree: { "home/me/x": { mode: 0o644 } } },
      { manifest: { ...USER, ...environment({ HOME: "/nowhere" }) } },
    ],
    passes: [
      {
        manifest: { ...USER, ...environment({ HOME: "/home/me" }) },
        tree: { "home/me": { type: "folder", uid: 1000 } },
      },
      { manifest: { ...USER, ...environment({ HOME: "/tmp/x" }) } },
      { manifest: USER },
    ],
  },
  "image/platform": {
    hits: [{ platform: "linux/arm64" }, { platform: "linux/amd64", declaredPlatform: "linux/arm64" }],
    passes: [{ platform: "linux/amd64", declaredPlatform: "linux/amd64" }, {}],
  },
  "image/root-only": {
    hits: [
      { tree: { "opt/tool/data.bin": { mode: 0o600 } } },
      { tree: { "opt/tool": { type: "folder", mode: 0o750 } } },
      { manifest: USER, tree: { "opt/data": { mode: 0o640 } } },
    ],
    passes: [
      {
        tree: {
          "etc/shadow": { mode: 0o640 },
          "root/.bashrc": { mode: 0o600 },
          "var/cache/apt": { type: "folder", mode: 0o700 },
        },
      },
      { manifest: USER, tree: { "opt/data": { mode: 0o640, gid: 100 }, "opt/more": { mode: 0o600, uid: 1000 } } },
    ],
  },
  "image/root-tools": {
    hits: [
      { tree: { "root/conda/bin/python": ELF } },
      { tree: { "root/lib/libx.so.1": { mode: 0o644 } } },
      { tree: { "usr/local/bin/bet": { target: "/root/fsl/bet" } } },
    ],
    passes: [{ tree: { "root/.bashrc": { mode: 0o644 }, "root/notes": { mode: 0o644 }, "usr/rooted/x": ELF } }],
  },
  "image/hidden": {
    hits: [{ tree: { "flywheel/v0/input/scan.nii": "" } }, { tree: { "flywheel/v0/output/old.txt": "" } }],
    passes: [{ tree: { "flywheel/v0/output": { type: "folder" }, "flywheel/v0/inputs/x": "" } }],
  },
  "image/secret-file": {
    hits: [{ tree: { "root/.ssh/id_rsa": "" } }, { tree: { "home/me/.aws/credentials": "" } }],
    passes: [{ tree: { "root/.ssh/id_rsa.pub": "", "etc/netrc": "", "etc/.npmrc": "" } }],
  },
  "repeat/threads": {
    hits: [{ tree: { "usr/lib/libopenblas.so.0": ELF } }, { tree: { "opt/ants/bin/antsRegistration": ELF } }],
    passes: [
      { tree: { "usr/lib/libopenblas.so.0": ELF }, manifest: environment({ OMP_NUM_THREADS: "1" }) },
      { tree: { "usr/lib/libopen.so": ELF } },
    ],
  },
  "repeat/seed": {
    hits: [{ tree: { "opt/ants/bin/antsRegistration": ELF } }],
    passes: [
      { tree: { "opt/ants/bin/antsRegistration": ELF }, manifest: environment({ ANTS_RANDOM_SEED: "7" }) },
      { tree: { "usr/share/doc/antsRegistration": "" } },
    ],
  },
  "repeat/time-zone": {
    hits: [
      {
        tree: { "etc/localtime": { target: "/usr/share/zoneinfo/Europe/Rome" }, "usr/share/zoneinfo/Europe/Rome": "" },
      },
    ],
    passes: [
      { tree: { "etc/localtime": { target: "/usr/share/zoneinfo/Etc/UTC" }, "usr/share/zoneinfo/Etc/UTC": "" } },
      {
        tree: { "etc/localtime": { target: "/usr/share/zoneinfo/Europe/Rome" }, "usr/share/zoneinfo/Europe/Rome": "" },
        manifest: environment({ TZ: "Europe/Rome" }),
      },
      {},
    ],
  },
  "repeat/hash-seed": {
    hits: [
      { manifest: command("python3 run.py"), tree: python },
      { tree: { ...python, "flywheel/v0/run": "#!/usr/bin/env python3\n" } },
    ],
    passes: [{}, { manifest: { ...command("python3 run.py"), ...environment({ PYTHONHASHSEED: "0" }) }, tree: python }],
  },
}

for (const [rule, { hits, passes }] of Object.entries(CASES)) {
  test(`${rule} finds what it is for`, () => {
    for (const given of hits) assert.ok(rulesOf(given).includes(rule), JSON.stringify(given))
  })
  test(`${rule} passes over what is right`, () => {
    for (const given of passes) assert.ok(!rulesOf(given).includes(rule), JSON.stringify(given))
  })
}

test("every image rule is tried", () => {
  assert.deepEqual(IMAGE_RULES.map(({ id }) => id).toSorted(), Object.keys(CASES).toSorted())
})

test("what is found names the place, says why, and what would mend it", () => {
  const first = (given: Case, rule: string) => imageFindings(imageOf(given)).find((finding) => finding.rule === rule)
  assert.deepEqual(first({ manifest: command("run.py"), tree: { "flywheel/v0/run.py": "" } }, "command/missing"), {
    rule: "command/missing",
    severity: "error",
    place: { file: "/flywheel/v0/manifest.json" },
    message:
      "there is no run.py on the PATH /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin, which the command starts",
    fix: 'Write "./run.py": the gear\'s own folder is not on its PATH',
  })
  const script = { tree: { ...python, "flywheel/v0/run": "#!/usr/bin/env python\n" } }
  assert.equal(first(script, "command/interpreter")?.fix, "Write #!/usr/bin/env python3, which is there")
  assert.equal(
    first({ declaration: { entrypoint: ["python run.py"] } }, "image/entrypoint")?.fix,
    'Write ENTRYPOINT ["python", "run.py"]',
  )
  const closed = {
    tree: { "opt/a": { mode: 0o600 }, "opt/b": { mode: 0o600 }, "opt/c": { mode: 0o600 }, "opt/d": { mode: 0o600 } },
  }
  assert.match(first(closed, "image/root-only")?.message ?? "", /^4 files .*: \/opt\/a, \/opt\/b, \/opt\/c and 1 more$/)
})
