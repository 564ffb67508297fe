import assert from "node:assert/strict"
import { test } from "node:test"
import type { GearManifest } from "../manifest/gear-manifest.ts"
import { baseEnvironment, DEFAULT_PATH } from "./base-environment.ts"
import { configEnvironment } from "./config-environment.ts"

test("config values are told in variables, as Python writes them", () => {
  assert.deepEqual(
    configEnvironment({
      "gear-log-level": "INFO",
      "n cpus": 2,
      Fast: true,
      ratio: 1e-7,
      names: ["a", "it's", 1, false],
      Größe: "é",
      nothing: null,
    }),
    {
      variables: {
        FW_CONFIG_GEARLOGLEVEL: "INFO",
        FW_CONFIG_N_CPUS: "2",
        FW_CONFIG_FAST: "true",
        FW_CONFIG_RATIO: "1e-07",
        FW_CONFIG_NAMES: `['a', "it's", 1, False]`,
        FW_CONFIG_GRE: "é",
        FW_CONFIG_NOTHING: "None",
      },
      collisions: [],
      unnamed: [],
      objects: [],
    },
  )
})

test("what cannot be told is reported", () => {
  assert.deepEqual(configEnvironment({ "a-b": 1, ab: 2, "-": 3, map: { x: 1 } }), {
    variables: { FW_CONFIG_AB: "2" },
    collisions: [{ variable: "FW_CONFIG_AB", names: ["a-b", "ab"] }],
    unnamed: ["-"],
    objects: ["map"],
  })
})

test("the manifest's environment wins over the fixed one, and config over both", () => {
  const manifest = {
    environment: { PATH: "/opt/bin", FW_CONFIG_X: "manifest", USER: "gear" },
  } as unknown as GearManifest
  assert.deepEqual(baseEnvironment(manifest, { x: "config" }, "/tmp/home"), {
    PATH: "/opt/bin",
    LANG: "C.UTF-8",
    TZ: "UTC",
    HOME: "/tmp/home",
    FW_CONFIG_X: "config",
    USER: "gear",
  })
  assert.equal(baseEnvironment({} as unknown as GearManifest, {}, "/root")["PATH"], DEFAULT_PATH)
})
