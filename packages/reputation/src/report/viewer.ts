/**
 * The script of the page, as text: it runs in a reader's browser, not here. It reads the data block, draws the graph on a
 * canvas, and fills the panel. Strangers' text enters the page through textContent alone; there is no call that parses HTML.
 *
 * The address `#node-<place>` chooses a node, so that a row of a table, and a colleague, can point at one.
 */
export const VIEWER = String.raw`'use strict';
(function () {
  var data = JSON.parse(document.getElementById('drawing').textContent);
  var size = data.ids.length;
  var FLAGGED = 1, CAPPED = 2, ANCHOR = 4;
  var FOUND_MAX = 20, NEIGHBOURS_MAX = 60, REACH = 14, ZOOM_MAX = 60;
  var byId = function (id) { return document.getElementById(id); };
  var canvas = byId('canvas'), panel = byId('node'), hint = byId('hint'), found = byId('found');
  var context = canvas.getContext('2d');
  var view = { x: 0, y: 0, scale: 1 }, chosen = -1, over = -1, width = 0, height = 0, queued = false, theme = {}, base = 1;

  // Lines by node: [other, weight given, weight received].
  var links = data.ids.map(function () { return []; });
  for (var k = 0; k < data.lines.length; k += 4) {
    var from = data.lines[k], to = data.lines[k + 1], there = data.lines[k + 2], back = data.lines[k + 3];
    links[from].push([to, there, back]);
    links[to].push([from, back, there]);
  }

  // Columns a reader can colour by. Raw scores have heavy tails: they are coloured by rank, ties averaged.
  function ranked(values) {
    var order = [], shares = new Array(size).fill(null);
    values.forEach(function (value, i) { if (value !== null) order.push(i); });
    order.sort(function (a, b) { return values[a] - values[b]; });
    for (var first = 0; first < order.length;) {
      var last = first;
      while (last + 1 < order.length && values[order[last + 1]] === values[order[first]]) last++;
      for (var i = first; i <= last; i++) shares[order[i]] = order.length > 1 ? (first + last) / 2 / (order.length - 1) : 0.5;
      first = last + 1;
    }
    return shares;
  }
  var choices = [{ name: 'reputation', low: '0', high: '1000', shares: data.reputation.map(function (v) { return v / 1000; }) }];
  if (data.probability) choices.push({ name: 'P(Sybil), reversed', low: '1', high: '0', shares: data.probability.map(function (v) { return v === null ? null : 1 - v; }) });
  var percentiles = {};
  ['scores', 'signals'].forEach(function (group) {
    percentiles[group] = data[group].map(function (column) { return ranked(column[1]); });
    data[group].forEach(function (column, i) {
      choices.push({ name: column[0] + ' (rank)', low: 'lowest drawn', high: 'highest drawn', shares: percentiles[group][i] });
    });
  });
  var choice = choices[0];
  var ramp = data.scale.map(function (hex) { return [1, 3, 5].map(function (at) { return parseInt(hex.slice(at, at + 2), 16); }); });
  function colour(share) {
    if (share === null) return theme.paper;
    var at = Math.min(1, Math.max(0, share)) * (ramp.length - 1), low = Math.min(ramp.length - 2, Math.floor(at)), part = at - low;
    return 'rgb(' + ramp[low].map(function (c, i) { return Math.round(c + (ramp[low + 1][i] - c) * part); }).join(',') + ')';
  }

  function readTheme() {
    var style = getComputedStyle(document.documentElement);
    ['paper', 'ink', 'halo', 'flag', 'edge'].forEach(function (name) { theme[name] = style.getPropertyValue('--' + name).trim(); });
    draw();
  }
  function number(value) {
    if (value === null || value === undefined) return '—';
    var text = Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
    return text.replace('-', '−');
  }

  // View.
  var extentX = Math.max.apply(null, data.x.concat(1)), extentY = Math.max.apply(null, data.y.concat(1));
  function fit() {
    var margin = 18;
    view.scale = Math.min((width - 2 * margin) / extentX, (height - 2 * margin) / extentY);
    view.x = (width - extentX * view.scale) / 2;
    view.y = (height - extentY * view.scale) / 2;
    base = view.scale;
    draw();
  }
  function zoom(factor, x, y) {
    var scale = Math.min(base * ZOOM_MAX, Math.max(base / 2, view.scale * factor));
    view.x = x - (x - view.x) * scale / view.scale;
    view.y = y - (y - view.y) * scale / view.scale;
    view.scale = scale;
    draw();
  }
  function placeX(i) { return view.x + data.x[i] * view.scale; }
  function placeY(i) { return view.y + data.y[i] * view.scale; }
  function radius() {
    var room = Math.sqrt(width * height / Math.max(size, 1)) * 0.16;
    return Math.min(9, Math.max(2.2, Math.min(6, room) * Math.pow(view.scale / base, 0.4)));
  }
  function resize() {
    var ratio = window.devicePixelRatio || 1, box = canvas.getBoundingClientRect(), first = width === 0;
    var wasWidth = width, wasHeight = height;
    width = box.width; height = box.height;
    canvas.width = Math.round(width * ratio); canvas.height = Math.round(height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (first || view.scale === base) fit();
    else { view.x += (width - wasWidth) / 2; view.y += (height - wasHeight) / 2; draw(); }
  }

  // Picture.
  function draw() {
    if (queued) return;
    queued = true;
    requestAnimationFrame(paint);
  }
  function outside(x, y, r) { return x < -r || y < -r || x > width + r || y > height + r; }
  function shape(i, x, y, r) {
    var marks = data.marks[i];
    context.beginPath();
    if (marks & ANCHOR) { r *= 1.5; context.moveTo(x, y - r); context.lineTo(x + r, y); context.lineTo(x, y + r); context.lineTo(x - r, y); context.closePath(); }
    else if (marks & FLAGGED) { r *= 1.35; context.moveTo(x, y - r); context.lineTo(x + r * 0.95, y + r * 0.75); context.lineTo(x - r * 0.95, y + r * 0.75); context.closePath(); }
    else context.arc(x, y, r, 0, 2 * Math.PI);
  }
  function paint() {
    queued = false;
    context.clearRect(0, 0, width, height);
    var count = data.lines.length / 4, alpha = Math.min(0.45, Math.max(0.07, 260 / Math.max(count, 1)));
    if (chosen >= 0) alpha *= 0.5;
    context.lineWidth = 0.8;
    context.strokeStyle = 'rgba(' + theme.edge + ',' + alpha + ')';
    context.beginPath();
    for (var k = 0; k < data.lines.length; k += 4) {
      context.moveTo(placeX(data.lines[k]), placeY(data.lines[k]));
      context.lineTo(placeX(data.lines[k + 1]), placeY(data.lines[k + 1]));
    }
    context.stroke();
    var r = radius(), near = {};
    if (chosen >= 0) {
      context.lineWidth = 1.5;
      context.strokeStyle = 'rgba(' + theme.edge + ',0.95)';
      context.beginPath();
      links[chosen].forEach(function (link) {
        near[link[0]] = true;
        context.moveTo(placeX(chosen), placeY(chosen));
        context.lineTo(placeX(link[0]), placeY(link[0]));
      });
      context.stroke();
    }
    // Anchors and flagged nodes last, so that no crowd covers them.
    for (var pass = 0; pass < 2; pass++) for (var i = 0; i < size; i++) {
      var marks = data.marks[i], important = (marks & (FLAGGED | ANCHOR)) !== 0;
      if (important !== (pass === 1)) continue;
      var x = placeX(i), y = placeY(i);
      if (outside(x, y, 2 * r)) continue;
      context.globalAlpha = chosen >= 0 && i !== chosen && !near[i] ? 0.45 : 1;
      shape(i, x, y, r);
      context.fillStyle = colour(choice.shares[i]);
      context.fill();
      context.lineWidth = marks & FLAGGED ? Math.min(1.6, r * 0.32) : Math.min(0.7, r * 0.16);
      context.strokeStyle = marks & FLAGGED ? theme.flag : theme.halo;
      context.stroke();
    }
    context.globalAlpha = 1;
    [over, chosen].forEach(function (i) {
      if (i < 0) return;
      context.beginPath();
      context.arc(placeX(i), placeY(i), r * 1.5 + 4, 0, 2 * Math.PI);
      context.lineWidth = i === chosen ? 2.5 : 1.5;
      context.strokeStyle = theme.ink;
      context.stroke();
    });
  }

  // Panel.
  function element(name, text, className) {
    var made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }
  function nameOf(i) { return element('bdi', data.ids[i]); }
  function names(list) {
    var row = element('div', undefined, 'names');
    list.forEach(function (i) {
      var button = element('button');
      button.type = 'button';
      button.appendChild(nameOf(i));
      button.addEventListener('click', function () { choose(i, true); });
      row.appendChild(button);
    });
    return row;
  }
  function figures(title, group, i) {
    var columns = data[group];
    if (columns.length === 0) return;
    panel.appendChild(element('h4', title));
    var table = element('table'), head = element('tr');
    [['name', ''], ['value', 'number'], ['percentile', 'number']].forEach(function (cell) {
      var th = element('th', cell[0], cell[1]);
      th.scope = 'col';
      head.appendChild(th);
    });
    table.appendChild(head);
    columns.forEach(function (column, c) {
      var row = element('tr'), share = percentiles[group][c][i], th = element('th', column[0]);
      th.scope = 'row';
      row.appendChild(th);
      row.appendChild(element('td', number(column[1][i]), 'number'));
      row.appendChild(element('td', share === null ? '—' : String(Math.round(100 * share)), 'number'));
      table.appendChild(row);
    });
    panel.appendChild(table);
  }
  function neighbours(title, list) {
    if (list.length === 0) return;
    list.sort(function (a, b) { return data.reputation[b] - data.reputation[a] || a - b; });
    panel.appendChild(element('h4', title + ' (' + list.length + ')'));
    panel.appendChild(names(list.slice(0, NEIGHBOURS_MAX)));
    if (list.length > NEIGHBOURS_MAX) panel.appendChild(element('p', 'and ' + (list.length - NEIGHBOURS_MAX) + ' more', 'hint'));
  }
  function describe(i) {
    panel.textContent = '';
    var heading = element('h3');
    heading.appendChild(nameOf(i));
    panel.appendChild(heading);
    var badges = element('p'), marks = data.marks[i];
    if (marks & FLAGGED) badges.appendChild(element('span', 'flagged', 'badge flagged'));
    if (marks & CAPPED) badges.appendChild(element('span', 'capped', 'badge'));
    if (marks & ANCHOR) badges.appendChild(element('span', 'anchor', 'badge'));
    if (data.labels && data.labels[i] === 1) badges.appendChild(element('span', 'known Sybil', 'badge'));
    if (data.labels && data.labels[i] === 0) badges.appendChild(element('span', 'known honest', 'badge'));
    if (badges.firstChild) panel.appendChild(badges);
    var score = element('p', number(data.reputation[i]), 'score');
    score.appendChild(element('small', ' of 1000' + (data.probability ? ', P(Sybil) ' + number(data.probability[i]) : '')));
    panel.appendChild(score);
    panel.appendChild(element('p', 'Vouches for ' + data.given[i] + ', vouched for by ' + data.received[i] + (data.distrusted ? ', rated down by ' + data.distrusted[i] : '') + '.'));
    figures('Raw scores', 'scores', i);
    figures('Signals', 'signals', i);
    if (data.scores.length + data.signals.length > 0) panel.appendChild(element('p', 'Percentile among the drawn nodes. Structure shows a sparse cut, not intent.', 'hint'));
    var of = function (wanted) { return links[i].filter(wanted).map(function (link) { return link[0]; }); };
    neighbours('Both ways', of(function (link) { return link[1] > 0 && link[2] > 0; }));
    neighbours('Vouches for', of(function (link) { return link[1] > 0 && !(link[2] > 0); }));
    neighbours('Vouched for by', of(function (link) { return link[2] > 0 && !(link[1] > 0); }));
    if (links[i].length > 0) panel.appendChild(element('p', 'Neighbours as drawn.', 'hint'));
  }
  function choose(i, centre) {
    chosen = i;
    describe(i);
    if (centre) {
      var x = placeX(i), y = placeY(i);
      if (outside(x, y, -20)) { view.x += width / 2 - x; view.y += height / 2 - y; }
    }
    try { history.replaceState(null, '', '#node-' + i); } catch (refused) { /* A page in a sandbox has no history. */ }
    draw();
  }
  function fromAddress() {
    var match = /^#node-(\d{1,6})$/.exec(location.hash);
    if (!match || Number(match[1]) >= size) return;
    choose(Number(match[1]), true);
    canvas.scrollIntoView({ block: 'center' });
  }

  // Search.
  function find() {
    var wanted = byId('find').value.trim(), exact = [], partial = [];
    found.textContent = '';
    if (wanted === '') return;
    var lower = wanted.toLowerCase();
    data.ids.forEach(function (id, i) {
      // A long identifier is shown with its middle left out: compare what stands on both sides.
      var cut = id.indexOf('…');
      if (id === wanted || (cut > 0 && wanted.length >= id.length && wanted.startsWith(id.slice(0, cut)) && wanted.endsWith(id.slice(cut + 1)))) exact.push(i);
      else if (id.toLowerCase().includes(lower)) partial.push(i);
    });
    var all = exact.concat(partial);
    if (all.length > 0) found.appendChild(names(all.slice(0, FOUND_MAX)));
    found.appendChild(element('p', all.length === 0 ? 'No drawn node has this in its identifier.' : all.length > FOUND_MAX ? all.length + ' nodes; the first ' + FOUND_MAX + ' are listed.' : all.length + (all.length === 1 ? ' node' : ' nodes')));
    if (exact.length === 1) choose(exact[0], true);
  }
  byId('find').addEventListener('input', find);

  // Colours.
  var select = byId('colour-by');
  choices.forEach(function (option, i) {
    var made = element('option', option.name);
    made.value = String(i);
    select.appendChild(made);
  });
  select.addEventListener('change', function () {
    choice = choices[Number(select.value)];
    byId('low').textContent = choice.low;
    byId('high').textContent = choice.high;
    draw();
  });

  // Pointer: one moves or chooses, two zoom. The wheel zooms only with a modifier or once the picture has the focus.
  var pointers = new Map(), moved = 0, span = 0;
  function at(event) { var box = canvas.getBoundingClientRect(); return { x: event.clientX - box.left, y: event.clientY - box.top }; }
  function nearest(point) {
    var best = -1, least = Math.max(REACH, radius() + 4);
    for (var i = 0; i < size; i++) {
      var dx = placeX(i) - point.x, dy = placeY(i) - point.y, distance = Math.sqrt(dx * dx + dy * dy);
      if (distance < least) { least = distance; best = i; }
    }
    return best;
  }
  function hover(point) {
    var next = nearest(point);
    hint.hidden = next < 0;
    canvas.classList.toggle('over', next >= 0);
    if (next >= 0) {
      if (next !== over) { hint.textContent = ''; hint.appendChild(nameOf(next)); hint.appendChild(document.createTextNode(': ' + number(data.reputation[next]))); }
      hint.style.left = Math.min(placeX(next) + 12, Math.max(0, width - 180)) + 'px';
      hint.style.top = placeY(next) + 12 + 'px';
    }
    if (next !== over) { over = next; draw(); }
  }
  canvas.addEventListener('pointerdown', function (event) {
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, at(event));
    moved = 0; span = 0;
    canvas.classList.add('dragged');
  });
  canvas.addEventListener('pointermove', function (event) {
    var point = at(event), before = pointers.get(event.pointerId);
    if (!before) { if (event.pointerType === 'mouse') hover(point); return; }
    pointers.set(event.pointerId, point);
    if (pointers.size === 2) {
      var two = Array.from(pointers.values()), dx = two[0].x - two[1].x, dy = two[0].y - two[1].y, next = Math.sqrt(dx * dx + dy * dy);
      if (span > 0) zoom(next / span, (two[0].x + two[1].x) / 2, (two[0].y + two[1].y) / 2);
      span = next; moved = 99;
      return;
    }
    moved += Math.abs(point.x - before.x) + Math.abs(point.y - before.y);
    view.x += point.x - before.x; view.y += point.y - before.y;
    draw();
  });
  function release(event) {
    var point = at(event), was = pointers.delete(event.pointerId);
    canvas.classList.remove('dragged');
    if (!was || event.type !== 'pointerup' || moved > 5) return;
    var i = nearest(point);
    if (i >= 0) choose(i, false);
    else { chosen = -1; draw(); }
  }
  canvas.addEventListener('pointerup', release);
  canvas.addEventListener('pointercancel', release);
  canvas.addEventListener('pointerleave', function () { over = -1; hint.hidden = true; draw(); });
  canvas.addEventListener('wheel', function (event) {
    if (!event.ctrlKey && !event.metaKey && document.activeElement !== canvas) return;
    event.preventDefault();
    var point = at(event);
    zoom(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0015)), point.x, point.y);
  }, { passive: false });

  // Keyboard.
  canvas.addEventListener('keydown', function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    var step = 40, key = event.key;
    if (key === 'ArrowLeft') view.x += step;
    else if (key === 'ArrowRight') view.x -= step;
    else if (key === 'ArrowUp') view.y += step;
    else if (key === 'ArrowDown') view.y -= step;
    else if (key === '+' || key === '=') zoom(1.4, width / 2, height / 2);
    else if (key === '-') zoom(1 / 1.4, width / 2, height / 2);
    else if (key === '0') fit();
    else if (key === 'n' || key === 'p') choose((chosen + (key === 'n' ? 1 : size - (chosen < 0 ? 0 : 1))) % size, true);
    else if (key === 'Escape') chosen = -1;
    else return;
    event.preventDefault();
    draw();
  });
  byId('closer').addEventListener('click', function () { zoom(1.4, width / 2, height / 2); });
  byId('wider').addEventListener('click', function () { zoom(1 / 1.4, width / 2, height / 2); });
  byId('whole').addEventListener('click', fit);

  window.addEventListener('hashchange', fromAddress);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', readTheme);
  new ResizeObserver(resize).observe(canvas);
  resize();
  readTheme();
  fromAddress();
})();
`
