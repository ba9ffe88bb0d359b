import { PaxosInstance } from "../paxos/instance.ts";
import type { AcceptedMessage, AcceptMessage, NackMessage, PrepareMessage, PromiseMessage } from "../paxos/messages.ts";
import type { PaxosMessage } from "../paxos/messages.ts";
import type { AcceptorState } from "../paxos/acceptor.ts";
import { Hooks } from "./hooks.ts";
import { decodeLink } from "./link.ts";
import type { ChainMessage, Configuration, PeerMessage } from "./messages.ts";
import type { NodeState } from "./node_state.ts";
import type { ClientInput, Effect, Env, Input, NodeOptions, Settings } from "./ports.ts";
