import type { GearTest, LikeFile } from "../build/gear-test.ts"
import type { JsonObject } from "../json/json-value.ts"
import { listOf, mapOf, objectOf } from "../schema/parts/object-schema.ts"
import { AMOUNT, ANYTHING, DIGEST, described, oneOfWords, SCHEMA_DIALECT, TEXT } from "../schema/parts/value-schemas.ts"

const PATH: JsonObject = { type: "string", minLength: 1, maxLength: 1000 }
const SOME: JsonObject = { type: "string", minLength: 1, maxLength: 1000 }

const LIKE_FILE = objectOf<LikeFile>("A file that the output is like", {
  like: { must: described(PATH, "The file, from the folder of the test") },
  numbers: {
    may: {
      ...objectOf<NonNullable<LikeFile["numbers"]>>("By how much numbers may differ", {
        absolute: { may: AMOUNT },
        relative: { may: AMOUNT },
      }),
      minProperties: 1,
    },
  },
  ignore: {
    may: { ...listOf(SOME), maxItems: 100, description: "Lines that match one of these patterns do not count" },
  },
  order: { may: described(oneOfWords(["any"]), "The lines may come in any order") },
})

/** The schema of the files in a gear's folder `tests/`. */
export const GEAR_TEST_SCHEMA: JsonObject = {
  $schema: SCHEMA_DIALECT,
  $id: "geartrain-gear-test/1",
  title: "An example of a gear's, with what has to come of it",
  ...objectOf<GearTest>("A test of a gear", {
    test: { must: { enum: [1], description: "Version of the format" } },
    about: { may: described(TEXT, "What the example shows, in a sentence") },
    inputs: { may: described(mapOf(PATH), "Files by the name of the input, from the folder of the test") },
    config: { may: described(mapOf(ANYTHING), "Config values that are set") },
    exit: { may: { type: "integer", minimum: 0, maximum: 255, description: "The exit code. Default 0" } },
    outputs: {
      may: described(
        mapOf({ anyOf: [oneOfWords(["present", "absent"]), DIGEST, LIKE_FILE] }),
        "What is expected of each output, by its path",
      ),
    },
    log: { may: { ...listOf(SOME), maxItems: 100, description: "Texts that the log has to hold, each in one line" } },
  }),
}
