// What makes a run simpler that clients have a part in: what matters of one is when a node hears of it.
import { type Act, letterType, type Schedule, type ScheduledEvent } from "./schedule.ts";

/** So many seeds are tried in the place of a node's own. */
const OTHER_CHANCES = 12;

type Call = Extract<Act, { kind: "call" }>;

/** What a client asks, and the deliveries by which nodes have heard of it, in their order. */
interface Question {
  readonly call: Call;
  readonly heard: { readonly event: ScheduledEvent; readonly uid: string }[];
}

/** A client of its own for each call, so that none has to give up. */
export function clientForEachCall(schedule: Schedule): Schedule | null {
  if (!schedule.shortcuts.includes("clients")) return null;
  const latest = new Map<number, number>();
  let clients = 0;
  const events = schedule.events.filter(({ act }) => act.kind !== "give_up").map((event) => {
    const { act } = event;
    if (act.kind === "call") latest.set(act.client, clients++);
    if (act.kind !== "call" && act.kind !== "retry") return event;
    return { ...event, act: { ...act, client: latest.get(act.client) ?? act.client } };
  });
  return { ...schedule, clients, events };
}

/**
 * Lets a client ask at the moment at which a node hears of it, and be answered at once: at the last such moment of each question (one
 * before may have been heard by an earlier life of the node), at the first, at each of them, or at each of them as another client.
 */
export function askWhenHeard(which: "last" | "first" | "each" | "apart"): (schedule: Schedule) => Schedule | null {
  return (schedule) => {
    if (schedule.shortcuts.includes("clients")) return null;
    const moved = new Map<ScheduledEvent, Act>();
    for (const { call, heard } of questionsOf(schedule)) {
      const kept = which === "each" || which === "apart" ? heard : heard.slice(which === "last" ? -1 : 0).slice(0, 1);
      kept.forEach(({ event, uid }, index) => moved.set(event, askedAs(call, uid, index, which === "apart")));
    }
    const events = schedule.events.flatMap((event) => {
      const act = moved.get(event);
      if (act !== undefined) return [{ ...event, act }];
      return isOfClient(event.act) ? [] : [event];
    });
    return clientForEachCall({ ...schedule, events, shortcuts: [...schedule.shortcuts, "clients"] });
  };
}

/** What is heard first is a question; later it is the same one again, or another client's, which sets a value of its own. */
function askedAs(call: Call, uid: string, index: number, apart: boolean): Act {
  if (index === 0) return { ...call, uid };
  const { client, operation } = call;
  if (!apart) return { kind: "retry", client, uid };
  if (operation.type === "read") return { ...call, uid };
  return { ...call, uid, operation: { ...operation, value: `${operation.value}.${index}` } };
}

/** For each time that a client asks again: it has not asked before. */
export function askAnew({ shortcuts, events }: Schedule): ((schedule: Schedule) => Schedule | null)[] {
  if (!shortcuts.includes("clients")) return [];
  return events.filter(({ act }) => act.kind === "retry").map(({ id }) => (schedule) => {
    const retry = schedule.events.find((event) => event.id === id);
    if (retry?.act.kind !== "retry") return null;
    const { client, uid } = retry.act;
    const before = schedule.events.filter(({ act, id }) => "client" in act && act.client === client && id < retry.id);
    const call = before.findLast(({ act }) => act.kind === "call")?.act;
    if (call?.kind !== "call") return null;
    const rest = schedule.events.filter((event) => !before.includes(event));
    return { ...schedule, events: rest.map((event) => event === retry ? { ...retry, act: { ...call, uid } } : event) };
  });
}

/**
 * Nobody asks, and chance begins elsewhere at one node: what a node draws for a client (the name of a session) moves what it draws
 * next (its wait before an election).
 */
export function nobodyAsks({ hosts, events }: Schedule): ((schedule: Schedule) => Schedule | null)[] {
  if (!events.some(({ act }) => isOfClient(act))) return [];
  const seeds = Array.from({ length: OTHER_CHANCES }, (_, seed) => seed);
  return hosts.flatMap(({ uid }) =>
    seeds.map((seed) => (schedule: Schedule) => {
      const rest = schedule.events.filter(({ act }) => !isOfClient(act));
      if (rest.length === schedule.events.length) return null;
      return {
        ...schedule,
        events: rest,
        hosts: schedule.hosts.map((one) => one.uid === uid ? { ...one, seed } : one),
      };
    })
  );
}

/** What clients have asked. Whether a node has heard of it shows by what is not the opening of a session. */
function questionsOf({ events }: Schedule): Question[] {
  const questions: Question[] = [];
  const open = new Map<string, Question>();
  for (const event of events) {
    const { act } = event;
    if (act.kind === "call") {
      const question = { call: act, heard: [] };
      questions.push(question);
      open.set(`client${act.client}`, question);
    }
    if (act.kind !== "deliver" || letterType(act.letter) !== "request") continue;
    if (act.letter.text.includes(`"operation":"open"`)) continue;
    open.get(act.letter.from)?.heard.push({ event, uid: act.letter.to });
  }
  return questions;
}

function isOfClient(act: Act): boolean {
  if (act.kind !== "deliver") return "client" in act;
  const type = letterType(act.letter);
  return type === "request" || type === "response";
}
