// The live page: one stream of snapshots (/v1/live), a chart library, no framework.
// Texts of the shop go into the page as text, never as HTML.

const rateHistory = 120; // Snapshots of a second each.
const recommendEveryMs = 2000;

const byId = id => document.getElementById(id);
const number = new Intl.NumberFormat('en');
const oneDigit = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const time = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

const charts = {
  rate: echarts.init(byId('rate-chart')),
  funnel: echarts.init(byId('funnel-chart')),
  trending: echarts.init(byId('trending-chart')),
};
addEventListener('resize', () => Object.values(charts).forEach(chart => chart.resize()));

const rates = [];
let newestVisitor = null;

function element(name, text, className) {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function row(...cells) {
  const made = document.createElement('tr');
  made.append(...cells);
  return made;
}

function money({ amount, currency }) {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount);
}

function shorten(text, length) {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

function showCounters(shop) {
  byId('rate').textContent = number.format(Math.round(shop.eventsPerSecond));
  byId('handled').textContent = number.format(shop.handled);
  byId('lag').textContent = number.format(shop.lag);
  byId('sessions').textContent = number.format(shop.sessions.active);
  byId('carts').textContent = number.format(shop.cartsActive);
  byId('purchases').textContent = number.format(shop.events.purchase ?? 0);
  byId('simulated').hidden = !shop.simulated;
}

function showRate(shop) {
  rates.push([Date.parse(shop.time), shop.eventsPerSecond]);
  if (rates.length > rateHistory) rates.shift();
  charts.rate.setOption({
    animation: false,
    grid: { left: 52, right: 12, top: 12, bottom: 24 },
    tooltip: { trigger: 'axis', valueFormatter: value => oneDigit.format(value) },
    xAxis: { type: 'time' },
    yAxis: { type: 'value', min: 0, minInterval: 1, splitNumber: 3 },
    series: [{
      type: 'line', data: rates, showSymbol: false, areaStyle: { opacity: 0.15 },
      lineStyle: { color: '#2563eb' }, itemStyle: { color: '#2563eb' },
    }],
  });
}

function showFunnel(shop) {
  const steps = shop.funnel;
  charts.funnel.setOption({
    animationDurationUpdate: 400,
    grid: { left: 128, right: 110, top: 8, bottom: 8 },
    tooltip: {
      trigger: 'axis',
      axisPointer: { type: 'shadow' },
    },
    xAxis: { type: 'value', show: false },
    yAxis: {
      type: 'category', inverse: true, data: steps.map(step => step.event),
      axisTick: { show: false }, axisLine: { show: false },
    },
    series: [{
      name: 'sessions', type: 'bar', barWidth: '62%',
      data: steps.map(step => step.sessions),
      itemStyle: { color: '#2563eb', borderRadius: 3 },
      label: {
        show: true, position: 'right',
        formatter: ({ dataIndex }) => {
          const step = steps[dataIndex];
          const rate = dataIndex ? `  ${oneDigit.format(100 * step.conversionRate)} %` : '';
          return `${number.format(step.sessions)}${rate}`;
        },
      },
    }],
  });
}

function showTrending(shop) {
  const products = shop.trending;
  charts.trending.setOption({
    animationDurationUpdate: 400,
    grid: { left: 190, right: 60, top: 8, bottom: 8 },
    tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' },
      valueFormatter: value => oneDigit.format(value) },
    xAxis: { type: 'value', show: false },
    yAxis: {
      type: 'category', inverse: true,
      data: products.map(product => product.title ?? product.productId),
      axisTick: { show: false }, axisLine: { show: false },
      axisLabel: { formatter: title => shorten(title, 26) },
    },
    series: [{
      name: 'score', type: 'bar', barWidth: '62%',
      data: products.map(product => product.score),
      itemStyle: { color: '#059669', borderRadius: 3 },
      label: { show: true, position: 'right',
        formatter: ({ value }) => oneDigit.format(value) },
    }],
  });
}

function showOrders(shop) {
  if (shop.orders.length === 0) return;
  newestVisitor = shop.orders[0].visitorId;
  byId('orders').replaceChildren(...shop.orders.map(order => row(
    element('td', time.format(new Date(order.placedAt))),
    element('td', shorten(order.id, 18)),
    element('td', shorten(
      order.lines.map(line => `${line.quantity} × ${line.title}`).join(', '), 80)),
    element('td', money(order.total), 'number'))));
}

function showStock(shop) {
  if (shop.stock.length === 0) return;
  byId('stock').replaceChildren(...shop.stock.map(stock => row(
    element('td', stock.title ?? stock.productId),
    element('td', number.format(stock.available), 'number'))));
}

function showEvents(shop) {
  byId('events').replaceChildren(...Object.entries(shop.events).map(([name, count]) => row(
    element('td', name), element('td', number.format(count), 'number'))));
}

async function showRecommendations() {
  const visitor = byId('visitor').value.trim() || newestVisitor;
  const list = byId('recommendations');
  if (!visitor) return;
  try {
    const answer = await fetch(
      `v1/recommendations?visitor=${encodeURIComponent(visitor)}&k=8`,
      { signal: AbortSignal.timeout(recommendEveryMs) });
    const body = await answer.json();
    if (!answer.ok) throw new Error(body.detail ?? body.title);
    list.replaceChildren(...body.products.map(product => {
      const item = element('li', product.title ?? product.productId);
      const reason = product.because
        ? `because of ${product.becauseTitle ?? product.because}` : 'trending';
      item.append(element('small', reason));
      return item;
    }));
    if (body.products.length === 0)
      list.replaceChildren(element('li', 'Nothing to recommend yet.', 'none'));
  } catch (error) {
    list.replaceChildren(element('li', error.message, 'none'));
  }
}

function show(shop) {
  showCounters(shop);
  showRate(shop);
  showFunnel(shop);
  showTrending(shop);
  showOrders(shop);
  showStock(shop);
  showEvents(shop);
}

function setConnection(text, className) {
  byId('connection').textContent = text;
  byId('connection').className = `badge ${className}`;
}

// The browser reconnects by itself.
const stream = new EventSource('v1/live');
stream.addEventListener('open', () => setConnection('live', 'live'));
stream.addEventListener('error', () => setConnection('connection lost', 'lost'));
stream.addEventListener('snapshot', event => show(JSON.parse(event.data)));
setInterval(showRecommendations, recommendEveryMs);
