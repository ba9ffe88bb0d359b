/**
 * A class that a mixin can extend.
 *
 * TypeScript asks for `any` here (TS2545): a mixin passes on whatever its base is made with.
 */
// deno-lint-ignore no-explicit-any
export type Constructor<T> = new (...args: any[]) => T;
