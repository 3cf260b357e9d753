import type { Art, Product } from './products.ts'

/** A product's picture, drawn from its colours; worn by somebody for a try-on. */
export function pictureOf({ art, colours: [thing, ground] }: Product, worn: boolean): string {
  const drawn = shapes[art]
  const content = worn
    ? `${person}<g transform="${places[art]}" style="--c:${thing}">${drawn}</g>`
    : `<ellipse cx="200" cy="336" rx="112" ry="13" fill="#000" opacity=".09"/><g style="--c:${thing}">${drawn}</g>`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" role="img">
<defs><linearGradient id="g" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#fff" stop-opacity=".75"/><stop offset="1" stop-color="#fff" stop-opacity="0"/></linearGradient></defs>
<style>.a{fill:var(--c)}.d{fill:#000;opacity:.2}.l{fill:#fff;opacity:.28}.s{fill:none;stroke:#fff;stroke-opacity:.75;stroke-width:5;stroke-linecap:round}</style>
<rect width="400" height="400" fill="${ground}"/><circle cx="200" cy="185" r="150" fill="url(#g)"/>${content}</svg>`
}

/** One colour each; shade and light lie over it. */
const shapes: Readonly<Record<Art, string>> = {
  boot:
    '<path class="a" d="M130 90h92c4 52 6 92 20 118 14 24 62 28 80 50 8 10 8 26 6 42H124c-6-70-2-140 6-210z"/>' +
    '<path class="d" d="M120 300h210c2 14-2 30-6 34H128c-6-6-8-20-8-34z"/><path class="l" d="M130 90h92l2 28H128z"/>' +
    '<path class="s" d="M186 140l40 6M188 166l42 6M192 192l46 4M200 216l46-2"/><path class="d" d="M262 232c30 8 54 14 62 28 4 6 4 12 4 22-34 0-62-14-66-50z"/>',
  jacket:
    '<path class="a" d="M152 92c18 18 78 18 96 0l48 24c14 8 22 28 28 62l18 116-42 8-22-104v132H122V198l-22 104-42-8 18-116c6-34 14-54 28-62z"/>' +
    '<path class="d" d="M152 92c18 18 78 18 96 0-6 32-24 46-48 46s-42-14-48-46z"/><path class="s" d="M200 140v186"/>' +
    '<path class="l" d="M138 236h44v52h-44zM218 236h44v52h-44z"/><path class="d" d="M122 306h156v24H122z"/>',
  shirt:
    '<path class="a" d="M154 98c16 20 76 20 92 0l54 24c22 10 34 40 42 82l-46 14-18-40v146H122V178l-18 40-46-14c8-42 20-72 42-82z"/>' +
    '<path class="d" d="M154 98c16 20 76 20 92 0l10 5c-14 36-98 36-112 0z"/><path class="l" d="M218 186h38v40c-12 10-26 10-38 0z"/><path class="d" d="M122 306h156v18H122z"/>',
  sock:
    '<path class="a" d="M152 76h94v130c0 20 8 30 26 42 26 18 38 40 28 62-10 24-44 26-74 16-46-16-74-44-74-92z"/>' +
    '<path class="l" d="M152 76h94v34h-94z"/><path class="d" d="M292 272c16 18 18 40 4 54-10 8-26 10-40 8 4-32 14-52 36-62zM152 214c0-10 20-24 40-8s26 50 6 62c-30-10-46-30-46-54z"/><path class="s" d="M160 128h78M160 144h78"/>',
  hat:
    '<path class="a" d="M92 262c0-92 44-152 108-152s108 60 108 152z"/><circle class="a" cx="200" cy="98" r="30"/><circle class="l" cx="192" cy="90" r="14"/>' +
    '<path class="d" d="M84 250h232c10 0 14 8 14 20v34c0 12-6 18-16 18H86c-10 0-16-6-16-18v-34c0-12 4-20 14-20z"/>' +
    '<path class="s" d="M118 268v38M152 268v38M186 268v38M220 268v38M254 268v38M284 268v38"/>',
  pack:
    '<path class="d" d="M152 84c0-40 96-40 96 0v22h-18V88c0-22-60-22-60 0v18h-18z"/><path class="a" d="M120 134c0-36 30-52 80-52s80 16 80 52v182c0 14-8 22-22 22H142c-14 0-22-8-22-22z"/>' +
    '<path class="a" d="M96 202c0-10 8-18 24-18v120c-16 0-24-6-24-18zM304 202c0-10-8-18-24-18v120c16 0 24-6 24-18z"/><path class="d" d="M96 202c0-10 8-18 24-18v120c-16 0-24-6-24-18zM304 202c0-10-8-18-24-18v120c16 0 24-6 24-18z"/>' +
    '<path class="l" d="M144 216h112v84c0 10-6 16-16 16h-80c-10 0-16-6-16-16z"/><path class="d" d="M120 132c20 22 140 22 160 0v26c-20 22-140 22-160 0z"/><path class="s" d="M200 150v44M152 240h96"/>',
  bottle:
    '<path class="d" d="M168 62h64c6 0 10 4 10 10v30h-84V72c0-6 4-10 10-10z"/><path class="a" d="M156 108h88c0 26 24 30 24 62v148c0 14-8 22-22 22h-92c-14 0-22-8-22-22V170c0-32 24-36 24-62z"/>' +
    '<path class="l" d="M150 178c0-18 12-24 18-34v180h-8c-6 0-10-4-10-10z"/><path class="d" d="M132 262h136v32H132z"/><path class="s" d="M196 216l14-22 14 22z"/>',
  stove:
    '<path class="d" d="M120 312l26-76h108l26 76h-22l-14-50h-88l-14 50z"/><path class="a" d="M110 120h180v84c0 26-18 42-44 42h-92c-26 0-44-16-44-42z"/><path class="d" d="M98 106h204c8 0 8 24 0 24H98c-8 0-8-24 0-24z"/>' +
    '<path class="l" d="M126 144h26v58c0 14 6 22 12 30h-10c-18 0-28-10-28-28z"/><path class="s" d="M160 82c-10-14 10-20 0-36M200 82c-10-14 10-20 0-36M240 82c-10-14 10-20 0-36"/><path class="a" d="M290 150h46c10 0 10 18 0 18h-46z"/>',
}

/** Where on a person a thing belongs. */
const places: Readonly<Record<Art, string>> = {
  boot: 'translate(132 300) scale(.25)',
  sock: 'translate(134 282) scale(.26)',
  jacket: 'translate(76 100) scale(.62)',
  shirt: 'translate(76 96) scale(.62)',
  hat: 'translate(134 18) scale(.33)',
  pack: 'translate(222 150) scale(.34)',
  bottle: 'translate(262 210) scale(.24)',
  stove: 'translate(262 250) scale(.24)',
}

const person =
  '<circle cx="200" cy="102" r="44" fill="#e2b491"/><path d="M156 100c0-70 88-70 88 0-14-18-30-26-44-26s-30 8-44 26z" fill="#4a3527"/>' +
  '<path d="M152 172c8-18 28-26 48-26s40 8 48 26l20 112h-26l-12-58v74h-60v-74l-12 58h-26z" fill="#d9dde3"/><path d="M164 296h32l-4 84h-26zM204 296h32l-2 84h-26z" fill="#4b5565"/>' +
  '<circle cx="186" cy="104" r="4" fill="#3c2a20"/><circle cx="214" cy="104" r="4" fill="#3c2a20"/><path d="M186 122c8 8 20 8 28 0" stroke="#3c2a20" stroke-width="3" fill="none" stroke-linecap="round"/>'
