/** How light a colour is, for tests of plots that are printed in grey. */

/** CIE L*, the perceived lightness of a grey of the same luminance, 0 to 100, and the WCAG contrast with white. */
export function lightness(colour: string): { lightness: number; contrast: number } {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  const cube = luminance > 0.008856 ? 116 * Math.cbrt(luminance) - 16 : 903.3 * luminance;
  return { lightness: cube, contrast: 1.05 / (luminance + 0.05) };
}
