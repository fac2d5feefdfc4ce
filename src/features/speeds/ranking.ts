/** Which of the engines that were measured on this machine `auto` takes. Pure. */
import type { EngineKind } from "../../config.ts";
import { speedText } from "./speed_text.ts";
import type { Speed, Subject } from "./speed_store.ts";

/** An engine that is no more than this share faster than the usual one is not worth other last bits of the features. */
const CLEARLY = 0.05;

/** What the measured speeds say. */
export interface Ranking {
  /** The engine to take; null if the speeds give no reason to take another one than usual. */
  readonly kind: EngineKind | null;
  /** Why, as a noun phrase: "the fastest of what was measured here". */
  readonly why: string;
  /** The measured speeds that were compared, as a sentence; null if there was nothing to compare. */
  readonly figures: string | null;
}

/** What the ranking is for. */
export interface RankingRequest {
  /** The base and the size of the run. */
  readonly subject: Subject;
  /** The engines in the order in which `auto` tries them without any speeds. The first one is the usual engine. */
  readonly order: readonly EngineKind[];
  /** Returns the name of an engine in texts. */
  readonly nameOf: (kind: EngineKind) => string;
}

/**
 * Ranks engines by their speeds, which must be of engines that are here, in the precision of the run. Speeds of
 * different bases are not comparable: those of the run's own base and size count if two engines have them, then those
 * of its base at another size, then those of the base for which most engines have one.
 *
 * The usual engine stays unless another one is faster by more than 5 %. Two engines of about the same speed would take
 * turns otherwise, each with its own last bits.
 */
export function ranking(speeds: readonly Speed[], { subject, order, nameOf }: RankingRequest): Ranking {
  const [usual] = order;
  const compared = comparable(speeds, subject);
  const [first, second] = compared;
  if (!first || !second) return { kind: null, why: whyUsual(speeds, usual), figures: null };
  const figures = `Images per second with ${first.base} at ${first.size} in ${first.precision}, measured here: ` +
    `${compared.map((speed) => `${nameOf(speed.engine.kind)} ${speedText(speed)}`).join(", ")}.`;
  const preferred = order.flatMap((kind) => compared.find(({ engine }) => engine.kind === kind) ?? []).at(0);
  const most = first.images_per_second;
  const kept = preferred && most <= (1 + CLEARLY) * preferred.images_per_second ? preferred : first;
  const why = kept.images_per_second === most
    ? "the fastest of what was measured here"
    : `not clearly slower than ${nameOf(first.engine.kind)}, the fastest that was measured here`;
  return { kind: kept.engine.kind, why, figures };
}

function whyUsual(speeds: readonly Speed[], usual: EngineKind | undefined): string {
  if (speeds.length === 0) return "the usual one, because no engine was measured here";
  return speeds.every(({ engine }) => engine.kind === usual)
    ? "the only one measured here"
    : "the usual one, because no two were measured with the same base here";
}

/** Returns the speeds to compare, the highest first: one for each engine, all of the same base at the same size. */
function comparable(speeds: readonly Speed[], { base, size }: Subject): Speed[] {
  const groups = [...Map.groupBy(speeds, (speed) => `${speed.base} ${speed.size}`).values()].map(fastestOfEach);
  const isOwn = ([speed]: readonly Speed[]) => Number(speed?.base === base) + Number(isSame(speed, { base, size }));
  return groups.filter(({ length }) => length > 1)
    .toSorted((one, other) => isOwn(other) - isOwn(one) || other.length - one.length).at(0) ?? [];
}

function isSame(speed: Speed | undefined, { base, size }: Subject): boolean {
  return speed?.base === base && speed.size === size;
}

/** An engine may have several speeds: one for each of its devices, if only loading it tells which one it uses. */
function fastestOfEach(speeds: readonly Speed[]): Speed[] {
  const sorted = speeds.toSorted((one, other) => other.images_per_second - one.images_per_second);
  return [...new Map(sorted.toReversed().map((speed) => [speed.engine.kind, speed])).values()]
    .toSorted((one, other) => other.images_per_second - one.images_per_second);
}
