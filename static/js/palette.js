/* The box behind Ctrl K. The server finds tickets and pages; the commands are those of the page beneath, by their keys.
   Arrows and Enter choose, Esc closes and leaves everything as it was; keys of an input method are left alone. */
(function () {
  'use strict';
  var box = document.getElementById('palette');
  if (!box || !box.showModal) return;
  var input = box.querySelector('input');
  var list = document.getElementById('palette-list');
  var count = document.getElementById('palette-count');
  var composedAt = 0;
  var at = -1;
  var shown = null;
  var isAwaited = false;

  function options() { return list.querySelectorAll('[role=option]'); }

  function mark(index) {
    var all = options();
    at = all.length ? (index + all.length) % all.length : -1;
    all.forEach(function (option, i) {
      option.id = 'palette-' + i;
      option.setAttribute('aria-selected', String(i === at));
    });
    if (at < 0) { input.removeAttribute('aria-activedescendant'); return; }
    input.setAttribute('aria-activedescendant', all[at].id);
    all[at].scrollIntoView({ block: 'nearest' });
  }

  function nameOf(element) {
    var copy = ((element.labels && element.labels[0]) || element).cloneNode(true);
    copy.querySelectorAll('kbd').forEach(function (key) { key.remove(); });
    return (element.getAttribute('aria-label') || copy.textContent).trim();
  }

  function commands(words) {
    return Array.prototype.filter.call(document.querySelectorAll('[data-key]'), function (element) {
      var isUsable = element.getClientRects().length && !element.disabled && !element.closest('dialog');
      return isUsable && element.dataset.open !== 'palette' && nameOf(element).toLowerCase().indexOf(words) >= 0;
    });
  }

  function line(element) {
    var option = document.createElement('div');
    var key = document.createElement('kbd');
    option.setAttribute('role', 'option');
    option.textContent = nameOf(element);
    key.textContent = element.dataset.key.replace('+', ' ');
    option.appendChild(key);
    option.command = element;
    return option;
  }

  function addCommands() {
    var found = commands(input.value.trim().toLowerCase());
    if (!found.length) return;
    var group = document.createElement('div');
    var heading = document.createElement('p');
    group.setAttribute('role', 'group');
    group.setAttribute('aria-label', '本页命令');
    heading.className = 'small muted';
    heading.setAttribute('aria-hidden', 'true');
    heading.textContent = '本页命令';
    group.appendChild(heading);
    found.forEach(function (element) { group.appendChild(line(element)); });
    list.appendChild(group);
  }

  function sayNothingFound() {
    var words = document.createElement('p');
    words.className = 'small muted';
    words.textContent = '没有查到。按电话查，请到工单检索。';
    list.appendChild(words);
  }

  function choose(option) {
    if (option.dataset.url) { location.assign(option.dataset.url); return; }
    box.close();
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(option.command.tagName)) option.command.focus();
    else option.command.click();
  }

  list.addEventListener('htmx:afterSwap', function () {
    addCommands();
    shown = input.value.trim();
    mark(0);
    if (!options().length && shown) sayNothingFound();
    count.textContent = options().length ? '查到 ' + options().length + ' 项' : '没有查到';
    if (isAwaited && at >= 0) choose(options()[at]);
    isAwaited = false;
  });

  input.addEventListener('input', function () { isAwaited = false; });
  input.addEventListener('compositionend', function (event) { composedAt = event.timeStamp; });
  input.addEventListener('keydown', function (event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      mark(at + (event.key === 'ArrowDown' ? 1 : -1));
    } else if (event.key === 'Enter' && event.timeStamp - composedAt >= 30) {
      event.preventDefault();
      /* What is on its way belongs to what was typed; what is shown may still answer less of it. */
      if (shown !== input.value.trim()) isAwaited = true;
      else if (at >= 0) choose(options()[at]);
    }
  });
  box.addEventListener('keydown', function (event) {
    if ((event.ctrlKey || event.metaKey) && event.code === 'KeyK') { event.preventDefault(); box.close(); }
  });
  list.addEventListener('click', function (event) {
    var option = event.target.closest('[role=option]');
    if (option) choose(option);
  });
})();
