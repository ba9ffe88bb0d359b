// What a shared secret costs: a datagram sealed and opened beside the bare HMAC, a commit with a secret beside one without.
//
//   deno bench -A --import-map=src/npm_import_map.json tests/bench/secret_bench.ts
import { createHmac } from "node:crypto";
import { newSecret, Seal } from "../../src/runtime/secret.ts";
import { encodePeerMessage } from "../../src/wire/datagram.ts";
import { Cluster } from "../runtime/cluster.ts";

const secret = new TextEncoder().encode(newSecret().trim());
const [a, b] = [await Seal.create("A", secret), await Seal.create("B", secret)];
const proposalId = { number: 1, uid: "A" };
// With its keys it has 200 bytes and some.
const accept = encodePeerMessage({ type: "accept", instanceNumber: 0, proposalId, value: "x".repeat(130) });
const sealed = a.seal("B", accept);

Deno.bench(`HMAC-SHA256 of ${accept.length} bytes`, { group: "datagram", baseline: true }, () => {
  createHmac("sha256", secret).update(accept).digest("hex");
});
Deno.bench("seal", { group: "datagram" }, () => {
  a.seal("B", accept);
});
Deno.bench("open", { group: "datagram" }, () => {
  b.open(sealed);
});

const clusters = await Promise.all([false, true].map((secret) => Cluster.create({ serveArgs: ["--quiet"], secret })));
for (const [index, cluster] of clusters.entries()) {
  await cluster.start();
  const name = index === 0 ? "commit without a secret" : "commit with a secret";
  Deno.bench(name, { group: "commit", baseline: index === 0, n: 500, warmup: 50 }, async () => {
    const { outcome } = await cluster.client.propose("A", "x".repeat(130));
    if (outcome !== "chosen") throw new Error(`the value is ${outcome}`);
  });
}

// Nothing can be waited for any more; processes that end by themselves would be left behind.
globalThis.addEventListener("unload", () => {
  for (const cluster of clusters) {
    for (const process of cluster.running.values()) void process.kill();
    Deno.removeSync(cluster.directory, { recursive: true });
  }
});
