import { Text } from "ink";
import { COLOURS } from "../src/dashboard/drawing/palette.ts";
import { quitQuestion } from "../src/dashboard/keys/quit_question.ts";
import type { DashboardState } from "../src/dashboard/view/state.ts";

/** The question of `q`, on one line of `width` columns. */
export function QuitQuestion({ state, width }: { state: DashboardState; width: number }) {
  const { ask, gap, keys } = quitQuestion(state, width);
  return (
    <Text wrap="truncate-end">
      <Text bold color={COLOURS.attention}>{ask}</Text>
      {keys.map(({ shown, label }, index) => (
        <Text key={shown}>
          {index > 0 ? " ".repeat(gap) : ""}
          <Text bold color={COLOURS.accent}>{shown}</Text>
          {label === "" ? "" : ` ${label}`}
        </Text>
      ))}
    </Text>
  );
}
