// How a person or a service manager asks a command to end.

/** The signals that ask for the end; `os` as in `Deno.build.os`. Windows knows Ctrl+C and Ctrl+Break, and no SIGTERM. */
export function stopSignals(os: typeof Deno.build.os): readonly Deno.Signal[] {
  return os === "windows" ? ["SIGINT", "SIGBREAK"] : ["SIGINT", "SIGTERM"];
}

/** Calls `stop` when somebody asks for the end; what it gives back stops listening. */
export function onStopSignal(stop: () => void): () => void {
  const signals = stopSignals(Deno.build.os);
  for (const signal of signals) Deno.addSignalListener(signal, stop);
  return () => {
    for (const signal of signals) Deno.removeSignalListener(signal, stop);
  };
}
