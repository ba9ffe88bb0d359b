// The one place where tests meet @std/assert. The types are written here by hand, so that they hold both for the typed
// package and for the untyped copy of it that the tasks' import map names.
import * as std from "@std/assert";

/** Deep equality. */
export const assertEquals: <T>(actual: T, expected: T, message?: string) => void = std.assertEquals;
/** Deep inequality. */
export const assertNotEquals: <T>(actual: T, expected: T, message?: string) => void = std.assertNotEquals;
/** The text contains the part. */
export const assertStringIncludes: (actual: string, expected: string, message?: string) => void =
  std.assertStringIncludes;
/** The text matches the pattern. */
export const assertMatch: (actual: string, expected: RegExp, message?: string) => void = std.assertMatch;
/** The expression is true, for the compiler too. */
export function assert(condition: unknown, message?: string): asserts condition {
  std.assert(condition, message);
}
/** The function throws an error of the class, its message holding the text; the error is returned. */
export const assertThrows: <E extends Error>(
  run: () => unknown,
  errorClass: new (...args: never[]) => E,
  messageIncludes?: string,
) => E = std.assertThrows as never;
/** The promise rejects with an error of the class, its message holding the text; the error is returned. */
export const assertRejects: <E extends Error>(
  run: () => Promise<unknown>,
  errorClass: new (...args: never[]) => E,
  messageIncludes?: string,
) => Promise<E> = std.assertRejects as never;
