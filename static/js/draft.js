/* Keeps what is typed into the form that shows #draft-mark: three seconds after the last word, when a field is left, and before the
   page is left for something else. One at a time, tried again while the line is down; the mark says how it stands.
   `data-leaves` on a link or form: it is followed once all is kept. */
(function () {
  'use strict';
  var PAUSE = 3000;
  var AGAIN = 5000;
  var mark = document.getElementById('draft-mark');
  var form = mark && mark.closest('form');
  if (!form || !window.fetch) return;
  var isDirty = mark.hasAttribute('data-unsaved');
  var isStopped = false;
  var isSent = false;
  var timer = null;
  var running = null;

  function say(text, isBad) {
    mark.textContent = text;
    mark.classList.toggle('is-over', Boolean(isBad));
  }

  /* Trying again is of no use where the server has refused: somebody signed out, or wrote in another window. */
  function stop(status) {
    isStopped = true;
    say(status === 401 ? '未保存：登录已失效，请另开窗口登录' : '未保存：已在别处改动，请先复制要留的内容，再刷新', true);
    document.getElementById('live').textContent = mark.textContent;
  }

  function send() {
    isDirty = false;
    return fetch(mark.dataset.keep, {
      method: 'POST', body: new FormData(form), headers: { 'HX-Request': 'true' }, credentials: 'same-origin', keepalive: true
    }).then(function (answer) {
      if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) { isDirty = true; stop(answer.status); return null; }
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json().then(function (kept) {
        if (kept.url && kept.url !== location.pathname + location.search) history.replaceState(null, '', kept.url);
        Object.keys(kept.fields).forEach(function (name) { form.elements[name].value = kept.fields[name]; });
        say('草稿已保存 ' + kept.at);
      });
    }).catch(function () {
      isDirty = true;
      say('未保存，重试中', true);
      plan(AGAIN);
    });
  }

  function keep() {
    clearTimeout(timer);
    if (running) return running.then(keep);
    if (!isDirty || isStopped || isSent) return Promise.resolve();
    running = send().then(function () { running = null; });
    return running;
  }

  function plan(pause) {
    clearTimeout(timer);
    timer = setTimeout(keep, pause);
  }

  function note(pause) {
    isDirty = true;
    form.dataset.dirty = '';
    if (!isStopped) plan(pause);
  }

  form.addEventListener('settled', function () { note(PAUSE); });
  form.addEventListener('change', function () { note(300); });
  if (isDirty) note(300);
  form.addEventListener('click', function (event) {
    if (!event.target.closest('[data-keeps-now]') || isStopped) return;
    event.preventDefault();
    note(0);
  });

  /* Words typed before the scripts were there, or put back by the browser, are words too. */
  addEventListener('load', function () {
    form.querySelectorAll('textarea').forEach(function (field) {
      if (field.value !== field.defaultValue) field.dispatchEvent(new Event('input', { bubbles: true }));
    });
  });

  /* The ticket takes over what was typed: nothing may be kept of it afterwards. */
  addEventListener('submit', function (event) {
    if (event.target !== form || event.defaultPrevented) return;
    if (!navigator.onLine) { event.preventDefault(); event.stopImmediatePropagation(); say('网络已断开，暂时不能提交', true); return; }
    isSent = true;
    clearTimeout(timer);
  }, true);
  addEventListener('pageshow', function () { isSent = false; });

  function leave(event, go) {
    if ((!isDirty && !running) || isStopped) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    keep().then(function () { if (!isDirty) go(); });
  }
  addEventListener('click', function (event) {
    var link = event.target.closest && event.target.closest('a[data-leaves]');
    if (link && !event.ctrlKey && !event.metaKey) leave(event, function () { location.assign(link.href); });
  }, true);
  addEventListener('submit', function (event) {
    if ('leaves' in event.target.dataset) leave(event, function () { event.target.submit(); });
  }, true);

  addEventListener('pagehide', function () { if (isDirty && !running) keep(); });
  addEventListener('beforeunload', function (event) {
    if (!isSent && isDirty && (isStopped || mark.classList.contains('is-over'))) { event.preventDefault(); event.returnValue = ''; }
  });
})();
