// Draws the plots of one report, or of two that are compared.
"use strict";

const reports = JSON.parse(document.getElementById("reports").textContent);
const last = reports[reports.length - 1];
const isComparison = reports.length === 2;
const color = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// Texts of figures. Nothing has more than three digits that count.

function scaled(value, units) {
  if (value == null) return "–";
  let [unit, size] = units[0];
  for (const [name, least] of units) if (Math.abs(value) >= least) [unit, size] = [name, least];
  const number = value / size;
  const digits = number === 0 || number >= 100 ? 0 : number >= 10 ? 1 : 2;
  return String(+number.toFixed(digits)) + unit;
}
const duration = value => scaled(value, [[" ns", 1], [" µs", 1e3], [" ms", 1e6], [" s", 1e9]]);
const count = value => scaled(value, [["", 1], [" k", 1e3], [" M", 1e6], [" G", 1e9]]);
const bytes = value =>
  scaled(value, [[" B", 1], [" kB", 1e3], [" MB", 1e6], [" GB", 1e9]]);
const whole = value => value.toLocaleString("en");

// The page's head.

function loop(report) {
  return report.isOpenLoop
    ? `open loop at ${count(report.targetRate)} events/s` : "closed loop, as fast as it goes";
}

// What an endpoint was asked, over the wire; undefined where a router was embedded.
const endpoint = report => report.endpoint;
const isOfEndpoint = endpoint(last) !== undefined;

const plural = (number, one, many) => `${whole(number)} ${number === 1 ? one : many}`;
const requests = ({ entries, detailBytes }) =>
  `${plural(entries, "entry", "entries")} a request, details of ${whole(detailBytes)} bytes`;

function buses(report) {
  const number = report.buses ?? 1;
  return `${whole(number)} bus${number === 1 ? "" : "es"}`
    + (report.isDealt ? " with rules of their own" : "");
}

// For how much of the measured time, from its start, the target failed; 0 for none.
const outage = report => report.outageSeconds ?? 0;

document.getElementById("summary").textContent = isOfEndpoint
  ? `${loop(last)}, ${plural(endpoint(last).connections, "connection", "connections")}, `
  + `${requests(endpoint(last))}, to ${endpoint(last).url}`
  + (isComparison ? "; the grey lines are the report before" : "")
  : `${loop(last)}, ${last.producers} publisher${last.producers === 1 ? "" : "s"}, `
  + ((last.buses ?? 1) > 1 ? `${buses(last)}, ` : "")
  + `${whole(last.rules)} rules, target ${last.target}, `
  + (last.isArchived ? "archived" : "not archived")
  + (outage(last) > 0 ? `; the target failed for the first ${duration(outage(last) * 1e9)}` : "")
  + (isComparison ? "; the grey lines are the report before" : "");

if (reports.some(report => outage(report) > 0)) {
  for (const note of document.querySelectorAll(".outage-note")) note.hidden = false;
}

const notes = isOfEndpoint
  ? ["From the time at which a request should have been sent until its answer was there.",
    "From the moment of sending a request until its answer was there."]
  : ["From the time at which an event should have been published until its target had it.",
    "From the moment of publishing until the target had it."];
document.getElementById("latency-note").textContent = notes[last.isOpenLoop ? 0 : 1];
if (isOfEndpoint) document.getElementById("throughput-title").textContent = "Events acknowledged";
if (reports.some(report => report.intervals.some(interval => interval.events === 0))) {
  document.getElementById("latency-note").textContent +=
    " Where the line is broken, nothing came.";
}

// Why entries were not acknowledged, the most frequent first.
const refusals = report => Object.entries(endpoint(report)?.refused ?? {})
  .sort((one, two) => two[1] - one[1]).map(([code, number]) => `${whole(number)} ${code}`)
  .join(", ") || "none";

const lost = last.published - last.delivered;
if (lost !== 0) {
  const warning = document.getElementById("warning");
  warning.hidden = false;
  warning.textContent = isOfEndpoint
    ? `${whole(last.published)} entries were sent, but ${whole(last.delivered)} acknowledged: `
    + `${refusals(last)}.`
    : `${whole(last.published)} events were published, but ${whole(last.delivered)} delivered.`;
}

const figures = [
  ["events/s", r => r.eventsPerSecond, count],
  ["latency p50", r => r.latency.p50, duration],
  ["latency p99", r => r.latency.p99, duration],
  ["latency p99.9", r => r.latency.p999, duration],
  ["latency, longest", r => r.latency.max, duration],
  [`${isOfEndpoint ? "own " : ""}processor s/M events`, r => r.processorSecondsPerMillionEvents, v => v.toFixed(2)],
  ["peak memory", r => r.peakMemoryBytes, bytes],
];
for (const [name, of, text] of figures) {
  // A percentile that a run was too short for.
  if (reports.some(report => of(report) === undefined)) continue;
  const tile = document.createElement("div");
  const add = (tag, content) => {
    tile.appendChild(document.createElement(tag)).textContent = content;
  };
  add("b", text(of(last)));
  add("span", name);
  if (isComparison) {
    const before = of(reports[0]);
    const ratio = before > 0 ? ` (×${+(of(last) / before).toPrecision(3)})` : "";
    add("small", `before: ${text(before)}${ratio}`);
  }
  document.getElementById("figures").appendChild(tile);
}

const routerConfiguration = [
  ["publishers", r => r.producers],
  ["target", r => r.target],
  ["archived", r => r.isArchived ? "yes, without syncs" : "no"],
  ["buses", buses],
  ["rules", r => r.rules === undefined ? "-" : `${whole(r.rules)}, from ${r.ruleSource}`],
  ["events", r => r.eventSource],
];
const endpointConfiguration = [
  ["endpoint", r => endpoint(r)?.url],
  ["bus", r => endpoint(r)?.bus],
  ["connections", r => endpoint(r)?.connections],
  ["requests", r => endpoint(r) && requests(endpoint(r))],
  ["signed", r => endpoint(r)?.isSigned ? "yes" : "no"],
  ["not acknowledged", refusals],
  ["of these throttled", r => endpoint(r) && whole(endpoint(r).throttled)],
];
const configuration = [
  ["loop", loop],
  ...reports.some(report => !endpoint(report)) ? routerConfiguration : [],
  ...reports.some(endpoint) ? endpointConfiguration : [],
  ["measured", r => r.origin?.date ?? "-"],
  ["build", r => r.origin?.build ?? "-"],
  ["processor", r => r.origin?.processor ?? "-"],
  ["measured", r => `${r.seconds.toFixed(1)} s`],
  [isOfEndpoint ? "sent" : "published", r => whole(r.published)],
  [isOfEndpoint ? "acknowledged" : "delivered", r => whole(r.delivered)],
];
if (reports.some(report => outage(report) > 0)) {
  configuration.push(["outage of the target", r => outage(r) > 0
    ? `the first ${duration(outage(r) * 1e9)} of the measured time; then it caught up, and got `
      + `${whole(r.repeated ?? 0)} events once more`
    : "none"]);
}
if (isComparison) {
  const row = document.getElementById("configuration").insertRow();
  for (const text of ["", "before", "after"]) {
    row.appendChild(document.createElement("th")).textContent = text;
  }
}
for (const [name, of] of configuration) {
  const row = document.getElementById("configuration").insertRow();
  const head = document.createElement("th");
  head.textContent = name;
  row.appendChild(head);
  for (const report of reports) row.insertCell().textContent = of(report) ?? "-";
}

// The plots.

// When each interval ended, in seconds from the start of the measured time.
function times(report) {
  let time = 0;
  return report.intervals.map(interval => (time += interval.seconds));
}

// Which values of a line are alone between gaps: a line can't show them, points can.
function lonely(values) {
  const known = values.map((value, index) => [value, index]).filter(([v]) => v !== undefined);
  const isGap = place => known[place]?.[0] == null;
  return known
    .filter(([value], place) => value != null && isGap(place - 1) && isGap(place + 1))
    .map(([, index]) => index);
}

// Shades the time in which each report's target failed.
function shadeOutages(chart) {
  const { left, top, width, height } = chart.bbox;
  for (const [index, report] of reports.entries()) {
    if (outage(report) === 0) continue;
    const end = Math.min(chart.valToPos(outage(report), "x", true), left + width);
    chart.ctx.save();
    chart.ctx.globalAlpha = 0.16;
    chart.ctx.fillStyle = color(isComparison && index === 0 ? "--before" : "--two");
    chart.ctx.fillRect(left, top, end - left, height);
    chart.ctx.restore();
  }
}

// The plots by the name of their element.
const charts = {};

// Lines of all reports over one axis: [name, color, report, x values, y values].
function plot(id, lines, text, options) {
  const element = document.getElementById(id);
  const data = uPlot.join(lines.map(line => [line.x, line.y]));
  const axis = { stroke: color("--quiet"), grid: { stroke: color("--line"), width: 1 },
    ticks: { stroke: color("--line") } };
  const size = () => ({ width: element.clientWidth, height: 300 });
  const chart = new uPlot({
    ...size(),
    // Room for half of the last label of the axis below.
    padding: [null, 32, null, null],
    hooks: { drawClear: options.hasOutages ? [shadeOutages] : [] },
    scales: { x: { time: false, ...options.x }, y: options.y ?? {} },
    axes: [
      { ...axis, values: (_, splits) => splits.map(options.xText), ...options.xAxis },
      { ...axis, size: 76, values: (_, splits) => splits.map(v => v == null ? "" : text(v)) },
    ],
    series: [
      { label: options.xLabel, value: (_, v) => v == null ? "–" : options.xText(v) },
      ...lines.map(line => ({
        label: line.name, stroke: color(line.color), width: 1.5,
        dash: line.dashed ? [6, 4] : undefined,
        points: { show: false, filter: (u, index) => lonely(u.data[index]) },
        value: (_, v) => text(v),
      })),
    ],
  }, data, element);
  charts[id] = chart;
  addEventListener("resize", () => chart.setSize(size()));
}

// `of` of each interval of each report, the one before in grey.
function overTime(names) {
  return reports.flatMap((report, index) => {
    const isBefore = isComparison && index === 0;
    return names.map(([name, colorName, of, dashed]) => ({
      name: isBefore ? `${name} before` : name, color: isBefore ? "--before" : colorName,
      dashed, x: times(report), y: report.intervals.map(of),
    }));
  });
}
const seconds = {
  hasOutages: true,
  xLabel: "second", xText: v => v == null ? "" : String(+v.toFixed(2)),
  x: { range: (_, __, most) => [0, most || 1] },
  xAxis: { incrs: [0.1, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200] },
};
const fromZero = { range: (_, __, most) => [0, most > 0 ? most * 1.05 : 1] };

plot("throughput", overTime([["events/s", "--one", i => i.events / i.seconds]]), count,
  { ...seconds, y: fromZero });

// Whole powers of ten: those have labels.
const logarithmic = {
  distr: 3, log: 10, range: (_, least, most) => uPlot.rangeLog(least, most, 10, true),
};
// A logarithmic axis has no place for nothing.
const atLeastOne = value => Math.max(value, 1);
// What took a second in which nothing came? Nothing did.
// What is undefined, so few events can't tell.
const ofSome = value => interval =>
  interval.events > 0 && value(interval) !== undefined ? atLeastOne(value(interval)) : null;
plot("latency", overTime([
  ["p50", "--one", ofSome(i => i.p50)],
  ["p99", "--two", ofSome(i => i.p99)],
  ["longest", "--three", ofSome(i => i.max), true],
]), duration, { ...seconds, y: logarithmic });

// An endpoint's memory is its own affair.
document.getElementById("memory-section").hidden = isOfEndpoint;
if (!isOfEndpoint) {
  plot("memory", overTime([
    ["resident", "--four", i => i.residentBytes ?? null],
    ["of it no file's", "--one", i => i.ownBytes ?? null, true],
  ]), bytes, { ...seconds, y: fromZero });
}

// As HdrHistogram's plots have it: 1 / (1 - quantile) on a logarithmic axis.
plot("percentiles", reports.map((report, index) => ({
  name: isComparison && index === 0 ? "latency before" : "latency",
  color: isComparison && index === 0 ? "--before" : "--one",
  x: (report.distribution ?? []).map(point => 1 / (1 - point.quantile)),
  y: (report.distribution ?? []).map(point => atLeastOne(point.nanoseconds)),
})), duration, {
  x: logarithmic, y: logarithmic, xLabel: "percentile",
  xText: v => v == null ? "" : `${+((1 - 1 / v) * 100).toPrecision(8)} %`,
});
