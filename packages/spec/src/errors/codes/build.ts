import type { Entry } from "../entry.ts"

/** Building gears, and the tests that gears bring along. */
export const BUILD_CODES = {
  RECIPE_INVALID: { fault: "user", retry: "never", http: 422, title: "The recipe of a gear cannot be followed" },
  BUILD_FOLDER_INVALID: {
    fault: "user",
    retry: "never",
    http: 422,
    title: "The folder is nothing that a gear can be built from",
  },
  BUILDER_MISSING: {
    fault: "platform",
    retry: "never",
    http: 503,
    title: "No program that could build this works on this machine",
  },
  BUILD_FAILED: { fault: "user", retry: "never", http: 422, title: "A step of the build failed" },
  GEAR_TEST_INVALID: { fault: "user", retry: "never", http: 422, title: "The test of a gear cannot be understood" },
  GEAR_TESTS_MISSING: { fault: "user", retry: "never", http: 404, title: "The gear has no tests there" },
} as const satisfies Record<string, Entry>
