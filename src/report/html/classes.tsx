/** The figures of each class, and the confusion matrix. */
import type { ReactNode } from "react";
import { at } from "../../at.ts";
import { count } from "../../counted.ts";
import { columnLetters } from "../../dashboard/panes/confusion_view.ts";
import { percent } from "../../dashboard/text/formats.ts";
import { type ClassFigures, type Pair, type Tally, wilson } from "../../results/metrics.ts";
import { shownName } from "../../text.ts";
import { type Judgement, TABLE_CLASSES } from "../parts/report.ts";
import { Drawn, Outside, Scroll } from "./elements.tsx";
import { SHADE_COUNT } from "./style.ts";

/** A longer table hides the rest of the page. */
const CLASSES_SHOWN = 200;
const PAIRS_SHOWN = 10;

const share = (value: number | null): string => (value === null ? "–" : value.toFixed(3));

/** The table that `evaluate` prints, with an interval for the recall of each class. */
export function ClassTable({ judgement: { tally, trainedOn } }: { readonly judgement: Judgement }): ReactNode {
  const all = tally.classes.map((figures, label) => ({ figures, trained: trainedOn?.[label] ?? null }));
  const worst = all.toSorted((one, other) => (one.figures.f1 ?? 2) - (other.figures.f1 ?? 2));
  const shown = all.length <= CLASSES_SHOWN ? all : worst.slice(0, CLASSES_SHOWN);
  return (
    <>
      {shown.length === all.length
        ? null
        : <p>{`These are the ${count(shown.length)} of ${count(all.length)} classes with the lowest F1.`}</p>}
      <Scroll label="Figures of each class">
        <table>
          <thead>
            <tr>
              <th scope="col">Class</th>
              {["Precision", "Recall", "95 % interval of recall", "F1", "Validation images"].map((title) => (
                <th key={title} scope="col" className="number">{title}</th>
              ))}
              {trainedOn ? <th scope="col" className="number">Training images</th> : null}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ figures, trained }, place) => (
              <tr key={place}>
                <th scope="row">
                  <Outside>{shownName(figures.name)}</Outside>
                </th>
                <td className="number">{share(figures.precision)}</td>
                <td className="number">{share(figures.recall)}</td>
                <td className="number">{intervalText(figures)}</td>
                <td className="number">{share(figures.f1)}</td>
                <td className="number">{count(figures.support)}</td>
                {trainedOn ? <td className="number">{trained === null ? "–" : count(trained)}</td> : null}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <p className="note">
        Precision: the share of the images predicted as this class that belong to it. Recall: the share of the class's
        images that were predicted as it. F1: their harmonic mean.
      </p>
    </>
  );
}

function intervalText({ recall, support }: ClassFigures): string {
  if (recall === null) return "–";
  return wilson(Math.round(recall * support), support).map((end) => end.toFixed(3)).join(" to ");
}

/** The confusion matrix as a table, as a picture, or, if it is too large for both, a sentence. */
export function Matrix({ judgement: { tally, matrix } }: { readonly judgement: Judgement }): ReactNode {
  if (matrix !== null) {
    return (
      <div className="picture">
        <Drawn
          drawing={matrix}
          alt={`Confusion matrix of ${
            count(tally.classes.length)
          } classes. The list below has the most frequent mistakes.`}
        />
      </div>
    );
  }
  if (tally.classes.length > TABLE_CLASSES) {
    return <p>{`A matrix of ${count(tally.classes.length)} classes does not fit on a page.`}</p>;
  }
  return <MatrixTable tally={tally} />;
}

function MatrixTable({ tally: { classes, confusion } }: { readonly tally: Tally }): ReactNode {
  const letters = columnLetters(classes.length);
  return (
    <>
      <p className="note">
        Rows are true classes, columns are predicted classes. The stronger the colour, the larger the share of the row.
      </p>
      <Scroll label="Confusion matrix">
        <table className="matrix">
          <thead>
            <tr>
              <th scope="col">true class</th>
              {classes.map(({ name }, label) => (
                <th key={label} scope="col">
                  <span aria-hidden="true">{at(letters, label)}</span>
                  <span className="hidden">
                    predicted as <Outside>{shownName(name)}</Outside>
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {classes.map(({ name, support }, actual) => (
              <tr key={actual}>
                <th scope="row">
                  <div>
                    <span aria-hidden="true">{at(letters, actual)}</span>
                    <Outside>{shownName(name)}</Outside>
                  </div>
                </th>
                {at(confusion, actual).map((images, predicted) => (
                  <td key={predicted} className={cellClass(images, support, actual === predicted)}>{count(images)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}

function cellClass(images: number, support: number, isRight: boolean): string | undefined {
  const shade = images === 0 ? [] : [`shade-${Math.min(SHADE_COUNT - 1, Math.floor(images / support * SHADE_COUNT))}`];
  const names = [...shade, ...(isRight ? ["right"] : [])];
  return names.length === 0 ? undefined : names.join(" ");
}

/** The pairs of classes that are confused most often. */
export function Pairs({ pairs }: { readonly pairs: readonly Pair[] }): ReactNode {
  if (pairs.length === 0) return <p>No image was misclassified.</p>;
  return (
    <Scroll label="Most frequent mistakes">
      <table>
        <thead>
          <tr>
            <th scope="col">True class</th>
            <th scope="col">Predicted class</th>
            <th scope="col" className="number">Images</th>
            <th scope="col" className="number">Share of the class</th>
          </tr>
        </thead>
        <tbody>
          {pairs.slice(0, PAIRS_SHOWN).map(({ actual, predicted, count: images, share }, place) => (
            <tr key={place}>
              <th scope="row">
                <Outside>{shownName(actual)}</Outside>
              </th>
              <td>
                <Outside>{shownName(predicted)}</Outside>
              </td>
              <td className="number">{count(images)}</td>
              <td className="number">{percent(share)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
