// The one place where the program meets @std/path. The types are written here by hand, so that they hold both for the
// typed package and for the untyped copy of it that the tasks' import map names.

// The package's own choice between the two asks for Node's process, whose loading takes as long as half a command.
const std = Deno.build.os === "windows" ? await import("@std/path/windows") : await import("@std/path/posix");

/** Joins the parts of a path with the platform's separator. */
export const join: (...parts: string[]) => string = std.join;
/** The directory that holds the path; `.` for a bare file name. */
export const dirname: (path: string) => string = std.dirname;
/** Whether the path stands on its own, without the current directory. */
export const isAbsolute: (path: string) => boolean = std.isAbsolute;
/** The URL of a file, as `import` takes it; a relative path starts at the current directory. */
export const toFileUrl = (path: string): string => std.toFileUrl(std.resolve(path)).href;
