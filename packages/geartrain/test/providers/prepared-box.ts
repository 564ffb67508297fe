import type { PreparedBox } from "../../src/providers/box/backend.ts"

/** What a backend is given to start, for tests of what it makes of it. */
export const PREPARED_BOX: PreparedBox = {
  box: {
    id: "box-1",
    folder: "/jobs/box",
    root: { form: "tree", path: "/roots/1" },
    command: ["sh", "-c", "echo 'a b'"],
    environment: {},
    workingFolder: "/flywheel/v0",
    uid: 1000,
    gid: 100,
    mounts: [],
    network: "none",
    streams: "captured",
  },
  folder: "/state/boxes/1",
  root: "/state/boxes/1/root",
  state: "/own/state",
  environment: { A: "1=2", B: "x y" },
  mounts: [
    { source: "/data/folder", target: "/flywheel/v0/input/a", access: "read-only" },
    { source: "/data/file", target: "/flywheel/v0/input/b/f", access: "read-only" },
    { source: "/data/out", target: "/flywheel/v0/output", access: "read-write" },
  ],
  streams: "captured",
  userMapping: "full",
  resourceLimits: { coreBytes: 0, openFiles: 1024, fileBytes: 5000 },
}
