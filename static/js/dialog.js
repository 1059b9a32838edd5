/* Native dialogs: [data-open="id"] opens, [data-close] closes. Toasts leave after data-toast seconds, unless pointed at
   or focused. Reveals what needs scripts: [hidden][data-copy] and the like are handled where they live. */
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

  function leave(toast) {
    setTimeout(function () {
      if (toast.matches(':hover') || toast.contains(document.activeElement)) leave(toast);
      else toast.remove();
    }, toast.dataset.toast * 1000);
  }

  document.querySelectorAll('[data-toast]').forEach(leave);
})();
