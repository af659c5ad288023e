/** Tables as other programs read them. */

/**
 * Rows of a table as the contents of a CSV file.
 *
 * @param {unknown[][]} rows
 */
export function asCsv(rows) {
  const text = rows.map((row) => row.map(quoted).join(",")).join("\n") + "\n";
  return new Blob([text], { type: "text/csv" });
}

/** @param {unknown} value */
function quoted(value) {
  const text = String(value ?? "");
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
