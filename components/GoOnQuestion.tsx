import { Text } from "ink";
import { COLOURS } from "../src/dashboard/drawing/palette.ts";
import { goOnQuestion } from "../src/dashboard/keys/go_on_question.ts";
import type { DashboardState } from "../src/dashboard/view/state.ts";

const CURSOR = " ";

/** The question for how many more epochs a run trains, on one line of `width` columns. */
export function GoOnQuestion({ state, width }: { state: DashboardState; width: number }) {
  const { ask, more, also, gap, keys } = goOnQuestion(state, width);
  return (
    <Text wrap="truncate-end">
      <Text bold color={COLOURS.attention}>{ask}</Text>
      <Text bold>{more}</Text>
      <Text inverse>{CURSOR}</Text>
      {also}
      {keys.map(({ shown, label }) => (
        <Text key={shown}>
          {" ".repeat(gap)}
          <Text bold color={COLOURS.accent}>{shown}</Text>
          {label === "" ? "" : ` ${label}`}
        </Text>
      ))}
    </Text>
  );
}
