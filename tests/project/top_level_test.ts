import { assertEquals } from "../assert.ts";
import { machineTest } from "../permissions.ts";

machineTest("the top level of the repository holds what a stranger looks for, and nothing else", async () => {
  const { stdout } = await new Deno.Command("git", {
    args: ["ls-files"],
    cwd: new URL("../../", import.meta.url),
  }).output();
  const names = new Set(new TextDecoder().decode(stdout).split("\n").map((path) => path.split("/")[0]!));
  const seen = [...names].filter((name) => name !== "" && !name.startsWith(".")).sort();
  assertEquals(seen, ["CHANGELOG.md", "LICENSE", "README.md", "deno.json", "deno.lock", "main.ts", "src", "tests"]);
});
