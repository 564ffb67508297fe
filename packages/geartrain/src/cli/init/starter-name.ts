/**
 * Makes a gear's name of that of its folder, in the spelling that manifests ask for.
 *
 * @example
 *   starterName("My_Gear (new)") // => "my-gear-new"
 *   starterName("...") // => "my-gear"
 */
export function starterName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 100)
  return name === "" ? "my-gear" : name
}
