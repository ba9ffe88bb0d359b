/// <reference lib="dom" />
/**
 * The page: makes the views, wires them to one another, and begins with what the address says.
 *
 * @module
 */
import { LESSONS } from "../lessons/index.ts";
import type { Shared } from "../model/share.ts";
import { PUZZLES } from "../puzzles/puzzle.ts";
import { App } from "./app.ts";
import { BranchesView } from "./branches_view.ts";
import { ClientsView } from "./clients_view.ts";
import { ClusterView } from "./cluster_view.ts";
import { DiagramView } from "./diagram_view.ts";
import { h } from "./dom.ts";
import { ExportView } from "./export_view.ts";
import { Guide } from "./guide.ts";
import { GuideView } from "./guide_view.ts";
import { HeaderView } from "./header_view.ts";
import { helpDialog } from "./help_view.ts";
import { InspectorView } from "./inspector_view.ts";
import { listenToKeys } from "./keys.ts";
import { attachedNodes, LiveFeed } from "../live/live_feed.ts";
import { MatrixView } from "./matrix_view.ts";
import { Pace } from "./pace.ts";
import { Player } from "./player.ts";
import { decodeShare, encodeShare } from "./share_link.ts";
import { TransportView } from "./transport_view.ts";

const GROUPS = [{ title: "Lessons", scenarios: LESSONS }, { title: "Puzzles", scenarios: PUZZLES }];

const COLD: Shared = { script: { scenario: "free:3", seed: 0, rule: null, acts: [] }, index: 0 };

/** The run that the address shows; the usual one where it shows none. */
async function sharedInAddress(): Promise<{ readonly shared: Shared; readonly trouble: string }> {
  const fragment = location.hash.replace(/^#/, "");
  if (fragment === "") return { shared: COLD, trouble: "" };
  try {
    return { shared: await decodeShare(fragment), trouble: "" };
  } catch (error) {
    return { shared: COLD, trouble: `This link cannot be shown: ${error instanceof Error ? error.message : error}.` };
  }
}

async function start(): Promise<void> {
  const { shared, trouble } = await sharedInAddress();
  const app = new App(shared);
  app.notice = trouble;
  const help = helpDialog();
  const guide = new Guide(app);
  const begin = (id: string, seed: number) => beginScenario(app, guide, id, seed);
  const header = new HeaderView(app, {
    begin,
    share: () => void share(app),
    exports: () => exports.show(),
    help: () => help.showModal(),
  }, GROUPS);
  const exports = new ExportView(app, (script, index) => {
    guide.end();
    app.load({ script, index });
  });
  const guidance = new GuideView(app, guide, (id) => begin(id, 0));
  const cluster = new ClusterView(app);
  const matrix = new MatrixView(app);
  const inspector = new InspectorView(app);
  const transport = new TransportView(app);
  const diagram = new DiagramView(app, (letter, afterIndex) => app.delay(letter, afterIndex));
  const [clients, branches] = [new ClientsView(app), new BranchesView(app)];
  document.body.replaceChildren(
    header.element,
    h(
      "main",
      {},
      guidance.element,
      h(
        "div",
        { class: "grid" },
        cluster.element,
        h("div", { class: "column" }, matrix.element, branches.element),
        ...[inspector, transport, diagram, clients].map(({ element }) => element),
      ),
    ),
    help,
    exports.element,
  );
  const render = () => {
    for (const view of [guidance, cluster, matrix, inspector, transport, diagram, clients, branches]) view.render();
    header.render(guide.id);
  };
  app.onChange(render);
  const pace = new Pace(render);
  new Player(app, () => pace.isDue(app.index) ? pace.render(app.index) : cluster.renderLetters());
  listenToKeys(app, { help: () => help.showModal(), propose: () => clients.focus() });
  addEventListener("hashchange", async () => {
    const { shared, trouble } = await sharedInAddress();
    guide.end();
    app.load(shared);
    app.notice = trouble;
    app.changed();
  });
  render();
  const attached = await attachedNodes();
  if (attached.length === 0) return;
  document.body.classList.add("live");
  new LiveFeed(app, attached.length);
}

/** Begins what the list has under that ID. */
function beginScenario(app: App, guide: Guide, id: string, seed: number): void {
  const lesson = LESSONS.find((lesson) => lesson.id === id);
  const puzzle = PUZZLES.find((puzzle) => puzzle.id === id);
  // What it asks stands at the top.
  scrollTo(0, 0);
  if (lesson !== undefined) return guide.beginLesson(lesson);
  if (puzzle !== undefined) return guide.beginPuzzle(puzzle);
  guide.end();
  app.load({ script: { scenario: id, seed, rule: null, acts: [] }, index: 0 });
}

async function share(app: App): Promise<void> {
  const fragment = await encodeShare({ script: app.timeline.script, index: app.index });
  history.replaceState(null, "", `#${fragment}`);
  try {
    await navigator.clipboard.writeText(location.href);
    app.notice = "The link is copied: it shows this moment, and all acts before and after it.";
  } catch {
    app.notice = "The address shows this moment now: copy it from there.";
  }
  app.changed();
}

/** For whoever compares it with the program's: the trace of a seed, written in this page. */
export { searchOf, traceOf } from "../model/trace_file.ts";

void start();
