/** The table of several runs, and whether they differ by more than chance. */
import type { ReactNode } from "react";
import type { ComparisonPart } from "../parts/report.ts";
import { Outside, Scroll, Sentences } from "./elements.tsx";

/** The table that `compare` prints, and its sentences. */
export function Comparison({ comparison: { columns, rows, sentences } }: {
  readonly comparison: ComparisonPart;
}): ReactNode {
  const classOf = (place: number) => (columns[place]?.align === "right" ? "number" : undefined);
  return (
    <>
      <h2>Comparison</h2>
      <Scroll label="Comparison of the runs">
        <table className="compact">
          <thead>
            <tr>
              <th scope="col">mark</th>
              {columns.map(({ title }, place) => <th key={title} scope="col" className={classOf(place)}>{title}</th>)}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ letter, isBest, cells }, row) => (
              <tr key={row} className={isBest ? "best" : undefined}>
                <td>{isBest ? `*${letter}` : letter}</td>
                {cells.map((text, place) => {
                  const cell = <Outside>{text}</Outside>;
                  return place === 0
                    ? <th key={place} scope="row">{cell}</th>
                    : <td key={place} className={classOf(place)}>{cell}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <Sentences texts={sentences} />
    </>
  );
}
