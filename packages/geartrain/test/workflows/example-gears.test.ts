import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { copyFileSync, existsSync, globSync, mkdirSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { basename, dirname, join, resolve } from "node:path"
import { after, before, suite, test } from "node:test"
import { type CliHome, openCliHome } from "../cli/cli-home.ts"
import { replyOf } from "../cli/gear-process.ts"
import { busyboxMissing, makeBusyboxGear } from "../programs/busybox-gear.ts"

const EXAMPLES = resolve(import.meta.dirname, "../../../../examples")
const BASH = "/bin/bash"

/**
 * Small programs of the names of the real ones, for text in the place of images: what is tried is the gears' own scripts and how the workflow joins them. The
 * real ones come with the gears' packages, which takes minutes and Debian's servers.
 */
const DCM2NIIX = `
scan=("\${@: -1}"/*)
case $(cat "$scan") in
  image) cp "$scan" output/scan.nii; echo "Convert 1 DICOM" ;;
  broken) echo "Error: Unable to read $scan"; exit 1 ;;
  *) echo "Warning: first"; printf 'Warning:\\tno image in %s here\\n' "$scan"; exit 2 ;;
esac
`

/** An image is rows of letters; a tile says in its first line where it lies. */
const MONTAGE: Readonly<Record<string, string>> = {
  mSubimage: `
shift
awk -v x="$3" -v y="$4" -v w="$5" -v h="$6" 'BEGIN { print "at", x, y } NR >= y && NR < y + h { print substr($0, x, w) }' "$1" > "$2"
[ "$(tail -n 1 "$2" | wc -c)" -gt "$5" ] && [ "$(wc -l < "$2")" -gt "$6" ] || { echo '[struct stat="ERROR", msg="too small"]'; exit 0; }
`,
  // In an order that no folder promises.
  mImgtbl: `
printf '\\\\datatype=fitshdr\\n|  cntr|fname|\\n' > "$2"
n=0
for file in $(ls "$1" | sort -r); do printf '%7d %s\\n' $((n++)) "$file"; done >> "$2"
`,
  mMakeHdr: `grep -c fits$ "$1" > "$2"`,
  mProject: `[ -s "$3" ] && cp "$1" "$2"`,
  mOverlaps: `cp "$1" "$2"`,
  mDiffExec: `[ -s "$4" ] && [ -d "$5" ]`,
  mFitExec: `cp "$1" "$2"`,
  mBgModel: `cp "$1" "$3"`,
  mBgExec: `[ -s "$4" ] && cp "$2"/* "$5"/`,
  mAdd: `
for file in $(grep -v '^[\\\\|]' "$3" | awk '{ print $NF }'); do cat "$2/$file"; done | awk '
  $1 == "at" { x = $2; y = $3; next }
  { for (i = 1; i <= length($0); i++) cell[y, x + i - 1] = substr($0, i, 1); if (y > last) last = y; y++ }
  END { for (r = 1; r <= last; r++) { row = ""; for (c = 1; (r, c) in cell; c++) row = row cell[r, c]; print row } }' > "$5"
`,
  mViewer: `cp mosaic.fits "\${@: -1}"`,
}

const WITH_STATUS = `\necho '[struct stat="OK"]'\n`

const skip = busyboxMissing() ?? (existsSync(BASH) ? false : "needs bash")

suite("the gears of the example workflows, in boxes", { skip }, () => {
  let home: CliHome
  before(async () => {
    home = await openCliHome()
  })
  after(() => home.close())

  /** The example as it is, each of its gears a root filesystem of bash, busybox and the stand-ins. */
  function place(example: string, programs: Readonly<Record<string, string>>): string {
    const from = join(EXAMPLES, example)
    for (const gear of globSync("gears/*", { cwd: from })) {
      const root = makeBusyboxGear(join(home.folder, example, gear), { command: "" })
      addBash(root)
      for (const [name, text] of Object.entries(programs)) {
        writeFileSync(join(root, "bin", name), `#!/bin/bash\nset -euo pipefail\n${text}`, { mode: 0o755 })
      }
      for (const name of ["manifest.json", "run"]) copyFileSync(join(from, gear, name), join(root, "flywheel/v0", name))
    }
    copyFileSync(join(from, "workflow.yaml"), join(home.folder, example, "workflow.yaml"))
    return `${example}/workflow.yaml`
  }

  test("dicom-batch converts what can be converted, and its table says why the rest was not", async () => {
    const file = place("dicom-batch", { dcm2niix: DCM2NIIX })
    const scans = { "a/one.dcm": "image", "two.dcm": "broken", "b/c/three.dcm": "report", "notes.txt": "no scan" }
    for (const [path, text] of Object.entries(scans)) {
      mkdirSync(dirname(join(home.folder, "scans", path)), { recursive: true })
      writeFileSync(join(home.folder, "scans", path), text)
    }
    const run = await home.gear(["workflow", "run", file, "--input", "scans=scans", "--out", "batch", "--json"])
    assert.equal(run.code, 0, run.out + run.err)
    assert.equal(
      await home.read("batch/table/table.tsv"),
      "one.dcm\t0\t1\t\ntwo.dcm\t1\t0\tError: Unable to read\nthree.dcm\t2\t0\tWarning: no image in here\n",
    )
    assert.deepEqual(JSON.parse(await home.read("batch/summary/summary.json")), {
      ...{ files: 3, converted: 1, unreadable: 1, without_image: 1, images: 1 },
    })
    assert.deepEqual(
      globSync("batch/images/*", { cwd: home.folder }).map((path) => basename(path)),
      ["scan.nii"],
    )
  })

  test("sky-mosaic puts an image together again from its tiles, and ends where Montage says that it failed", async () => {
    const programs = Object.fromEntries(Object.entries(MONTAGE).map(([name, text]) => [name, text + WITH_STATUS]))
    const file = place("sky-mosaic", programs)
    const image = "abcde\nfghij\nklmno\npqrst\nuvwxy\n"
    await home.write("image.fits", image)
    const flags = ["--set", "size=3", "--set", "stride=2", "--json"]
    const run = await home.gear(["workflow", "run", file, "--input", "image=image.fits", "--out", "sky", ...flags])
    assert.equal(run.code, 0, run.out + run.err)
    assert.equal(await home.read("sky/mosaic/mosaic.fits"), image)
    assert.equal(await home.read("sky/picture/mosaic.png"), image)
    const { data } = replyOf(run) as unknown as {
      readonly data: { readonly jobs: readonly { readonly key: string }[] }
    }
    const projected = data.jobs.filter(({ key }) => key.startsWith("project["))
    assert.equal(projected.length, 4)
    await home.write("small.fits", "abcd\nfghi\nklmn\npqrs\n")
    const small = await home.gear(["workflow", "run", file, "--input", "image=small.fits", ...flags])
    assert.equal(small.code, 1, small.out + small.err)
    assert.match(small.out, /"key":"cut","state":"failed"/)
  })
})

/** The machine's bash with the libraries that it needs. */
function addBash(root: string): void {
  const libraries = execFileSync("ldd", [BASH], { encoding: "utf8" }).match(/\/\S+/g) ?? []
  rmSync(join(root, "bin/bash"))
  for (const path of [BASH, ...libraries]) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    copyFileSync(realpathSync(path), join(root, path))
  }
}
