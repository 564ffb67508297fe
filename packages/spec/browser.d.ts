/**
 * What this package takes from its surroundings beside the language itself: every browser, Node, Deno and Bun has these. Its own `tsconfig.json`
 * knows no other global, so that nothing of Node's or of the DOM slips in.
 */
declare class TextEncoder {
  encode(text?: string): Uint8Array
}

declare class TextDecoder {
  constructor(label?: string, options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean })
  decode(bytes?: Uint8Array): string
}
