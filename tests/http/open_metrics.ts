// Reads the text format of OpenMetrics 1.0 as strictly as its specification is written, as far as this program uses it.

/** A text that breaks a rule. */
export class MetricsError extends Error {}

const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: ["_total"],
  gauge: [""],
  info: ["_info"],
  histogram: ["_bucket", "_count", "_sum"],
};

const LINE = /^([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (-?[0-9.]+(?:e-?[0-9]+)?)$/;

/** The value of each sample, by its name with its labels. Throws a `MetricsError` where a rule is broken. */
export function readMetrics(text: string): Map<string, number> {
  if (!text.endsWith("\n# EOF\n")) throw new MetricsError("it does not end with # EOF");
  const samples = new Map<string, number>();
  const types = new Map<string, string>();
  let current = "";
  for (const line of text.slice(0, -"# EOF\n".length).trimEnd().split("\n")) {
    const about = /^# (TYPE|UNIT|HELP) ([a-z_]+) (.+)$/.exec(line);
    if (about !== null) {
      const [, what, name = "", rest = ""] = about;
      if (what === "TYPE" && types.has(name)) throw new MetricsError(`${name} has its TYPE twice`);
      if (what === "TYPE") types.set(current = name, rest);
      else if (name !== current) throw new MetricsError(`${what} of ${name} stands apart from its TYPE`);
      if (what === "UNIT" && !name.endsWith(`_${rest}`)) throw new MetricsError(`${name} does not end with its unit`);
      continue;
    }
    const sample = LINE.exec(line);
    if (sample === null) throw new MetricsError(`this is no sample: ${line}`);
    const [, name = "", labels = "", value] = sample;
    const suffixes = SUFFIXES[types.get(current) ?? ""] ?? [];
    if (!suffixes.some((suffix) => name === current + suffix)) {
      throw new MetricsError(`${name} is no sample of ${current}, ${types.get(current)}`);
    }
    const key = labels === "" ? name : `${name}{${labels}}`;
    if (samples.has(key)) throw new MetricsError(`${key} stands there twice`);
    samples.set(key, Number(value));
  }
  return samples;
}
