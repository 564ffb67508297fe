import { DEBIAN_SUITES, type Recipe } from "../build/recipe.ts"
import type { JsonObject } from "../json/json-value.ts"
import { listOf, objectOf } from "../schema/parts/object-schema.ts"
import { described, SCHEMA_DIALECT } from "../schema/parts/value-schemas.ts"

const DAY = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
const TIME = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"
const MOMENT: JsonObject = { type: "string", pattern: `^${DAY}(T${TIME})?$` }
/** @see Debian Policy Manual, 5.6.7 */
const PACKAGE: JsonObject = { type: "string", pattern: "^[a-z0-9][a-z0-9+.-]+$" }
// They become words of a shell, which is why each character that may stand in one is named. None begins an option or stands for a home folder.
const PATTERN: JsonObject = { type: "string", pattern: "^[A-Za-z0-9_.+@%=:*?,][A-Za-z0-9_.+@%=:~*?,/-]*$" }
const PATH: JsonObject = { type: "string", minLength: 1, maxLength: 1000 }

/** The schema of `gear.yaml`. */
export const RECIPE_SCHEMA: JsonObject = {
  $schema: SCHEMA_DIALECT,
  $id: "geartrain-recipe/1",
  title: "What the root filesystem of a gear is made of",
  ...objectOf<Recipe>("A recipe, gear.yaml beside manifest.json", {
    recipe: { must: { enum: [1], description: "Version of the format" } },
    suite: { must: { enum: [...DEBIAN_SUITES], description: "Release of Debian" } },
    date: { may: described(MOMENT, "No file is younger. In UTC; without it, that of snapshot") },
    snapshot: { may: described(MOMENT, "Take packages as they were at this moment, from snapshot.debian.org") },
    mirror: {
      may: {
        type: "string",
        pattern: "^(https?://[^\\s\\[\\]]+|(file|copy):/[^\\s\\[\\]]+)$",
        description: "Where packages come from instead of Debian's own servers; not with snapshot",
      },
    },
    packages: {
      may: { ...listOf(PACKAGE), maxItems: 1000, uniqueItems: true, description: "Besides the essential packages" },
    },
    files: {
      may: {
        type: "object",
        additionalProperties: PATH,
        maxProperties: 1000,
        description: "Files and folders beside the recipe, by their absolute path in the gear",
      },
    },
    remove: {
      may: {
        ...listOf(PATTERN),
        maxItems: 1000,
        description: "Patterns of paths, from the root, that are removed when all is installed",
      },
    },
  }),
}
