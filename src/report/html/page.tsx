/** The page: one HTML text that needs no script and loads nothing. Pure. */
import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { at } from "../../at.ts";
import { count } from "../../counted.ts";
import type { Report } from "../parts/report.ts";
import { Comparison } from "./comparison.tsx";
import { CurvesView } from "./curves.tsx";
import { Outside } from "./elements.tsx";
import { RunHead, RunSections } from "./run_sections.tsx";
import { styleSheet } from "./style.ts";

/**
 * The page may use its own styles and the pictures that it contains. Even if text from a file became markup, nothing
 * would run and nothing would be fetched.
 */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/**
 * Returns the page as a text. React escapes all texts. Its renderer is kept by the same people as React itself, which
 * the dashboard uses, so that the page needs no template library and no escaping of its own.
 */
export function reportHtml(report: Report): string {
  return `<!doctype html>\n${renderToStaticMarkup(<Page report={report} />)}\n`;
}

function Page({ report }: { readonly report: Report }): ReactNode {
  const { runs, written } = report;
  const isAlone = runs.length === 1;
  const title = isAlone ? at(runs, 0).title : `Comparison of ${count(runs.length)} runs`;
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta httpEquiv="Content-Security-Policy" content={POLICY} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} – Headlight`}</title>
        <style>{styleSheet()}</style>
      </head>
      <body>
        <header>
          <p className="kind">Headlight training report</p>
          <h1>
            <Outside>{title}</Outside>
          </h1>
          {isAlone && at(runs, 0).id !== title ? <Id id={at(runs, 0).id} /> : null}
        </header>
        <main>{isAlone ? <Alone report={report} /> : <Several report={report} />}</main>
        <footer>
          <p>{`${written} The page contains no script and loads nothing from the network.`}</p>
        </footer>
      </body>
    </html>
  );
}

function Id({ id }: { readonly id: string }): ReactNode {
  return (
    <p className="id">
      <Outside>{id}</Outside>
    </p>
  );
}

function Alone({ report: { runs } }: { readonly report: Report }): ReactNode {
  const run = at(runs, 0);
  return (
    <>
      <RunHead run={run} level={2} />
      <RunSections run={run} level={2} />
    </>
  );
}

function Several({ report: { runs, comparison, curves } }: { readonly report: Report }): ReactNode {
  return (
    <>
      <nav aria-label="Runs">
        <ul>
          {runs.map(({ title }, place) => (
            <li key={place}>
              <a href={`#run-${place + 1}`}>
                <Outside>{title}</Outside>
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {comparison === null ? null : <Comparison comparison={comparison} />}
      <h2>Training history</h2>
      {curves === null ? <p>No run has finished an epoch, so there are no curves.</p> : <CurvesView curves={curves} />}
      {runs.map((run, place) => (
        <section key={place} aria-labelledby={`run-${place + 1}`}>
          <h2 id={`run-${place + 1}`}>
            {comparison ? `${comparison.rows[place]?.letter ?? ""}: ` : ""}
            <Outside>{run.title}</Outside>
          </h2>
          {run.id === run.title ? null : <Id id={run.id} />}
          <RunHead run={run} level={3} />
          <RunSections run={run} level={3} />
        </section>
      ))}
    </>
  );
}
