// What recommendations come to: by source, and by the arms of experiments. Shares with their
// intervals, drawn as SVG: attributes only, for the page's policy. Texts are set as text.

const svgSpace = 'http://www.w3.org/2000/svg';
const plotWidth = 110;
const plotHeight = 14;

const number = new Intl.NumberFormat('en');
const percent = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const fine = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });

const sources = {
  other: 'other',
  factors: 'long-term taste',
  sessions: 'similar sessions',
  sequentialRules: 'what others saw next',
  linear: 'linear model',
  graph: 'graph model',
  blend: 'blend of models',
  seenTogether: 'seen together',
  boughtTogether: 'bought together',
  similar: 'similar products',
  trending: 'trending',
  newArrivals: 'new arrivals',
  exploration: 'exploration',
  pinned: 'pinned by a merchant',
};

const byId = id => document.getElementById(id);

function element(name, text, className) {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function cell(text, className = '', title = text) {
  const made = element('td', text, className);
  made.title = title; // It may be cut off.
  return made;
}

function row(...cells) {
  const made = document.createElement('tr');
  made.append(...cells);
  return made;
}

function shape(name, attributes) {
  const made = document.createElementNS(svgSpace, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

const digits = share => share < 0.1 ? fine : percent; // 0.42 % and 23.1 %.
const share = value => `${digits(value).format(100 * value)} %`;

function range({ low, high }) {
  const format = digits(high);
  const ends = [Math.max(0, low), Math.min(1, high)].map(end => format.format(100 * end));
  return `${ends[0]} – ${ends[1]} %`;
}

/** A share as text, and as a dot on the line of its interval; most is the end of the scale. */
function estimate({ value, interval }, trials, most, confidence) {
  if (trials === 0) return cell('–', 'estimate', 'nothing to count yet');
  const made = cell('', 'estimate',
    `${share(value)}; ${range(interval)} with ${100 * confidence} % confidence`);
  made.append(element('span', share(value), 'share'));
  const plot = shape('svg', {
    width: plotWidth, height: plotHeight, viewBox: `0 0 ${plotWidth} ${plotHeight}`,
    'aria-hidden': 'true', class: 'plot',
  });
  const at = end => 3 + (plotWidth - 6) * Math.max(0, Math.min(1, end / most));
  const middle = plotHeight / 2;
  plot.append(
    shape('line', { x1: 0, x2: plotWidth, y1: middle, y2: middle, class: 'scale' }),
    shape('line', {
      x1: at(interval.low), x2: at(interval.high), y1: middle, y2: middle, class: 'interval',
    }),
    shape('circle', { cx: at(value), cy: middle, r: 3, class: 'dot' }));
  made.append(plot, element('small', range(interval), 'range'));
  return made;
}

function money(amount, currency) {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount);
}

function revenue(parts) {
  if (parts.length === 0) return cell('–', 'number optional', 'nothing was bought yet');
  const all = parts.map(part => money(part.amount, part.currency)).join(' + ');
  return cell(parts.length > 1 ? `${money(parts[0].amount, parts[0].currency)} …` : all,
    'number optional', all);
}

/** The end of the scale. What was hardly shown has a wide interval, and would squeeze the rest. */
function highest(rows) {
  const enough = rows.filter(row => row.impressions >= 100);
  return Math.max(
    0.001, ...(enough.length > 0 ? enough : rows).map(row => row.clickThrough.interval.high));
}

function sourceRow(source, most, confidence, name, className) {
  const made = row(
    cell(name),
    cell(number.format(source.impressions), 'number optional'),
    cell(number.format(source.clicks), 'number optional'),
    estimate(source.clickThrough, source.impressions, most, confidence),
    cell(source.clicks === 0 ? '–' : share(source.conversion.value), 'number bought',
      `${number.format(source.conversions)} bought within a day, of ` +
      `${number.format(source.clicks)} clicked; ${range(source.conversion.interval)}`),
    revenue(source.revenue));
  made.className = className;
  return made;
}

function difference({ value, interval, pValue }) {
  const points = end => `${end > 0 ? '+' : ''}${fine.format(100 * end)}`;
  const p = pValue < 0.001 ? 'p < 0.001' : `p = ${pValue.toFixed(3)}`;
  const made = cell(points(value), 'number',
    `${points(interval.low)} to ${points(interval.high)} percentage points, ${p}`);
  made.append(element('small', p, 'chance'));
  return made;
}

function perVisitor(arm) {
  if (arm.revenue.length === 0) return cell('–', 'number optional', 'nothing was bought yet');
  const { currency, mean, difference: from } = arm.revenue[0];
  const ends = mean.interval
    ? `${money(mean.interval.low, currency)} to ${money(mean.interval.high, currency)}`
    : 'too few visitors to say how sure that is';
  return cell(money(mean.value, currency), 'number optional',
    from ? `${ends}; p = ${from.pValue.toFixed(3)} against the first arm` : ends);
}

function armRow(arm, most, confidence) {
  return row(
    cell(arm.name, '', `${arm.name}: ${percent.format(arm.share)} % of all visitors`),
    cell(number.format(arm.visitors), 'number optional'),
    estimate(arm.clickThrough, arm.impressions, most, confidence),
    arm.clickThroughDifference
      ? difference(arm.clickThroughDifference) : cell('first', 'number'),
    cell(arm.visitors === 0 ? '–' : share(arm.buyers.value), 'number bought',
      `visitors who bought what they had clicked; ${range(arm.buyers.interval)}`),
    perVisitor(arm));
}

function head(...columns) {
  const made = document.createElement('thead');
  const names = document.createElement('tr');
  for (const [text, className] of columns) {
    const name = element('th', text, className);
    name.scope = 'col';
    names.append(name);
  }
  made.append(names);
  return made;
}

function experiment({ name, isRunning, arms }, confidence) {
  const made = document.createElement('section');
  const title = element('h3', name);
  title.title = name; // It may be cut off.
  if (!isRunning) title.append(element('small', ' has ended'));
  const table = element('table', '', 'success arms');
  table.setAttribute('aria-label', name);
  const body = document.createElement('tbody');
  const most = highest(arms);
  body.append(...arms.map(arm => armRow(arm, most, confidence)));
  table.append(head(
    ['Arm', ''], ['Visitors', 'number optional count'], ['Click rate', 'estimate'],
    ['Points', 'number points'], ['Buyers', 'number bought'],
    ['Revenue a visitor', 'number optional amount']), body);
  made.append(title, table);
  return made;
}

/** The report of /v1/recommendations/metrics. */
export function showSuccess({ all, sources: parts, experiments, uncounted, confidence }) {
  const none = all.impressions === 0;
  byId('success-none').hidden = !none;
  byId('success-table').hidden = none;
  const most = highest([all, ...parts]);
  byId('success').replaceChildren(
    ...parts.map(part => sourceRow(part, most, confidence, sources[part.source] ?? part.source)),
    sourceRow(all, most, confidence, 'all', 'all'));
  byId('experiments').replaceChildren(
    ...experiments.map(one => experiment(one, confidence)));
  const missed = uncounted.unreadable + uncounted.foreign;
  const notes = [];
  if (missed > 0) {
    notes.push(`${number.format(missed)} events had an answer's id that was not sound, ` +
      'and are not counted.');
  }
  if (uncounted.behind > 0) {
    notes.push(`${number.format(uncounted.behind)} were about products behind the first 64 of ` +
      'a long list, which an id does not carry.');
  }
  byId('success-uncounted').hidden = notes.length === 0;
  byId('success-uncounted').textContent = notes.join(' ');
}
