/* Warns two minutes before the session ends, by the server's clock: idle sessions can go on, long ones must be begun
   anew. Every answer of the server counts as life, in other tabs too. Nothing is stored. */
(function () {
  'use strict';
  var root = document.documentElement;
  var facts = document.body.dataset;
  var dialog = document.getElementById('session-end');
  if (!dialog || !dialog.showModal || !facts.sessionEnds) return;
  var WARNING = 120000;
  var offset = Date.parse(root.dataset.now) - Date.now();
  /* The server notes a visit once a minute. */
  var idle = facts.sessionIdle * 1000 - 60000;
  var last = Date.parse(facts.sessionEnds);
  var tabs = window.BroadcastChannel ? new BroadcastChannel('session') : null;
  var heardAt = now();
  var told = '';
  var timer = 0;

  function now() { return Date.now() + offset; }

  function show(state) {
    if (told === state) return;
    told = state;
    dialog.querySelectorAll('[data-soon], [data-last], [data-ended]').forEach(function (words) {
      words.hidden = !words.hasAttribute('data-' + state);
    });
    dialog.querySelector('[data-stay]').hidden = state !== 'soon';
    var again = dialog.querySelector('[data-again]');
    again.hidden = state !== 'ended';
    again.href = again.pathname + '?next=' + encodeURIComponent(location.pathname + location.search);
    if (!dialog.open) dialog.showModal();
  }

  function look() {
    clearTimeout(timer);
    var end = Math.min(heardAt + idle, last);
    var left = end - now();
    if (left <= 0) show('ended');
    else if (left <= WARNING) show(end === last ? 'last' : 'soon');
    /* Short steps: a laptop that slept must not warn an hour late. */
    timer = setTimeout(look, Math.max(1000, Math.min(left - WARNING, 20000)));
  }

  function hear() {
    heardAt = now();
    if (told === 'soon' || told === 'ended') { told = ''; if (dialog.open) dialog.close(); }
    look();
  }

  function tell() { hear(); if (tabs) tabs.postMessage('heard'); }

  dialog.querySelector('[data-stay]').addEventListener('click', function () {
    fetch(facts.sessionStay, { headers: { 'HX-Request': 'true' } }).then(function (answer) {
      if (answer.ok) tell(); else show('ended');
    }, function () { document.getElementById('offline').hidden = false; });
  });
  document.addEventListener('htmx:afterRequest', function (event) { if (event.detail.successful) tell(); });
  document.addEventListener('session-ended', function () { show('ended'); });
  if (tabs) { tabs.onmessage = hear; tabs.postMessage('heard'); }
  look();
})();
