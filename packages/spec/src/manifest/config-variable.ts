/**
 * The variable that a config value is told in, or nothing where its name leaves nothing to call the variable by.
 *
 * @example
 *   configVariable("Image Dimension (2D)") // => "FW_CONFIG_IMAGE_DIMENSION_2D"
 */
export function configVariable(name: string): string | undefined {
  const kept = name.replaceAll(/[^A-Za-z0-9_ ]/g, "").replaceAll(" ", "_")
  return kept === "" ? undefined : `FW_CONFIG_${kept.toUpperCase()}`
}
