/** The sections about one run. */
import type { ReactNode } from "react";
import { count } from "../../counted.ts";
import type { DataPart, Judgement, RunPart } from "../parts/report.ts";
import type { PageLimits } from "../parts/page_limits.ts";
import { ClassTable, Matrix, Pairs } from "./classes.tsx";
import { CurvesView, Epochs } from "./curves.tsx";
import { Facts, Heading, type Level, Outside, Scroll, Sentences } from "./elements.tsx";
import { Mistakes } from "./mistakes.tsx";

interface RunProps extends Level {
  readonly run: RunPart;
}

/** How the run ended, its most important figures, and its notices. */
export function RunHead({ run: { state, key, notices }, level }: RunProps): ReactNode {
  return (
    <>
      <Sentences texts={state} />
      {notices.length === 0 ? null : (
        <div className="notices">
          <Heading level={level}>Notices of the run</Heading>
          <ul>
            {notices.map((text, place) => (
              <li key={place}>
                <Outside>{text}</Outside>
              </li>
            ))}
          </ul>
        </div>
      )}
      <Facts facts={key} />
    </>
  );
}

/** All sections about a run. `level` is that of their headings. */
export function RunSections({ run, level }: RunProps): ReactNode {
  const { curves, historyNote, epochs, stopping, judgement, data, setup, options, again, limits } = run;
  const hasHistory = curves !== null || epochs !== null || historyNote !== null;
  return (
    <>
      {hasHistory ? <Heading level={level}>Training history</Heading> : null}
      {historyNote === null ? null : <p>{historyNote}</p>}
      {curves === null ? null : <CurvesView curves={curves} />}
      {epochs === null ? null : <Epochs table={epochs} />}
      <Heading level={level}>Early stopping</Heading>
      <Sentences texts={[stopping.sentence]} />
      <Facts facts={stopping.facts} />
      <Heading level={level}>Validation images</Heading>
      {"missing" in judgement
        ? <Sentences texts={[judgement.missing]} />
        : <JudgementView judgement={judgement} limits={limits} level={level} />}
      <Heading level={level}>Data</Heading>
      <Data data={data} limits={limits} />
      <Heading level={level}>Configuration</Heading>
      <Facts facts={setup} />
      <Facts facts={options} className="options" />
      <Heading level={level}>How to repeat the run</Heading>
      <Sentences texts={[again.text]} />
      {again.command === null ? null : (
        <pre>
          <code>
            <Outside>{again.command}</Outside>
          </code>
        </pre>
      )}
    </>
  );
}

function JudgementView(
  { judgement, limits, level }: Level & { readonly judgement: Judgement; readonly limits: PageLimits },
): ReactNode {
  const below = level === 2 ? 3 : 4;
  return (
    <>
      <Sentences texts={judgement.before} />
      <Facts facts={judgement.figures} />
      <Heading level={below}>Classes</Heading>
      <ClassTable judgement={judgement} limits={limits} />
      <Heading level={below}>Confusion matrix</Heading>
      <Matrix judgement={judgement} limits={limits} />
      <Heading level={below}>Most frequent mistakes</Heading>
      <Pairs pairs={judgement.tally.pairs} />
      <Heading level={below}>Most confident mistakes</Heading>
      <Mistakes judgement={judgement} />
    </>
  );
}

function Data(
  { data: { facts, classes, broken }, limits: { classRows } }: { readonly data: DataPart; readonly limits: PageLimits },
): ReactNode {
  const hasBroken = classes.some((one) => (one.broken ?? 0) > 0);
  return (
    <>
      <Facts facts={facts} />
      <Sentences texts={broken} />
      {classes.length === 0
        ? <p>The run did not record the number of images of each class.</p>
        : (
          <Scroll label="Images of each class">
            <table>
              <thead>
                <tr>
                  <th scope="col">Class</th>
                  <th scope="col" className="number">Training</th>
                  <th scope="col" className="number">Validation</th>
                  {hasBroken ? <th scope="col" className="number">Broken</th> : null}
                </tr>
              </thead>
              <tbody>
                {classes.slice(0, classRows).map((one, place) => (
                  <tr key={place}>
                    <th scope="row">
                      <Outside>{one.name}</Outside>
                    </th>
                    <td className="number">{count(one.train)}</td>
                    <td className="number">{count(one.validation)}</td>
                    {hasBroken ? <td className="number">{count(one.broken ?? 0)}</td> : null}
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        )}
      {classes.length > classRows
        ? <p>{`These are the first ${count(classRows)} of ${count(classes.length)} classes.`}</p>
        : null}
    </>
  );
}
