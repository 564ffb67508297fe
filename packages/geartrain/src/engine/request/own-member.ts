/** A member of a record that comes from outside: never one of JavaScript's own. */
export function ownMember<Value>(record: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined
}
