/** Whether a network with convolutions can be trained on the engine that was asked for, or that the run got. */
import type { EngineRequest } from "../../config.ts";
import { HeadlightError, UnusableOptionsError } from "../../errors.ts";
import { sentence } from "../../sentence.ts";
import type { EngineFiles } from "../engine.ts";
import { engines, requestedEngines } from "./list.ts";

/**
 * Checks what is known before a run starts.
 *
 * @param network the network's name
 * @throws HeadlightError (2) that names an engine that can train it
 */
export function checkConvolutionTraining(network: string, request: EngineRequest): void {
  if (requestedEngines(request).some(({ capabilities }) => capabilities.trainsConvolutions)) return;
  throw new HeadlightError(needs(network, `--engine ${request} lacks it.`));
}

/**
 * Checks the engine that the run got: `auto` may have ended with one that cannot do as much.
 *
 * @param notices why it got this one
 * @throws UnusableOptionsError that names an engine that can train the network
 */
export function requireConvolutionTraining(network: string, { kind }: EngineFiles, notices: readonly string[]): void {
  if (engines[kind].capabilities.trainsConvolutions) return;
  throw new UnusableOptionsError(needs(network, notices.map(sentence).join(" ") || `The engine is ${kind}.`));
}

function needs(network: string, why: string): string {
  const able = Object.entries(engines).filter(([, { capabilities }]) => capabilities.trainsConvolutions);
  return `--base ${network} needs the gradient of a convolution's filters to be trained from scratch: ${why} ` +
    `Use --engine ${able.map(([kind]) => kind).join(" or ")}, or a frozen base.`;
}
