// The platforms for which there is something to download.

/** A platform. */
export interface Target {
  /** What its executable is called, without `.exe`. */
  readonly name: string;
  /** What the compiler calls it, as in `deno compile --target`. */
  readonly triple: string;
  /** The end of its executables' names. */
  readonly extension: "" | ".exe";
  /** The machine on which the release workflow tries its executable. */
  readonly runner: string;
  /** The npm package that holds Deno's own executable for it, and the file in it. */
  readonly deno: { readonly package: string; readonly file: string };
}

/** All platforms. */
export const TARGETS: readonly Target[] = [
  {
    name: "paxos-linux-x64",
    triple: "x86_64-unknown-linux-gnu",
    extension: "",
    runner: "ubuntu-24.04",
    deno: { package: "@deno/linux-x64-glibc", file: "deno" },
  },
  {
    name: "paxos-linux-arm64",
    triple: "aarch64-unknown-linux-gnu",
    extension: "",
    runner: "ubuntu-24.04-arm",
    deno: { package: "@deno/linux-arm64-glibc", file: "deno" },
  },
  {
    name: "paxos-macos-x64",
    triple: "x86_64-apple-darwin",
    extension: "",
    runner: "macos-15-intel",
    deno: { package: "@deno/darwin-x64", file: "deno" },
  },
  {
    name: "paxos-macos-arm64",
    triple: "aarch64-apple-darwin",
    extension: "",
    runner: "macos-15",
    deno: { package: "@deno/darwin-arm64", file: "deno" },
  },
  {
    name: "paxos-windows-x64",
    triple: "x86_64-pc-windows-msvc",
    extension: ".exe",
    runner: "windows-2025",
    deno: { package: "@deno/win32-x64", file: "deno.exe" },
  },
];

/** The file of a target's executable. */
export function fileName({ name, extension }: Target): string {
  return `${name}${extension}`;
}
