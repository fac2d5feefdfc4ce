/** The figures of each class, and the confusion matrix. */
import type { ReactNode } from "react";
import { at } from "../../at.ts";
import { count } from "../../counted.ts";
import { columnLetters } from "../../dashboard/panes/confusion_view.ts";
import { percent } from "../../dashboard/text/formats.ts";
import { type ClassFigures, type Pair, wilson } from "../../results/metrics.ts";
import { shownName } from "../../text.ts";
import { type MatrixPart, mostConfused } from "../parts/confused_classes.ts";
import type { Judgement } from "../parts/report.ts";
import type { PageLimits } from "../parts/page_limits.ts";
import { Drawn, Outside, Scroll } from "./elements.tsx";
import { SHADE_COUNT } from "./style.ts";

const PAIRS_SHOWN = 10;

const share = (value: number | null): string => (value === null ? "–" : value.toFixed(3));

interface JudgementProps {
  readonly judgement: Judgement;
  readonly limits: PageLimits;
}

/** The table that `evaluate` prints, with an interval for the recall of each class. */
export function ClassTable({ judgement: { tally, trainedOn }, limits: { classRows } }: JudgementProps): ReactNode {
  const all = tally.classes.map((figures, label) => ({ figures, trained: trainedOn?.[label] ?? null }));
  const worst = all.toSorted((one, other) => (one.figures.f1 ?? 2) - (other.figures.f1 ?? 2));
  const shown = all.length <= classRows ? all : worst.slice(0, classRows);
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

/** The confusion matrix as a table, and as a picture too if the table has not all classes and there is room. */
export function Matrix({ judgement: { tally, matrix }, limits: { matrixClasses } }: JudgementProps): ReactNode {
  return (
    <>
      {matrix === null ? null : (
        <div className="picture">
          <Drawn
            drawing={matrix}
            alt={`Confusion matrix of ${
              count(tally.classes.length)
            } classes. The table below has those that are confused most often.`}
          />
        </div>
      )}
      <MatrixTable part={mostConfused(tally, matrixClasses)} all={tally.classes.length} />
    </>
  );
}

function MatrixTable(
  { part: { classes, confusion, elsewhere }, all }: { readonly part: MatrixPart; readonly all: number },
): ReactNode {
  const letters = columnLetters(classes.length);
  return (
    <>
      {elsewhere === null ? null : (
        <p>
          {`The table has the ${count(classes.length)} of ${
            count(all)
          } classes that are confused most often. The last column counts the images that were predicted as a class that is not in the table.`}
        </p>
      )}
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
              {elsewhere === null ? null : <th scope="col">other classes</th>}
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
                {elsewhere === null ? null : <td>{count(at(elsewhere, actual))}</td>}
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
