/**
 * Which room may import which: the picture of ARCHITECTURE.md as data. Nothing points up, backends never import each other or the engine,
 * and only compose names a backend. `npm run ok` holds it; `npx depcruise packages` prints it.
 */
const BACKENDS = ["providers", "stores", "stores/records", "tracers", "images", "publishing/catalogues"]

/** What all rooms of the server above its people may import. */
const SERVER_ROOM = [
  "packages/spec",
  "packages/ports",
  "system",
  "packing",
  "server/database",
  "server/people",
  "server/http",
]

const SERVER_ROOMS = [
  "server/database",
  "server/people",
  "server/http",
  "server/archive",
  "server/queue",
  "server/rules",
  "server/batch",
  "server/upkeep",
  "server/app",
]

/** What each room may import besides itself. Rooms with a slash are packages of their own. */
const ROOMS = {
  "packages/spec": [],
  "packages/ports": ["packages/spec"],
  "packages/sdk": ["packages/spec"],
  "plugins/s3": ["packages/spec", "packages/ports"],
  system: ["packages/spec"],
  settings: ["packages/spec", "system"],
  documents: ["packages/spec", "system"],
  packing: ["packages/spec", "system"],
  formats: ["packages/spec", "packing", "system"],
  "archive/upload-plan": ["packages/spec", "packing", "system"],
  "archive/transfer": ["packages/spec", "packages/sdk", "packing", "system", "archive/upload-plan"],
  "publishing/registry": ["packages/spec", "system"],
  "publishing/signing": ["packages/spec", "system"],
  "archive/hierarchy": ["packages/spec", "packages/ports", "system", "documents"],
  provenance: ["packages/spec", "packages/ports"],
  ...Object.fromEntries(BACKENDS.map((room) => [room, ["packages/spec", "packages/ports", "system"]])),
  stores: ["packages/spec", "packages/ports", "system", "packing"],
  images: ["packages/spec", "packages/ports", "system", "packing", "publishing/registry"],
  "publishing/catalogues": ["packages/spec", "packages/ports", "system", "publishing/registry"],
  "publishing/catalogue": ["packages/spec", "packages/ports", "system", "publishing/signing"],
  "publishing/bundle": ["packages/spec", "provenance", "system", "publishing/signing", "packing"],
  "author/build": ["packages/spec", "packages/ports", "system", "documents"],
  "author/lint": ["packages/spec", "packages/ports", "system"],
  engine: ["packages/spec", "packages/ports", "provenance", "formats", "system"],
  "author/gear-tests": ["packages/spec", "packages/ports", "provenance", "system", "documents", "engine"],
  "author/slim": ["packages/spec", "packages/ports"],
  // The server's rooms, each on those above it.
  "server/database": ["packages/spec", "system"],
  "server/people": ["packages/spec", "packages/ports", "system", "server/database"],
  "server/http": ["packages/spec", "system", "server/people"],
  "server/archive": SERVER_ROOM,
  "server/queue": [...SERVER_ROOM, "server/archive", "provenance"],
  "server/rules": [...SERVER_ROOM, "server/archive", "server/queue"],
  "server/batch": [...SERVER_ROOM, "server/archive", "server/queue"],
  "server/upkeep": [...SERVER_ROOM, "server/archive", "server/queue"],
  "server/routes": [...SERVER_ROOM, "server/archive", "server/queue", "server/rules", "server/batch", "server/upkeep"],
  "server/flywheel": [...SERVER_ROOM, "server/archive", "server/queue", "server/rules", "server/batch"],
  "server/app": [
    ...SERVER_ROOM,
    "server/archive",
    "server/queue",
    "server/rules",
    "server/batch",
    "server/routes",
    "server/flywheel",
    "server/upkeep",
  ],
  // Graphs of gears over a port of their own: they know neither the engine nor the server.
  workflows: ["packages/spec", "packages/ports", "provenance", "system", "documents"],
  "workflows/pipelines": ["packages/spec", "packages/ports", "system", "documents", "workflows"],
  importers: ["packages/spec", "system", "documents", "workflows"],
  runner: ["packages/spec", "packages/ports", "packages/sdk", "system", "provenance", "engine"],
  compose: [
    "packages/spec",
    "packages/ports",
    "provenance",
    "system",
    "settings",
    "documents",
    "engine",
    "author/build",
    "author/gear-tests",
    "author/slim",
    "author/lint",
    "publishing/signing",
    "publishing/bundle",
    "publishing/registry",
    "packing",
    "publishing/catalogue",
    "runner",
    "workflows",
    "workflows/pipelines",
    "importers",
    "archive/transfer",
    "packages/sdk",
    ...SERVER_ROOMS,
    ...BACKENDS,
    "plugins/s3",
  ],
  cli: [
    "packages/spec",
    "packages/ports",
    "provenance",
    "system",
    "settings",
    "archive/hierarchy",
    "formats",
    "archive/upload-plan",
    "archive/transfer",
    "engine",
    "author/build",
    "author/gear-tests",
    "author/slim",
    "author/lint",
    "publishing/signing",
    "publishing/bundle",
    "publishing/catalogue",
    "compose",
    "workflows",
    "workflows/pipelines",
    "importers",
    "packages/sdk",
  ],
}

const TEST = "\\.test\\.ts$"

/** The folder of a room, without the rooms that lie in it: what may import `stores` may not, by that, import `stores/records`. */
function folderOf(room) {
  const folder = /^(packages|plugins)\//.test(room) ? `${room}/src/` : `packages/geartrain/src/${room}/`
  const inner = Object.keys(ROOMS).filter((other) => other.startsWith(`${room}/`))
  const names = inner.map((other) => other.slice(room.length + 1))
  return names.length === 0 ? folder : `${folder}(?!(?:${names.join("|")})/)`
}

function anyOf(rooms) {
  return `^(?:${rooms.map(folderOf).join("|")})`
}

const roomRules = Object.entries(ROOMS).map(([room, allowed]) => ({
  name: `${room.replace("packages/", "")}-imports`,
  comment: `${room} imports ${allowed.length === 0 ? "nothing" : allowed.join(", ").replaceAll("packages/", "")}`,
  severity: "error",
  from: { path: anyOf([room]), pathNot: TEST },
  to: { path: "^(packages|plugins)/", pathNot: anyOf([room, ...allowed]) },
}))

export default {
  forbidden: [
    ...roomRules,
    {
      name: "spec-needs-nothing",
      comment: "spec runs in a browser: no module of Node's, no npm package",
      severity: "error",
      from: { path: anyOf(["packages/spec"]), pathNot: TEST },
      to: { pathNot: anyOf(["packages/spec"]) },
    },
    {
      name: "no-room-without-a-rule",
      comment: "a new room gets its line in ROOMS",
      severity: "error",
      from: { path: "^(packages/geartrain|plugins/[^/]+)/src/", pathNot: [anyOf(Object.keys(ROOMS)), TEST] },
      to: {},
    },
    {
      name: "no-cycle",
      comment: "imports of types and import() count too",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "packages-by-name",
      comment: "another package is imported by its name, through its door",
      severity: "error",
      from: { path: "^(packages|plugins)/([^/]+)/" },
      to: { path: "^(packages|plugins)/", pathNot: "^$1/$2/", dependencyTypesNot: ["aliased-workspace"] },
    },
    {
      name: "resolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "no-test-in-source",
      comment: "tests import the source, never the other way round",
      severity: "error",
      from: { pathNot: [TEST, "/test/"] },
      to: { path: [TEST, "^(packages|plugins)/[^/]+/test/"] },
    },
    {
      name: "no-development-package-in-source",
      severity: "error",
      from: { path: "^(packages|plugins)/[^/]+/src/", pathNot: TEST },
      to: { dependencyTypes: ["npm-dev"], pathNot: "^packages/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)dist/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["geartrain-source", "import", "node", "default"],
      extensions: [".ts", ".js", ".mjs", ".json"],
    },
  },
}
