/**
 * Tell the server that a page is painted, and again while it is open: it then has a worker that is
 * ready to train (`pcae/training/warm.py`).
 *
 * Not before, for loading TensorFlow would slow the painting; and no more an hour after the page was
 * last looked at. Then, too, whoever turns to the navigation has Plotly fetched: the next page may
 * have charts, and a class that stays on *Explore* has no use for it.
 */

import { fetchPlotly } from "../core/fetched.js";

const LOOK_MS = 1000;
const AGAIN_MS = 30_000;
const LESSON_MS = 3_600_000;
const UNFINISHED = '[data-test-script-state="running"], [data-testid="stSkeleton"]';
const NAVIGATION = '[data-testid="stTopNav"], [data-testid="stSidebar"], [role="menu"]';

let painted = false; // at the last look; what was so at two is on the screen
let seen = -Infinity; // when a painted page was last looked at

look();
for (const turn of ["pointerover", "focusin"]) document.addEventListener(turn, turned);

function look() {
  const before = painted;
  painted = !document.hidden && isPainted();
  if (before && painted) seen = performance.now();
  const open = performance.now() - seen < LESSON_MS;
  if (open) tell();
  setTimeout(look, open ? AGAIN_MS : LOOK_MS);
}

/** Fetch what draws charts, for who may be about to open a page that has some. @param {Event} event */
function turned({ target }) {
  if (!(target instanceof Element && target.closest(NAVIGATION))) return;
  fetchPlotly().catch(() => {}); // the charts say it
}

function isPainted() {
  const explorer = document.querySelector(".st-key-explorer");
  const drawn = !explorer || explorer.querySelector(".pcae-x[data-whole]") !== null;
  return drawn && document.querySelector(UNFINISHED) === null;
}

function tell() {
  const address = new URL("explorer/painted", document.baseURI);
  fetch(address, { cache: "no-store" }).catch(() => {}); // it hears it the next time
}
