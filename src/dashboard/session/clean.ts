/** Events with every text in them made safe to draw: class names, log lines and paths come from outside. */
import type { RunEvent } from "../../events.ts";
import { stripControl } from "../../text.ts";

/** The event with every text made safe to draw. */
export function cleanEvent(event: RunEvent): RunEvent {
  switch (event.type) {
    case "run":
      return {
        ...event,
        id: stripControl(event.id),
        directory: stripControl(event.directory),
        name: event.name === null ? null : stripControl(event.name),
        dataset: {
          ...event.dataset,
          name: stripControl(event.dataset.name),
          classes: event.dataset.classes.map(stripControl),
        },
        model: {
          ...event.model,
          base: stripControl(event.model.base),
          weights: stripControl(event.model.weights),
          preprocess: stripControl(event.model.preprocess),
          precision: stripControl(event.model.precision),
          pooling: stripControl(event.model.pooling),
        },
        parameters: {
          ...event.parameters,
          rows: event.parameters.rows.map((row) => ({
            ...row,
            name: stripControl(row.name),
            type: stripControl(row.type),
            ...(row.blocks
              ? { blocks: row.blocks.map((block) => ({ ...block, name: stripControl(block.name) })) }
              : {}),
          })),
        },
        engine: {
          kind: stripControl(event.engine.kind),
          version: stripControl(event.engine.version),
          device: stripControl(event.engine.device),
        },
        notices: event.notices.map(stripControl),
      };
    case "progress":
      return event.label === undefined ? event : { ...event, label: stripControl(event.label) };
    case "checkpoint":
      return { ...event, path: stripControl(event.path) };
    case "early_stopping":
      return { ...event, monitor: stripControl(event.monitor) };
    case "log":
      return { ...event, text: stripControl(event.text) };
    case "end":
      return {
        ...event,
        run: stripControl(event.run),
        directory: stripControl(event.directory),
        notices: event.notices.map(stripControl),
        ...(event.error === undefined ? {} : { error: stripControl(event.error) }),
      };
    case "system":
      return {
        ...event,
        gpus: event.gpus.map((gpu) => ({ ...gpu, name: stripControl(gpu.name) })),
        gpu_problem: event.gpu_problem === null ? null : stripControl(event.gpu_problem),
      };
    case "samples":
      return {
        ...event,
        mistakes: event.mistakes.map((mistake) => ({
          ...mistake,
          file: mistake.file === null ? null : stripControl(mistake.file),
        })),
      };
    case "confusion":
    case "phase":
    case "epoch":
    case "control":
      return event;
  }
}
