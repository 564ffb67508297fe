import assert from "node:assert/strict"
import { homedir } from "node:os"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { cacheFolder } from "./cache-folder.ts"
import { readSettings } from "./read-settings.ts"
import { SETTINGS_VARIABLES } from "./settings.ts"

test("limits of images are read, and a slip in them is told with the variable", () => {
  assert.deepEqual(readSettings({ HOME: "/h", GEARTRAIN_IMAGE_LIMITS: "entries=2000000,size=1g" }).imageLimits, {
    entries: 2_000_000,
    size: 2 ** 30,
  })
  assert.equal(readSettings({ HOME: "/h" }).imageLimits, undefined)
  assert.throws(
    () => readSettings({ HOME: "/h", GEARTRAIN_IMAGE_LIMITS: "entries=many" }),
    (error) =>
      isGeartrainError(error, "SETTINGS_INVALID") && /GEARTRAIN_IMAGE_LIMITS entries= "many"/.test(error.message),
  )
})

test("without variables, everything lies in the XDG folders of the home folder", () => {
  const settings = readSettings({ HOME: "/home/ada" })
  assert.equal(settings.home, "/home/ada/.local/share/geartrain")
  assert.equal(settings.cache, "/home/ada/.cache/geartrain")
  assert.equal(settings.provider, undefined)
  assert.deepEqual(settings.terminal, { color: true, movement: true })
})

test("GEARTRAIN_HOME comes before XDG_DATA_HOME, which comes before HOME", () => {
  const xdg = { HOME: "/home/ada", XDG_DATA_HOME: "/data", XDG_CACHE_HOME: "/var/cache" }
  assert.equal(readSettings(xdg).home, "/data/geartrain")
  assert.equal(readSettings({ ...xdg, GEARTRAIN_HOME: "/gears/" }).home, "/gears")
  assert.equal(cacheFolder(xdg), "/var/cache/geartrain")
})

test("an empty variable counts as not set", () => {
  const settings = readSettings({
    HOME: "/h",
    GEARTRAIN_HOME: "",
    XDG_DATA_HOME: "",
    NO_COLOR: "",
    GEARTRAIN_PROVIDER: "",
  })
  assert.equal(settings.home, "/h/.local/share/geartrain")
  assert.equal(settings.terminal.color, true)
  assert.equal(settings.provider, undefined)
})

test("a relative XDG folder is ignored, as its specification says", () => {
  assert.equal(readSettings({ HOME: "/h", XDG_DATA_HOME: "data" }).home, "/h/.local/share/geartrain")
})

test("without HOME the user's entry in the list of users is asked", () => {
  assert.equal(readSettings({}).home, `${homedir()}/.local/share/geartrain`)
})

test("a relative GEARTRAIN_HOME is refused with the absolute path as the fix", () => {
  assert.throws(
    () => readSettings({ HOME: "/h", GEARTRAIN_HOME: "gears" }),
    (error) => {
      assert.ok(isGeartrainError(error, "SETTINGS_INVALID"))
      assert.equal(error.message, 'Cannot use GEARTRAIN_HOME "gears": it is not an absolute path')
      assert.match(error.hint ?? "", /^Write the whole path: export GEARTRAIN_HOME=\/.*\/gears$/)
      return true
    },
  )
})

test("digests of inputs are recalled unless every input is to be read, and another word for that is refused", () => {
  assert.equal(readSettings({ HOME: "/h" }).freshInputs, undefined)
  assert.equal(readSettings({ HOME: "/h", GEARTRAIN_INPUT_DIGESTS: "recall" }).freshInputs, undefined)
  assert.equal(readSettings({ HOME: "/h", GEARTRAIN_INPUT_DIGESTS: "fresh" }).freshInputs, true)
  assert.throws(
    () => readSettings({ HOME: "/h", GEARTRAIN_INPUT_DIGESTS: "off" }),
    (error) => isGeartrainError(error, "SETTINGS_INVALID") && error.hint?.includes("=fresh") === true,
  )
})

test("a provider's name that cannot be one is refused", () => {
  assert.equal(readSettings({ GEARTRAIN_PROVIDER: "bubblewrap" }).provider, "bubblewrap")
  for (const name of ["Crun", "../crun", "crun runc", "1crun"]) {
    assert.throws(
      () => readSettings({ GEARTRAIN_PROVIDER: name }),
      (error) => isGeartrainError(error, "SETTINGS_INVALID"),
      name,
    )
  }
})

test("NO_COLOR takes colours away, TERM=dumb the moving line too", () => {
  assert.deepEqual(readSettings({ NO_COLOR: "1" }).terminal, { color: false, movement: true })
  assert.deepEqual(readSettings({ TERM: "dumb" }).terminal, { color: false, movement: false })
  assert.deepEqual(readSettings({ TERM: "xterm" }).terminal, { color: true, movement: true })
})

test("every variable that is read is in the list that the help shows, and no other", () => {
  const read = new Set<string>()
  const environment = new Proxy({}, { get: (_, name) => void read.add(String(name)) })
  readSettings(environment)
  assert.deepEqual([...read].sort(), SETTINGS_VARIABLES.map((variable) => variable.name).sort())
})
