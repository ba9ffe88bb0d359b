// What the pictures have in common.

/** Makes a text safe between tags and in attributes. */
export function escapeXml(text: string): string {
  return text.replace(
    /[&<>"]/g,
    (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[character]!,
  );
}

/** A whole picture. Its title is what a screen reader says. */
export function svg(width: number, height: number, title: string, style: string, body: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${style}</style>`,
    ...body,
    "</svg>",
    "",
  ].join("\n");
}
