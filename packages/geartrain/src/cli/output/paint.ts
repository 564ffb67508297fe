/** Colours a piece of text, or leaves it as it is where colours are not wanted. */
export interface Paint {
  bold(text: string): string
  dim(text: string): string
  red(text: string): string
  green(text: string): string
  yellow(text: string): string
  cyan(text: string): string
}

/** @see ECMA-48, 8.3.117: each has its own code that ends it, so that they can be put into one another. */
const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const satisfies Record<keyof Paint, readonly [number, number]>

export function createPaint(color: boolean): Paint {
  const paint = (name: keyof Paint): ((text: string) => string) => {
    const [start, end] = CODES[name]
    return color ? (text) => (text === "" ? "" : `\u001b[${start}m${text}\u001b[${end}m`) : (text) => text
  }
  return {
    bold: paint("bold"),
    dim: paint("dim"),
    red: paint("red"),
    green: paint("green"),
    yellow: paint("yellow"),
    cyan: paint("cyan"),
  }
}
