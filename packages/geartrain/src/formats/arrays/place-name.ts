/**
 * Names a place in an array by its coordinates.
 *
 * @param index  Number of the value in the file, from 0.
 * @param shape  Lengths of the axes, the one that runs fastest first.
 * @example
 *   coordinates(7, [3, 2, 5]) // => [1, 0, 1]
 */
export function coordinates(index: number, shape: readonly number[]): readonly number[] {
  let rest = index
  return shape.map((length) => {
    const at = length === 0 ? 0 : rest % length
    rest = length === 0 ? 0 : Math.floor(rest / length)
    return at
  })
}

/** How many values an array of this shape has. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}
