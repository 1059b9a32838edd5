/* Says so on the wall when it could not be refreshed, and never lets another page, such as the one to sign in at,
   take its place. */
(function () {
  'use strict';
  function tell(why) {
    var mark = document.getElementById('as-of');
    if (!mark || mark.classList.contains('is-cut')) return;
    mark.textContent = why + '，' + mark.textContent.split('，')[0];
    mark.classList.add('is-cut');
  }
  document.addEventListener('htmx:beforeSwap', function (event) {
    if (event.detail.xhr.responseText.indexOf('id="wall"') < 0) {
      event.detail.shouldSwap = false;
      tell(event.detail.xhr.status < 400 ? '登录已过期，请重新登录' : '已断开');
    }
  });
  ['htmx:sendError', 'htmx:timeout', 'htmx:responseError'].forEach(function (name) {
    document.addEventListener(name, function () { tell('已断开'); });
  });
})();
