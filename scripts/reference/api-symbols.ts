import { join } from "node:path"
import ts from "typescript"
import { TOP } from "../top.ts"

/** Something that a package exports. */
export interface ApiSymbol {
  readonly name: string
  /** First sentence of its comment; empty without one. */
  readonly says: string
  /** As a reader would declare it, without comments and bodies. */
  readonly signature: string
  /** Where it is declared, relative to the checkout. */
  readonly path: string
}

/** What the doors of packages export, by door and in order of their names. Types are those that the compiler finds. */
export function apiSymbols(doors: readonly string[]): ReadonlyMap<string, readonly ApiSymbol[]> {
  const { config } = ts.readConfigFile(join(TOP, "tsconfig.json"), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, TOP)
  const program = ts.createProgram(
    doors.map((door) => join(TOP, door)),
    options,
  )
  const checker = program.getTypeChecker()
  return new Map(
    doors.map((door) => {
      const file = program.getSourceFile(join(TOP, door))
      const module = file && checker.getSymbolAtLocation(file)
      if (module === undefined) throw new RangeError(`${door} exports nothing`)
      const found = checker.getExportsOfModule(module).map((symbol) => describe(symbol, checker))
      return [door, found.toSorted((a, b) => (a.name < b.name ? -1 : 1))]
    }),
  )
}

function describe(exported: ts.Symbol, checker: ts.TypeChecker): ApiSymbol {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
  const [declaration] = symbol.declarations ?? []
  if (declaration === undefined) throw new RangeError(`${exported.name} is declared nowhere`)
  const comment = ts.displayPartsToString(symbol.getDocumentationComment(checker))
  return {
    name: exported.name,
    says: firstSentence(comment),
    signature: signatureOf(declaration, symbol, checker),
    path: declaration.getSourceFile().fileName.slice(TOP.length).replace(/^\//, ""),
  }
}

/**
 * The first sentence of a comment, on one line.
 *
 * @example
 *   firstSentence("Reads a file,\nas e.g. a tar. More of it.") // => "Reads a file, as e.g. a tar."
 */
export function firstSentence(comment: string): string {
  const [paragraph = ""] = comment.trim().split(/\n\s*\n/)
  const line = paragraph.replaceAll(/\s+/g, " ")
  return /^.*?[.!?:](?= [A-Z`"*]|$)/.exec(line)?.[0] ?? line
}

function signatureOf(declaration: ts.Declaration, symbol: ts.Symbol, checker: ts.TypeChecker): string {
  if (ts.isVariableDeclaration(declaration)) {
    const type = checker.typeToString(
      checker.getTypeOfSymbol(symbol),
      undefined,
      ts.TypeFormatFlags.UseFullyQualifiedType,
    )
    return `const ${symbol.name}: ${clipped(declaration.type?.getText() ?? type)}`
  }
  if (ts.isFunctionDeclaration(declaration)) {
    const [signature] = checker.getSignaturesOfType(checker.getTypeOfSymbol(symbol), ts.SignatureKind.Call)
    const text = signature && checker.signatureToString(signature, undefined, ts.TypeFormatFlags.NoTruncation)
    return `function ${symbol.name}${text ?? "()"}`
  }
  const printed = withoutBodies(declaration)
  return printed.length > MOST_SIGNATURE ? `${printed.slice(0, printed.indexOf("{")).trim()} { … }` : printed
}

/** A longer one is read better where it is declared. */
const MOST_SIGNATURE = 2500

function clipped(type: string): string {
  const line = type.replaceAll(/\s+/g, " ")
  return line.length > 200 ? `${line.slice(0, 200)}…` : line
}

const PRINTER = ts.createPrinter({ removeComments: true })

/** A declaration of a type as it is written; of a class only what is public. */
function withoutBodies(declaration: ts.Declaration): string {
  if (!ts.isClassDeclaration(declaration)) {
    return PRINTER.printNode(ts.EmitHint.Unspecified, declaration, declaration.getSourceFile()).replace(/^export /, "")
  }
  const file = declaration.getSourceFile()
  const members = declaration.members
    .filter((member) => !(member.name && ts.isPrivateIdentifier(member.name)) && !isPrivate(member))
    .map((member) => {
      const body =
        (member as { readonly body?: ts.Node }).body ?? (member as { readonly initializer?: ts.Node }).initializer
      const text = file.text.slice(member.getStart(), body === undefined ? member.getEnd() : body.getFullStart())
      return `  ${text
        .replaceAll(/\/\*.*?\*\//gs, "")
        .replace(/\s*=\s*$/, "")
        .replaceAll(/\s+/g, " ")
        .trim()}`
    })
  const heritage = declaration.heritageClauses?.map((clause) => ` ${clause.getText()}`).join("") ?? ""
  const parameters = declaration.typeParameters?.map((parameter) => parameter.getText()).join(", ")
  const name = `${declaration.name?.text}${parameters === undefined ? "" : `<${parameters}>`}`
  return `class ${name}${heritage} {\n${members.join("\n")}\n}`
}

function isPrivate(member: ts.ClassElement): boolean {
  return (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private) !== 0
}
