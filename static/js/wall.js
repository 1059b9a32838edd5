/* Says so on the wall when it could not be refreshed, and never lets another page, such as the one to sign in at,
   take its place. */
(function () {
  'use strict';
  function tell() {
    var mark = document.getElementById('as-of');
    if (mark && mark.textContent.indexOf('已断开') < 0) {
      mark.textContent = '已断开，' + mark.textContent.split('，')[0];
      mark.classList.add('is-cut');
    }
  }
  document.addEventListener('htmx:beforeSwap', function (event) {
    if (event.detail.xhr.responseText.indexOf('id="wall"') < 0) {
      event.detail.shouldSwap = false;
      tell();
    }
  });
  ['htmx:sendError', 'htmx:timeout', 'htmx:responseError'].forEach(function (name) {
    document.addEventListener(name, tell);
  });
})();
