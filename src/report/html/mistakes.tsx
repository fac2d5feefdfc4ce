/** The most confident mistakes, with their pictures. */
import type { ReactNode } from "react";
import { count } from "../../counted.ts";
import type { Judgement, Mistake } from "../parts/report.ts";
import { Outside } from "./elements.tsx";

/** A picture that is smaller than this is shown with its pixels, because enlarging it would only blur it. */
const SMALL = 48;

/** The pictures in a grid, each with the true class, the predicted class, its probability and its file. */
export function Mistakes({ judgement: { mistakes, mistaken } }: { readonly judgement: Judgement }): ReactNode {
  if (mistakes.length === 0) {
    return <p>{mistaken === 0 ? "No image was misclassified." : "The run recorded no images of its mistakes."}</p>;
  }
  const unread = mistakes.filter(({ thumbnail }) => thumbnail === null).length;
  return (
    <>
      <p>
        {`${whichText(mistakes.length, mistaken)} Wrong labels are often among them.`}
        {unread === 0 ? "" : ` ${count(unread)} of the images can no longer be read.`}
      </p>
      <ul className="mistakes">
        {mistakes.map((mistake, place) => (
          <li key={place}>
            <MistakeView mistake={mistake} />
          </li>
        ))}
      </ul>
    </>
  );
}

function whichText(shown: number, mistaken: number): string {
  return shown === mistaken
    ? "These are all misclassified images. The highest probability for a wrong class comes first."
    : `Of ${count(mistaken)} misclassified images, these ${
      count(shown)
    } have the highest probability for a wrong class.`;
}

function MistakeView({ mistake: { actual, predicted, probability, image, thumbnail } }: {
  readonly mistake: Mistake;
}): ReactNode {
  const isSmall = thumbnail !== null && Math.max(thumbnail.width, thumbnail.height) < SMALL;
  return (
    <figure>
      <div className={isSmall ? "frame small" : "frame"}>
        {thumbnail === null ? <span>The picture is missing.</span> : (
          <img
            src={thumbnail.src}
            width={thumbnail.width}
            height={thumbnail.height}
            alt={`Misclassified: ${image}`}
          />
        )}
      </div>
      <figcaption>
        <Outside>{actual}</Outside>
        <br />
        predicted as <Outside>{predicted}</Outside> {`(${(probability * 100).toFixed(1)} %)`}
        <br />
        <span className="file">
          <Outside>{image}</Outside>
        </span>
      </figcaption>
    </figure>
  );
}
