import { planOf } from "../../src/check/gallery.ts";
import { type Bounds, type Model, modelOf } from "../../src/check/model.ts";
import { Search } from "../../src/check/search.ts";
import type { Bug } from "../../src/sim/bugs/bug.ts";

/** The plan of that name within other bounds. */
export function within(plan: string, bounds: Partial<Bounds>, nodes = 3, bug: Bug | null = null): Model {
  const found = planOf(plan)!;
  return modelOf({ ...found, bounds: { ...found.bounds, ...bounds } }, nodes, bug);
}

/** Searches to the end, or to the first thing that is wrong. */
export function searchAll(model: Model): Search {
  const search = new Search(model);
  while (search.expand(10_000));
  return search;
}
