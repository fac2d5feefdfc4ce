/** The small parts of which the page consists. */
import type { ReactNode } from "react";
import type { Drawing, Fact } from "../parts/report.ts";

/** A heading and what is below it. `level` is that of the heading: 2 to 4. */
export interface Level {
  readonly level: 2 | 3;
}

/** A heading of a level. */
export function Heading({ level, children, id }: {
  readonly level: 2 | 3 | 4;
  readonly children: ReactNode;
  readonly id?: string;
}): ReactNode {
  const Name = `h${level}` as const;
  return <Name id={id}>{children}</Name>;
}

/** Text from a file, such as the name of a class. The text around it stays in order if it runs from right to left. */
export function Outside({ children }: { readonly children: string }): ReactNode {
  return <bdi>{children}</bdi>;
}

/** The longest text, in characters, that fits beside its name in a narrow column. */
const WIDE = 20;

/** A list of names with their texts. With a class name, each pair is a box of its own. */
export function Facts(
  { facts, className }: { readonly facts: readonly Fact[]; readonly className?: string },
): ReactNode {
  if (facts.length === 0) return null;
  return (
    <dl className={className}>
      {facts.map(({ name, text }, place) => {
        const both = [
          <dt key="name">{name}</dt>,
          <dd key="text">
            <Outside>{text}</Outside>
          </dd>,
        ];
        return <Pair key={place} isGrouped={className !== undefined} isWide={text.length > WIDE}>{both}</Pair>;
      })}
    </dl>
  );
}

function Pair({ isGrouped, isWide, children }: {
  readonly isGrouped: boolean;
  readonly isWide: boolean;
  readonly children: ReactNode;
}): ReactNode {
  return isGrouped ? <div className={isWide ? "wide" : undefined}>{children}</div> : children;
}

/** Sentences, one in a paragraph. */
export function Sentences({ texts }: { readonly texts: readonly string[] }): ReactNode {
  return texts.map((text, place) => (
    <p key={place}>
      <Outside>{text}</Outside>
    </p>
  ));
}

/** A part of the page that scrolls by itself if it is too wide, with the keyboard too. */
export function Scroll({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactNode {
  return <div className="scroll" role="region" aria-label={label} tabIndex={0}>{children}</div>;
}

/** A drawing in the colours of the page. Print has those of a light page. */
export function Drawn({ drawing: { light, dark, width, height }, alt }: {
  readonly drawing: Drawing;
  readonly alt: string;
}): ReactNode {
  return (
    <picture>
      {dark === light ? null : <source media="screen and (prefers-color-scheme: dark)" srcSet={dark} />}
      <img src={light} width={width} height={height} alt={alt} />
    </picture>
  );
}
