/* Asks for the board's living parts every 30 seconds, unless the switch is off, the tab is hidden, or somebody
   is in the table or has ticked a row.
   A refresh that fails says so beside the time of the data, instead of freezing silently. */
(function () {
  'use strict';
  var label = document.getElementById('refresh');
  if (!label || !window.htmx) return;
  var box = label.querySelector('input');
  label.hidden = false;

  setInterval(function () {
    var rows = document.querySelector('[data-refresh]');
    var isBusy = document.hidden || rows.contains(document.activeElement) || rows.querySelector('.pick input:checked');
    if (box.checked && !isBusy) htmx.trigger(rows, 'refresh');
  }, 30000);

  function tell() {
    var mark = document.getElementById('as-of');
    if (mark && mark.textContent.indexOf('已断开') < 0) mark.textContent = '已断开，' + mark.textContent;
  }
  document.addEventListener('htmx:sendError', tell);
  document.addEventListener('htmx:timeout', tell);
  document.addEventListener('htmx:responseError', tell);
})();
