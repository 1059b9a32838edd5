/* Native dialogs: [data-open="id"] opens, [data-close] closes. Toasts leave after data-toast seconds in which nobody points at
   them or stands in them. Reveals what needs scripts: [hidden][data-copy] and the like are handled where they live. */
(function () {
  'use strict';

  addEventListener('click', function (event) {
    var opener = event.target.closest('[data-open]');
    var closer = event.target.closest('[data-close]');
    var dialog = opener && document.getElementById(opener.dataset.open);
    if (dialog && dialog.showModal && !dialog.open) {
      event.preventDefault();
      dialog.showModal();
    }
    if (closer && closer.closest('dialog')) closer.closest('dialog').close();
  });

  /* Each second that nobody points at it or stands in it. The server waits longer than the toast counts, not for ever:
     once that is over the offer goes too, however long the toast is held open. */
  function leave(toast) {
    var left = Number(toast.dataset.toast);
    var offered = Number(toast.dataset.grace);
    var mark = toast.querySelector('[data-left]');
    var since = Date.now();
    var clock = setInterval(function () {
      var form = toast.querySelector('form');
      var isHere = toast.contains(document.activeElement);
      if (form && Date.now() - since > offered * 1000) {
        form.remove();
        toast.querySelector('[data-said]').append('（已过撤销时间）');
        if (isHere) { toast.tabIndex = -1; toast.focus(); }
      }
      if (toast.matches(':hover') || isHere) return;
      left -= 1;
      if (mark) mark.textContent = left;
      if (left <= 0) { clearInterval(clock); toast.remove(); }
    }, 1000);
  }

  document.querySelectorAll('[data-toast]').forEach(leave);
})();
