/** The curves of one run or several, and the figures of every epoch. */
import type { ReactNode } from "react";
import type { Curves, EpochTable } from "../parts/report.ts";
import { Drawn, Outside, Scroll } from "./elements.tsx";

/** The plots, and what their lines and marks mean. */
export function CurvesView({ curves: { panels, legend } }: { readonly curves: Curves }): ReactNode {
  return (
    <>
      <div className="panels">
        {panels.map(({ title, drawing, alt }) => (
          <figure key={title}>
            <figcaption>{title}</figcaption>
            <Drawn drawing={drawing} alt={alt} />
          </figure>
        ))}
      </div>
      <ul className="legend">
        {legend.map(({ swatch, text }, place) => (
          <li key={place}>
            <Drawn drawing={swatch} alt="" />
            <Outside>{text}</Outside>
          </li>
        ))}
      </ul>
    </>
  );
}

/** The figures of every epoch, closed until someone opens it. */
export function Epochs({ table: { columns, rows } }: { readonly table: EpochTable }): ReactNode {
  return (
    <details>
      <summary>Figures of every epoch</summary>
      <Scroll label="Figures of every epoch">
        <table>
          <thead>
            <tr>
              <th scope="col" className="number">epoch</th>
              {columns.map((name) => <th key={name} scope="col" className="number">{name}</th>)}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ epoch, isBest, cells }) => (
              <tr key={epoch} className={isBest ? "best" : undefined}>
                <th scope="row" className="number">{isBest ? `${epoch} (best)` : epoch}</th>
                {cells.map((text, place) => <td key={place} className="number">{text}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </details>
  );
}
