/* Redraws <time data-due> by the server's clock (data-now on <html>): every 30 s, every second under an hour.
   Says the same as the filter `remaining`. The colour stays the server's: only it knows the working calendar. */
(function () {
  'use strict';

  /* What was revealed is gone after data-vanish seconds, also when the server cannot be asked for the mask then. */
  document.addEventListener('htmx:load', function (event) {
    var shown = event.detail.elt.parentNode.querySelector('[data-vanish]');
    if (shown) setTimeout(function () {
      shown.querySelectorAll('[data-secret]').forEach(function (secret) { secret.textContent = '已隐藏'; });
    }, shown.dataset.vanish * 1000);
  });

  var root = document.documentElement;
  var offset = root.dataset.now ? Date.parse(root.dataset.now) - Date.now() : 0;

  function span(milliseconds) {
    var minutes = Math.floor(milliseconds / 60000);
    var days = Math.floor(minutes / 1440);
    var hours = Math.floor(minutes % 1440 / 60);
    var rest = minutes % 60;
    if (days) return days + ' 天' + (hours ? ' ' + hours + ' 时' : '');
    if (hours) return hours + ' 时' + (rest ? ' ' + rest + ' 分' : '');
    return rest ? rest + ' 分' : '不足 1 分';
  }

  function draw() {
    var now = Date.now() + offset;
    var isNear = false;
    document.querySelectorAll('time[data-due]').forEach(function (element) {
      var left = Date.parse(element.dataset.due) - now;
      var text = left >= 0 ? '剩 ' + span(left) : '超期 ' + span(-left);
      isNear = isNear || (left > 0 && left < 3600000);
      if (element.textContent !== text) element.textContent = text;
    });
    setTimeout(draw, isNear ? 1000 : 30000);
  }

  draw();
})();
