/** What a report says about several runs compared. Pure. */
import { at } from "../../at.ts";
import type { Comparison } from "../../results/comparison/comparison.ts";
import { comparisonColumns, comparisonTexts } from "../../results/comparison/comparison_text.ts";
import { letter } from "../../results/terminal_plot.ts";
import { sentence } from "../../sentence.ts";
import { stripControl } from "../../text.ts";
import type { ComparisonPart } from "./report.ts";

/** Returns the table that `compare` prints, with all columns, and its sentences. */
export function comparisonPart(comparison: Comparison): ComparisonPart {
  const columns = comparisonColumns(comparison.runs);
  return {
    columns: columns.map(({ title, align }) => ({ title, align })),
    rows: comparison.runs.map((_, place) => ({
      letter: letter(place),
      isBest: comparison.bests.includes(place),
      cells: columns.map(({ texts }) => at(texts, place)),
    })),
    sentences: comparisonTexts(comparison).map((text) => sentence(stripControl(text))),
  };
}
