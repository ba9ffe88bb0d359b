/// <reference lib="dom" />
/**
 * The page: makes the views, wires them to one another, and begins with what the address says.
 *
 * @module
 */
import type { Shared } from "../model/share.ts";
import { App } from "./app.ts";
import { ClusterView } from "./cluster_view.ts";
import { DiagramView } from "./diagram_view.ts";
import { h } from "./dom.ts";
import { HeaderView } from "./header_view.ts";
import { helpDialog } from "./help_view.ts";
import { InspectorView } from "./inspector_view.ts";
import { listenToKeys } from "./keys.ts";
import { MatrixView } from "./matrix_view.ts";
import { Player } from "./player.ts";
import { decodeShare, encodeShare } from "./share_link.ts";
import { SideView } from "./side_view.ts";
import { TransportView } from "./transport_view.ts";

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

async function begin(): Promise<void> {
  const { shared, trouble } = await sharedInAddress();
  const app = new App(shared);
  app.notice = trouble;
  const help = helpDialog();
  const header = new HeaderView(app, {
    begin: (scenario, seed) => app.load({ script: { scenario, seed, rule: null, acts: [] }, index: 0 }),
    share: () => void share(app),
    exports: () => {},
    help: () => help.showModal(),
  }, []);
  const cluster = new ClusterView(app);
  const matrix = new MatrixView(app);
  const inspector = new InspectorView(app);
  const transport = new TransportView(app);
  const diagram = new DiagramView(app, (letter, afterIndex) => app.delay(letter, afterIndex));
  const side = new SideView(app);
  document.body.replaceChildren(
    header.element,
    h(
      "main",
      {},
      cluster.element,
      matrix.element,
      inspector.element,
      transport.element,
      diagram.element,
      side.element,
    ),
    help,
  );
  const render = () => {
    for (const view of [cluster, matrix, inspector, transport, diagram, side]) view.render();
    header.render(null);
  };
  app.onChange(render);
  new Player(app, (before) => app.index === before ? cluster.renderLetters() : render());
  listenToKeys(app, { help: () => help.showModal(), propose: () => side.focusValue() });
  addEventListener("hashchange", async () => {
    const { shared, trouble } = await sharedInAddress();
    app.load(shared);
    app.notice = trouble;
    app.changed();
  });
  render();
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

void begin();
