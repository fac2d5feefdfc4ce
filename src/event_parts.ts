/** What the schemas of events are made of. */
import { z } from "zod";
import { stripControl } from "./text.ts";

/**
 * Text that is shown to people. It may contain text from outside (class names, errors of other programs), so parsing
 * removes terminal escapes and control characters.
 */
export const shown = z.string().overwrite(stripControl);

/** A path. It is kept unchanged so that the file can be opened, and must be made safe before it is drawn. */
export const path = z.string();

/**
 * A figure of an epoch. JSON has no NaN and no infinities, so a figure that is not finite is null and appears as a gap
 * in charts.
 */
export const figure = z.number().nullable();
