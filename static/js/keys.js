/* Keyboard shortcuts that never disturb a Chinese input method. A control declares its own key: data-key="F9",
   "Ctrl+Enter", "R", "G I" (one after the other) or "/". Fields, radio groups and what has data-aims get the focus,
   buttons and links are clicked. What every row of a list has declares data-row-key: the key works on the row one is in. While rows are ticked, a button with
   data-bulk-key comes before the one of the open ticket. */
(function () {
  'use strict';
  var composing = false;
  var composedAt = 0;
  var pending = null;
  var ROWS = '.list > li, [data-rows] > tr[id]';

  function isEditable(element) {
    if (!element || !element.tagName) return false;
    if (element.isContentEditable || element.tagName === 'TEXTAREA' || element.tagName === 'SELECT') return true;
    return element.tagName === 'INPUT' && !/^(checkbox|radio|button|submit|reset|file)$/.test(element.type);
  }

  /* Three signs that the input method owns a key: isComposing; 229, because some send their first and confirming key
     with isComposing false; and Enter within 30 ms of compositionend (Safari). */
  function isOwnedByInputMethod(event) {
    if (event.isComposing || composing) return true;
    if (event.keyCode === 229 && isEditable(event.target)) return true;
    return event.key === 'Enter' && event.timeStamp - composedAt < 30;
  }

  /* By code, not key: with a Chinese input method on, letters arrive as key "Process". */
  function nameOf(event) {
    var name = event.code || event.key;
    if (/^Key[A-Z]$/.test(name)) name = name.slice(3);
    else if (/^(Digit|Numpad)\d$/.test(name)) name = name.slice(-1);
    else if (name === 'Slash') name = event.shiftKey ? '?' : '/';
    else if (name === 'Period') name = '.';
    else if (name === 'NumpadEnter') name = 'Enter';
    return ((event.ctrlKey || event.metaKey) ? 'Ctrl+' : '') + (event.shiftKey && name !== '?' ? 'Shift+' : '') + name;
  }

  function scope() {
    var open = document.querySelectorAll('dialog[open]');
    return open.length ? open[open.length - 1] : document;
  }

  function isUsable(element) {
    return element.getClientRects().length > 0 && !element.disabled && element.getAttribute('aria-disabled') !== 'true';
  }

  function find(key) {
    var all = Array.prototype.filter.call(scope().querySelectorAll('[data-key]'), function (element) {
      return element.dataset.key === key && isUsable(element);
    });
    /* Two forms of one page may both take a key: the one that is being filled in wins, wherever its fields stand; and
       what is written into a form without the key is never sent with another one. */
    var field = document.activeElement;
    var form = field && (field.form || field.closest('form'));
    var own = all.filter(function (element) { return form && element.form === form; });
    if (all[0] && !own[0] && key === 'Ctrl+Enter' && isEditable(field) && form && form.method === 'post') {
      own = Array.prototype.filter.call(form.elements, function (element) { return element.type === 'submit' && isUsable(element); });
      return own[0] || null;
    }
    return own[0] || all[0] || null;
  }

  function isPrefix(key) {
    return Array.prototype.some.call(scope().querySelectorAll('[data-key]'), function (element) {
      return element.dataset.key.indexOf(key + ' ') === 0 && isUsable(element);
    });
  }

  function use(element) {
    var radio = element.querySelector(':scope > label > input:checked') || element.querySelector(':scope > label > input[type=radio]');
    if (radio || 'aims' in element.dataset) {
      (radio || element).focus();
    } else if (isEditable(element)) {
      element.focus();
      if (element.select && element.tagName === 'INPUT') element.select();
    } else {
      element.click();
      if (element.tagName === 'SUMMARY') element.focus(); /* what it opened is the next stop */
      /* A link into this page leads the keyboard there too. */
      var place = (element.getAttribute('href') || '').charAt(0) === '#' && document.querySelector(element.getAttribute('href'));
      var field = place && place.querySelector('input:not([type=hidden]), textarea, select:not([data-key])');
      if (field) field.focus();
    }
  }

  function submitCurrentForm() {
    var form = document.activeElement && document.activeElement.closest('form');
    var button = form && form.querySelector('.btn--p[type=submit]:not([disabled])');
    if (!button) return false;
    button.click();
    return true;
  }

  function moveRow(step) {
    var rows = Array.prototype.slice.call(document.querySelectorAll(ROWS));
    if (!rows.length) return false;
    var at = rows.findIndex(function (row) { return row.contains(document.activeElement); });
    if (at < 0) at = rows.findIndex(function (row) { return row.classList.contains('is-cur'); }) - (step > 0 ? 0 : -1);
    var row = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
    rows.forEach(function (other) { other.classList.toggle('is-cur', other === row); });
    var link = row.querySelector('a.t') || row.querySelector('a');
    if (link) link.focus({ preventScroll: true });
    row.scrollIntoView({ block: 'nearest' });
    return true;
  }

  function currentRow() {
    return Array.prototype.find.call(document.querySelectorAll(ROWS), function (each) {
      return each.classList.contains('is-cur') || each.contains(document.activeElement);
    });
  }

  function onCurrentRow(selector) {
    var row = currentRow();
    var target = row && row.querySelector(selector);
    if (target) target.click();
    return Boolean(target);
  }

  /* Beside the list one ticket is open, and the row one has walked to is another: what is pressed is meant for the row,
     so that one is opened first, and nothing is done to a ticket nobody looks at. */
  function opensRow(element) {
    var row = element.closest('.pane-detail') && document.activeElement.closest('.list > li');
    var link = row && row.querySelector('a.t:not([aria-current])');
    if (link) link.click();
    return Boolean(link);
  }

  function isTicked(button) { return Boolean(button.form && button.form.querySelector('.pick input:checked')); }

  function pressBulk(key) {
    var button = scope() === document && document.querySelector('[data-bulk-key="' + key + '"]');
    if (!button || !isTicked(button)) return false;
    button.click();
    return true;
  }

  function backToRow() {
    var row = currentRow();
    var link = row && (row.querySelector('a.t') || row.querySelector('a'));
    if (!link || link.getClientRects().length === 0) return false;
    link.focus();
    row.scrollIntoView({ block: 'nearest' });
    return true;
  }

  /* The list opens at the row it was left at: the one named in the address, or the one that is open. */
  function showRow() {
    var named = /^#row-[\w-]+$/.test(location.hash) && document.querySelector(location.hash);
    if (named && named.matches(ROWS)) {
      document.querySelectorAll(ROWS).forEach(function (row) { row.classList.toggle('is-cur', row === named); });
      backToRow();
      return;
    }
    var row = document.querySelector('.list > li.is-cur');
    if (row) row.scrollIntoView({ block: 'nearest' });
  }

  function moveRegion(step) {
    var regions = Array.prototype.filter.call(document.querySelectorAll('[data-region], main .panel'), function (region) {
      return isUsable(region) && !(region.parentElement && region.parentElement.closest('.panel'));
    });
    if (!regions.length) return false;
    var at = regions.findIndex(function (region) { return region.contains(document.activeElement); });
    var region = regions[(at + step + regions.length) % regions.length];
    if (!region.hasAttribute('tabindex')) region.tabIndex = -1;
    region.focus();
    return true;
  }

  /* Where people are asked one question after the other, a digit answers the first one that is open. */
  function nextQuestion(target) {
    if (isEditable(target) || document.body.dataset.singleKeys === 'off') return null;
    return scope().querySelector('[data-questions] [data-digits]:not(:has(:checked))');
  }

  function pickDigit(event, key) {
    var group = /^[1-9]$/.test(key) && event.target.closest && (event.target.closest('[data-digits]') || nextQuestion(event.target));
    var inputs = group ? group.querySelectorAll('input, [data-digit]') : [];
    if (!inputs[key - 1]) return false;
    inputs[key - 1].click();
    if (group.contains(event.target)) inputs[key - 1].focus();
    return true;
  }

  function openSheet() {
    var sheet = document.getElementById('keys');
    if (!sheet || !sheet.showModal || sheet.open) return Boolean(sheet);
    var list = sheet.querySelector('[data-keysheet]');
    list.querySelectorAll('.is-found').forEach(function (old) { old.remove(); });
    var rowKeys = '';
    document.querySelectorAll('[data-key], [data-row-key]').forEach(function (element) {
      var rowKey = element.dataset.rowKey || '';
      if (!isUsable(element) || rowKeys.indexOf(rowKey || ' ') >= 0) return;
      rowKeys += rowKey;
      var key = document.createElement('dt');
      var name = document.createElement('dd');
      var label = element.labels && element.labels[0];
      var mark = document.createElement('kbd');
      mark.textContent = (rowKey || element.dataset.key).replace('+', ' ');
      key.appendChild(mark);
      key.className = name.className = 'is-found';
      var words = (element.dataset.keyName || element.getAttribute('aria-label') || (label || element).textContent).trim();
      name.textContent = words.replace(new RegExp('\\s*' + mark.textContent.replace(/[^\w ]/g, '\\$&') + '$'), '');
      list.appendChild(key);
      list.appendChild(name);
    });
    sheet.showModal();
    return true;
  }

  /* So that the letters are keys again; what was typed stays. */
  function leaveField() {
    if (!isEditable(document.activeElement)) return false;
    document.activeElement.blur();
    return true;
  }

  var builtIn = {
    Escape: leaveField,
    F1: openSheet, '?': openSheet,
    F6: function () { return moveRegion(1); }, 'Shift+F6': function () { return moveRegion(-1); },
    'Ctrl+Enter': submitCurrentForm,
    J: function () { return moveRow(1); }, K: function () { return moveRow(-1); },
    U: backToRow, O: function () { return onCurrentRow('a.t'); }, X: function () { return onCurrentRow('.pick input'); }
  };

  function isSingle(key) { return /^(Shift\+)?([A-Z0-9]|\/|\?|\.)$/.test(key); }

  function run(event) {
    if (event.defaultPrevented || event.altKey || isOwnedByInputMethod(event)) return;
    var key = nameOf(event);
    if (pickDigit(event, key)) { event.preventDefault(); return; }
    if (isSingle(key) && (isEditable(event.target) || document.body.dataset.singleKeys === 'off')) return;
    if (pressBulk(key)) { event.preventDefault(); return; }
    var chord = pending && find(pending + ' ' + key);
    pending = null;
    var element = chord || find(key);
    if (!element && isSingle(key) && isPrefix(key)) { pending = key; setTimeout(function () { pending = null; }, 1200); return; }
    if (element) { event.preventDefault(); if (!opensRow(element)) use(element); return; }
    if (/^[A-Z]$/.test(key) && scope() === document && onCurrentRow('[data-row-key=' + key + ']')) { event.preventDefault(); return; }
    var isDialogOpen = scope() !== document;
    if (builtIn[key] && (!isDialogOpen || key === 'Ctrl+Enter') && builtIn[key]()) event.preventDefault();
  }

  addEventListener('compositionstart', function () { composing = true; }, true);
  addEventListener('compositionend', function (event) { composing = false; composedAt = event.timeStamp; }, true);
  addEventListener('keydown', run);
  /* The browser goes to the address's row first, and takes the focus away as it does. */
  addEventListener('load', showRow);
})();
