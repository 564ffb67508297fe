import { userFile } from "../system/user-files.ts"

/** Where docker and podman keep credentials. @see docker login, containers-auth.json(5) */
export function authFiles(): readonly string[] {
  return [
    userFile("XDG_RUNTIME_DIR", "containers/auth.json"),
    userFile("DOCKER_CONFIG", "config.json"),
    userFile("HOME", ".docker/config.json"),
  ].filter((path) => path !== undefined)
}
