// The live page: one stream of snapshots (/v1/live), a chart library, no framework.
// Texts of the shop go into the page as text, never as HTML.

import * as charts from './charts.js';
import { showSuccess } from './success.js';

const recommendEvery = 2; // Snapshots.
const recommendTimeoutMs = 2_000;
const silenceMs = 10_000; // Snapshots come each second: after this long the line is dead.
const retryMs = 3_000;

// Why a product is recommended, where no other product led to it.
const reasons = {
  taste: 'long-term taste',
  trending: 'trending',
  new: 'new in the shop',
  pinned: 'pinned by a merchant',
};

const byId = id => document.getElementById(id);
const number = new Intl.NumberFormat('en');
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

const shown = new Map(); // What each part shows, as JSON.
let newest = null; // The newest snapshot.
let received = 0; // Snapshots since the stream opened.
let silence = 0; // Timer.

function element(name, text, className) {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function cell(text, className) {
  const made = element('td', text, className);
  made.title = text; // It may be cut off.
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

// Only what changed is touched, so that a selection or a focus stays.
function showChanged(part, value, show) {
  const json = JSON.stringify(value);
  if (shown.get(part) === json) return;
  shown.set(part, json);
  show(value);
}

function showCounters(shop) {
  const counters = {
    rate: Math.round(shop.eventsPerSecond),
    handled: shop.handled,
    lag: shop.lag,
    sessions: shop.sessions.active,
    carts: shop.cartsActive,
    purchases: shop.events.purchase ?? 0,
  };
  for (const [id, value] of Object.entries(counters))
    byId(id).textContent = number.format(value);
  byId('simulated').hidden = !shop.simulated;
}

function showTrending(products) {
  byId('trending-none').hidden = products.length > 0;
  byId('trending-chart').hidden = products.length === 0;
  if (products.length > 0) charts.showTrending(products);
}

function orderLink(id) {
  const made = element('td', '', 'order');
  // The end of an id tells orders apart; its beginning is the time.
  const link = element('a', `…${id.slice(-8)}`);
  link.href = `v1/orders/${encodeURIComponent(id)}`;
  link.title = id;
  made.append(link);
  return made;
}

function showRows(id, rows, columns, none) {
  if (rows.length === 0) {
    rows = [row(element('td', none, 'none'))];
    rows[0].firstChild.colSpan = columns;
  }
  byId(id).replaceChildren(...rows);
}

function showOrders(orders) {
  showRows('orders', orders.map(order => row(
    element('td', clock.format(new Date(order.placedAt)), 'time'),
    orderLink(order.id),
    cell(order.lines.map(line => `${line.quantity} × ${line.title}`).join(', ')),
    cell(money(order.total), 'number'))), 4, 'No orders yet.');
}

function showStock(stock) {
  showRows('stock', stock.map(({ productId, title, available }) => row(
    cell(title ?? productId),
    element('td', number.format(available), 'number'))), 2, 'No change yet.');
}

function showEvents(events) {
  byId('events').replaceChildren(...Object.entries(events).map(([name, count]) => row(
    element('td', name), element('td', number.format(count), 'number'))));
}

function showProducts(products) {
  byId('recommendations-none').hidden = products.length > 0;
  byId('recommendations-none').textContent = 'Nothing to recommend yet.';
  byId('recommendations').replaceChildren(...products.map(product => {
    const item = element('li', product.title ?? product.productId);
    item.append(element('small', product.because
      ? `because of ${product.becauseTitle ?? product.because}`
      : reasons[product.reason] ?? product.reason));
    return item;
  }));
}

async function showRecommendations() {
  const ofNewest = newest?.orders[0]?.visitorId;
  byId('visitor').placeholder = ofNewest ?? 'of the newest order';
  const chosen = () => byId('visitor').value.trim() || ofNewest;
  const visitor = chosen();
  if (!visitor) return;
  try {
    const answer = await fetch(
      `v1/recommendations?visitor=${encodeURIComponent(visitor)}&k=8`,
      { signal: AbortSignal.timeout(recommendTimeoutMs) });
    const body = await answer.json();
    if (visitor !== chosen()) return; // Another one was asked for meanwhile.
    if (!answer.ok) throw new Error(body.detail ?? body.title);
    showChanged('recommendations', body.products, showProducts);
  } catch (fault) {
    shown.delete('recommendations');
    byId('recommendations').replaceChildren();
    byId('recommendations-none').hidden = false;
    byId('recommendations-none').textContent = `They cannot be read: ${fault.message}`;
  }
}

function showParts(shop) {
  showChanged('funnel', shop.funnel, charts.showFunnel);
  showChanged('trending', shop.trending, showTrending);
  showChanged('orders', shop.orders, showOrders);
  showChanged('stock', shop.stock, showStock);
  showChanged('events', shop.events, showEvents);
  showChanged('success', shop.recommendations, showSuccess);
}

function show(shop) {
  newest = shop;
  showCounters(shop);
  charts.showRate(shop.time, shop.eventsPerSecond, received === 0);
  showParts(shop);
  if (received++ % recommendEvery === 0) void showRecommendations();
}

function setConnection(text, isLive) {
  byId('connection').textContent = text;
  byId('connection').className = `badge ${isLive ? 'live' : 'lost'}`;
  byId('shop').classList.toggle('stale', !isLive);
}

// The browser reconnects by itself after a broken line, but not after a refusal (503) nor where
// nothing comes through a line that looks whole.
function connect() {
  const stream = new EventSource('v1/live');
  const retry = () => {
    stream.close();
    clearTimeout(silence);
    setConnection('connection lost, trying again', false);
    setTimeout(connect, retryMs);
  };
  const listen = () => {
    clearTimeout(silence);
    silence = setTimeout(retry, silenceMs);
  };
  stream.addEventListener('open', () => {
    received = 0;
    listen();
  });
  stream.addEventListener('snapshot', event => {
    setConnection('live', true);
    listen();
    show(JSON.parse(event.data));
  });
  stream.addEventListener('error', () => {
    if (stream.readyState === EventSource.CLOSED) retry();
    else setConnection('connection lost, trying again', false);
  });
  listen();
}

byId('visitor').addEventListener('input', () => void showRecommendations());
addEventListener('resize', () => {
  charts.resize();
  shown.clear(); // Labels depend on the width.
  if (newest) showParts(newest);
});
connect();
