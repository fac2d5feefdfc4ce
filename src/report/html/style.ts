/** The style sheet of the page. It names no address, and everything that the page shows without a script. */
import { DARK_PAGE, LIGHT_PAGE } from "../drawing/dark.ts";

/**
 * The shades of a confusion matrix, from the smallest share of a class's images to the largest: background and text.
 */
const SHADES = {
  light: [["#E3EFF8", "#1B1F24"], ["#BEDAEE", "#1B1F24"], ["#7FB5DB", "#10151B"], ["#1F6AA5", "#FFFFFF"], [
    "#0B3C5D",
    "#FFFFFF",
  ]],
  dark: [["#1E2C38", "#E8E8E8"], ["#234257", "#F0F0F0"], ["#275C80", "#FFFFFF"], ["#5FA8DB", "#0B1117"], [
    "#A9D6F5",
    "#0B1117",
  ]],
} as const;

/** The number of shades. */
export const SHADE_COUNT = SHADES.light.length;

function shades(scheme: keyof typeof SHADES): string {
  return SHADES[scheme].map(([background, text], place) => `.shade-${place}{background:${background};color:${text}}`)
    .join("");
}

const LIGHT_COLOURS =
  `--page:${LIGHT_PAGE};--ink:#1B1F24;--soft:#555C64;--line:#D4D8DD;--tint:#F3F5F7;--warn:#FFF4DB;` +
  "--edge:#8A5A00;--link:#0B5CAD";
const DARK_COLOURS = `--page:${DARK_PAGE};--ink:#E8E8E8;--soft:#A9B1BA;--line:#3C4148;--tint:#20252B;--warn:#33290F;` +
  "--edge:#F2B35E;--link:#7CBDF5";

/** Returns the text of the style sheet. */
export function styleSheet(): string {
  return `
:root{color-scheme:light dark;${LIGHT_COLOURS}}
${shades("light")}
@media screen and (prefers-color-scheme:dark){:root{${DARK_COLOURS}}${shades("dark")}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
main,header,footer,nav{max-width:70rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.5rem}
footer{padding:2rem 1rem;color:var(--soft);font-size:.875rem}
h1{font-size:1.75rem;line-height:1.2;margin:.25rem 0}
h2{font-size:1.35rem;line-height:1.25;margin:2.5rem 0 .75rem;padding-top:.75rem;border-top:2px solid var(--line)}
h3{font-size:1.1rem;margin:1.75rem 0 .5rem}
h4{font-size:1rem;margin:1.5rem 0 .5rem}
p{margin:.5rem 0;max-width:46rem}
a{color:var(--link)}
.kind,.id,.note{color:var(--soft)}
.kind{margin:0;font-size:.875rem}
.id,code{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:.875rem}
.notices{margin:1rem 0;padding:.5rem 1rem;background:var(--warn);border-left:4px solid var(--edge)}
.notices ul{margin:.25rem 0;padding-left:1.25rem}
.notices h2,.notices h3{border:0;margin:.25rem 0;padding:0;font-size:1rem}
dl{margin:.75rem 0;display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:.25rem 1rem}
dt{color:var(--soft)}
dd{margin:0}
dl.options{grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:0 1.5rem}
dl.options div{display:flex;flex-wrap:wrap;column-gap:1rem;border-bottom:1px solid var(--line);padding:.15rem 0}
dl.options .wide{grid-column:1/-1}
dl.options dt{white-space:nowrap}
dl.options dd{margin-left:auto;text-align:right}
.scroll{position:relative;overflow-x:auto;margin:.75rem 0}
table{border-collapse:collapse;font-size:.9375rem}
th,td{padding:.3rem .6rem;text-align:left;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:normal}
thead th{border-bottom:2px solid var(--line);vertical-align:bottom}
thead th.number{white-space:normal}
th{font-weight:600}
tbody th{font-weight:400;min-width:7rem;max-width:18rem;overflow-wrap:anywhere}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.compact{font-size:.875rem}
.compact th,.compact td{padding:.3rem .4rem}
.best th,.best td{font-weight:700}
.matrix td,.matrix thead th{text-align:center;padding:.3rem 0;min-width:2.1rem;font-variant-numeric:tabular-nums}
.matrix td{border:1px solid var(--line);vertical-align:middle}
.matrix thead th:first-child{text-align:left;min-width:8rem}
.matrix .right{font-weight:700}
.matrix th[scope=row],.matrix thead th:first-child{position:sticky;left:0;background:var(--page);padding-left:0}
.matrix th[scope=row] div{display:flex;gap:.6rem}
.matrix th[scope=row] span{flex:none;min-width:1.1em;font-weight:600;color:var(--soft)}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.panels{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:1rem;margin:.75rem 0}
figure{margin:0}
figcaption{font-weight:600}
.panels img{width:100%;max-width:34rem;height:auto;display:block}
.legend{list-style:none;margin:.5rem 0;padding:0;font-size:.9375rem}
.legend li{display:flex;gap:.6rem;align-items:flex-start;margin:.15rem 0}
.legend picture{flex:none;line-height:0;padding-top:.2rem}
.picture img{max-width:100%;height:auto}
.mistakes{list-style:none;margin:.75rem 0;padding:0;display:grid;gap:1rem .75rem;
grid-template-columns:repeat(auto-fill,minmax(9rem,1fr))}
.mistakes figcaption{font-weight:400;font-size:.875rem;line-height:1.35;margin-top:.3rem}
.mistakes .file{color:var(--soft);font-size:.8125rem}
.frame{width:8rem;height:8rem;background:var(--tint);display:flex;align-items:center;justify-content:center;
color:var(--soft);font-size:.8125rem;text-align:center;padding:0}
.frame img{width:100%;height:100%;object-fit:contain;image-rendering:auto}
.frame.small img{image-rendering:pixelated}
pre{margin:.5rem 0;padding:.75rem 1rem;background:var(--tint);border:1px solid var(--line);white-space:pre-wrap;
overflow-wrap:anywhere}
details{margin:.75rem 0}
summary{cursor:pointer}
a:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:3px solid var(--link);outline-offset:2px}
@media (max-width:32rem){
dl{grid-template-columns:1fr;gap:0}
dd{margin-bottom:.5rem}
dl.options dd{margin-bottom:0}
h1{font-size:1.4rem}
.matrix th[scope=row]{max-width:9rem}
.mistakes{grid-template-columns:repeat(auto-fill,minmax(8rem,1fr))}
}
@media print{
@page{margin:15mm}
body{font-size:10pt}
main,header,footer{max-width:none;padding:0}
nav,details{display:none}
.scroll{overflow:visible}
table{font-size:8.5pt}
th,td{padding:.15rem .35rem}
.matrix td,.matrix thead th{min-width:1.4rem}
h2,h3,h4{break-after:avoid}
tr,figure,.legend li,.notices,pre{break-inside:avoid}
td[class*=shade],.notices,.frame{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`.trim();
}
