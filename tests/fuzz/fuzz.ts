// Datagrams that nobody sends, to the codec and to nodes that run. Ends with 1 where something is wrong:
//
//   deno task fuzz [CODEC DATAGRAMS] [NODE DATAGRAMS] [SEED]
import { fuzzCodec } from "./codec.ts";
import { fuzzNode } from "./live_node.ts";
import { realTraffic } from "./mutation.ts";

const [codecCount, nodeCount] = [Number(Deno.args[0] ?? 10_000_000), Number(Deno.args[1] ?? 1_000_000)];
const seed = Number(Deno.args[2] ?? Math.floor(Math.random() * 2 ** 31));
console.log(`seed ${seed}: deno task fuzz ${codecCount} ${nodeCount} ${seed}`);
const corpus = realTraffic();
console.log(`${corpus.length} real datagrams to begin with`);

const codec = fuzzCodec(seed, codecCount, corpus);
console.log(`codec: ${JSON.stringify(codec)}`);
const half = Math.ceil(nodeCount / 2);
const strangers = await fuzzNode(seed, half, corpus, true);
console.log(`node with a secret, all from a stranger: ${JSON.stringify(strangers)}`);
const peers = await fuzzNode(seed, half, corpus, false);
console.log(`node without a secret, half from a peer: ${JSON.stringify(peers)}`);
const wrong = [codec, strangers, peers].flatMap(({ violations }) => violations);
Deno.exit(wrong.length === 0 ? 0 : 1);
