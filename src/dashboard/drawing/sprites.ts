/**
 * Names for painted characters. Ink takes every line apart four times a frame, character by character and style by style,
 * and measures each character that it has not met in this frame: images of 800 colours cost it 10 ms. So what is drawn
 * with many colours goes through Ink as characters of Unicode's last private plane, and becomes what they stand for where
 * Ink's output leaves. Ink compares and cuts lines by names, which is as good: one name is one look.
 */

/** Escape sequences before and after a text. */
export interface Style {
  readonly open: string;
  readonly close: string;
}

interface Look extends Style {
  readonly text: string;
  readonly columns: number;
}

/** Private Use Area B: 65,534 characters that no font, and so no class name, has. The first one fills up strips. */
const FILLER = "\u{100000}";
const FIRST = 0x100001;
const COUNT = 0xfffd;
const NAMES = /[\u{100000}-\u{10fffd}]+/gu;

/** Drawing characters and blanks: one column each, everywhere. Words are not worth a name. */
const DRAWN = /^[ \u2500-\u25ff\u2800-\u28ff]+$/u;

const PLAIN: Style = { open: "", close: "" };

export class Sprites {
  readonly #names = new Map<string, string>();
  readonly #looks: (Look | undefined)[] = [];
  #next = 0;

  /** What stands for a painted text on its way through Ink, a name for each character; the text where it is no drawing. */
  named(text: string, style: Style): string {
    if (!DRAWN.test(text)) return style.open + text + style.close;
    let names = "";
    for (const character of text) names += this.#nameOf({ text: character, columns: 1, ...style });
    return names;
  }

  /**
   * What stands for a painted piece of a line, styles and all: one name, and fillers up to its columns. Nothing may come to
   * lie over a part of it: the rest would be left without its name.
   */
  strip(painted: string, columns: number): string {
    return this.#nameOf({ text: painted, columns, ...PLAIN }) + FILLER.repeat(columns - 1);
  }

  /** The text with what its names stand for. */
  drawn(text: string): string {
    return text.replaceAll(NAMES, (names) => {
      let drawn = "";
      let style = PLAIN;
      let fillers = 0;
      for (const name of names) {
        if (name === FILLER && fillers > 0) {
          fillers--;
          continue;
        }
        // Without its name a filler is a blank: what is beside it keeps its column.
        const blank = { text: name === FILLER ? " " : name, columns: 1, ...PLAIN };
        const look = this.#looks[(name.codePointAt(0) ?? FIRST) - FIRST] ?? blank;
        if (look.open !== style.open) drawn += style.close + look.open;
        style = look;
        fillers = look.columns - 1;
        drawn += look.text;
      }
      return drawn + style.close;
    });
  }

  #nameOf(look: Look): string {
    const key = look.open + look.text;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    // The oldest name is given anew: after a thousand images, when its own is long gone from the screen.
    const place = this.#next++ % COUNT;
    const old = this.#looks[place];
    if (old) this.#names.delete(old.open + old.text);
    const name = String.fromCodePoint(FIRST + place);
    this.#names.set(key, name);
    this.#looks[place] = look;
    return name;
  }
}
