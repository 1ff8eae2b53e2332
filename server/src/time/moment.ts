/** Milliseconds of an RFC 3339 time that has passed the schema. Its sixtieth second, which Date does not know, is the 59th. */
export const momentOf = (time: string): number => Date.parse(time.replace(/:60(?=[.zZ+-])/, ':59'))
