/** Fetch what draws charts, on the pages that have some, while the server makes them. */

import { fetchPlotly } from "../core/fetched.js";
import "./chart.js";

fetchPlotly().catch(() => {}); // the charts say it
