// The three charts. All is drawn on canvas, tooltips too (richText): a title of the shop never
// becomes HTML, and the page's policy needs no inline styles.

const historyMs = 120_000;
const firstHistoryMs = 20_000; // A line of a few seconds must not hide in a corner.
const blue = '#2563eb';
const green = '#047857';
const textStyle = { fontFamily: 'system-ui, sans-serif', color: '#475569' };
const still = matchMedia('(prefers-reduced-motion: reduce)');

const number = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const oneDigit = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

const count = value => value < 100_000 ? number.format(value) : short.format(value);
const score = value => value < 10 ? oneDigit.format(value) : count(Math.round(value));

const charts = new Map();
const rates = [];

function draw(id, description, option) {
  const place = document.getElementById(id);
  if (!charts.has(id)) charts.set(id, echarts.init(place));
  charts.get(id).setOption({ textStyle, ...option });
  place.setAttribute('aria-label', description);
}

/** Fits the charts to their places. */
export function resize() {
  charts.forEach(chart => chart.resize());
}

/** Adds a rate; isFirst says that it does not continue the one before. */
export function showRate(time, eventsPerSecond, isFirst) {
  const now = Date.parse(time);
  rates.push([now, isFirst ? null : eventsPerSecond]);
  while (rates[0][0] < now - historyMs) rates.shift();
  draw('rate-chart', `${oneDigit.format(eventsPerSecond)} events a second`, {
    animation: false,
    grid: { left: 52, right: 20, top: 12, bottom: 24 },
    tooltip: {
      trigger: 'axis', renderMode: 'richText', confine: true,
      formatter: ([point]) => !point || point.value[1] === null ? '' :
        `${clock.format(point.value[0])}   ${oneDigit.format(point.value[1])} a second`,
    },
    xAxis: {
      type: 'time', min: Math.min(rates[0][0], now - firstHistoryMs), max: now, splitNumber: 4,
      axisLabel: { hideOverlap: true, formatter: value => clock.format(value) },
    },
    yAxis: {
      type: 'value', min: 0, minInterval: 1, splitNumber: 3,
      axisLabel: { formatter: value => short.format(value) },
    },
    series: [{
      type: 'line', data: rates, showSymbol: false, areaStyle: { opacity: 0.15 },
      lineStyle: { color: blue }, itemStyle: { color: blue },
    }],
  });
}

function bars(id, names, values, label, color, widest, description, more) {
  const place = document.getElementById(id);
  const left = Math.min(widest, Math.round(place.clientWidth * 0.42));
  draw(id, description, {
    grid: { left, right: more.right, top: 4, bottom: 4 },
    xAxis: { type: 'value', min: 0, show: false },
    yAxis: {
      type: 'category', inverse: true, data: names,
      axisTick: { show: false }, axisLine: { show: false },
      axisLabel: { width: left - 12, overflow: 'truncate', color: '#1d2733' },
    },
    ...more.option,
    series: [{
      type: 'bar', barWidth: '62%', data: values, itemStyle: { color, borderRadius: 3 },
      label: { show: true, position: 'right', color: '#1d2733', formatter: label },
    }],
  });
}

/** Steps as { event, sessions, conversionRate }. */
export function showFunnel(steps) {
  const texts = steps.map((step, place) => place === 0 || steps[place - 1].sessions === 0
    ? count(step.sessions)
    : `${count(step.sessions)}   ${oneDigit.format(100 * step.conversionRate)} %`);
  bars('funnel-chart', steps.map(step => step.event), steps.map(step => step.sessions),
    ({ dataIndex }) => texts[dataIndex], blue, 136,
    `Sessions by step: ${steps.map((step, i) => `${step.event} ${texts[i]}`).join(', ')}`,
    { right: 100, option: { animation: !still.matches, animationDurationUpdate: 300 } });
}

/** Products as { productId, title, score }; not animated, as bars would change their names. */
export function showTrending(products) {
  const names = products.map(product => product.title ?? product.productId);
  bars('trending-chart', names, products.map(product => product.score),
    ({ value }) => score(value), green, 190,
    `Trending: ${names.join(', ')}`,
    {
      right: 56,
      option: {
        animation: false,
        tooltip: {
          trigger: 'axis', renderMode: 'richText', confine: true,
          axisPointer: { type: 'none' },
          formatter: ([bar]) => bar ? `${names[bar.dataIndex]}   ${score(bar.value)}` : '',
        },
      },
    });
}
