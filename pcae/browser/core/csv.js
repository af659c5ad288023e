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

/**
 * A cell. What a spreadsheet would take for a formula, and is no number, begins with an apostrophe:
 * names are any text, and whoever brought it may not be who opens the table.
 *
 * @param {unknown} value
 */
function quoted(value) {
  const text = String(value ?? "");
  const plain = /^[=+\-@\t]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
