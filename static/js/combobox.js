/* Lets people type into a select[data-combo]: part of the text, or pinyin initials (data-initials). The select keeps the
   value and is what the form sends; with data-free it takes what is no choice, for the server to refuse. Keys of an input
   method are left alone. */
(function () {
  'use strict';
  var MOST = 12;

  function make(tag, attributes) {
    var element = document.createElement(tag);
    Object.keys(attributes).forEach(function (name) { element.setAttribute(name, attributes[name]); });
    return element;
  }

  function enhance(select) {
    var id = select.id;
    var options = Array.prototype.filter.call(select.options, function (option) { return option.value; });
    var box = make('div', { 'class': 'combo' });
    var input = make('input', {
      'class': 'in', type: 'text', role: 'combobox', autocomplete: 'off', spellcheck: 'false',
      'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': id + '-list'
    });
    var list = make('ul', { 'class': 'combo__list', role: 'listbox', id: id + '-list', hidden: '' });
    var label = document.querySelector('label[for="' + id + '"]');
    var at = -1;
    list.setAttribute('aria-label', label ? label.firstChild.textContent.trim() : '');
    ['aria-describedby', 'aria-invalid'].forEach(function (name) {
      if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
    });
    var isFocused = document.activeElement === select;
    select.id = id + '-value';
    select.hidden = true;
    input.id = id;

    function textOf(option) { return option && option.value ? option.dataset.path || option.text : ''; }
    function isOpen() { return !list.hidden; }
    function shown() { return list.children; }

    function close() {
      list.hidden = true;
      at = -1;
      input.setAttribute('aria-expanded', 'false');
      input.removeAttribute('aria-activedescendant');
    }

    function mark(index) {
      var items = shown();
      if (!items.length || !items[0].dataset.value) return;
      at = (index + items.length) % items.length;
      Array.prototype.forEach.call(items, function (item, i) { item.setAttribute('aria-selected', String(i === at)); });
      input.setAttribute('aria-activedescendant', items[at].id);
      items[at].scrollIntoView({ block: 'nearest' });
    }

    function choose(option) {
      select.value = option ? option.value : '';
      input.value = textOf(option);
      close();
      select.dispatchEvent(new Event('change', { bubbles: true }));
    }

    function rank(option, words) {
      var initials = option.dataset.initials || '';
      if (initials.indexOf(words) === 0) return 0;
      if (option.text.toLowerCase().indexOf(words) >= 0) return 1;
      return textOf(option).toLowerCase().indexOf(words) >= 0 || initials.indexOf(words) > 0 ? 2 : 3;
    }

    function open() {
      var words = input.value.trim().toLowerCase();
      var all = !words || words === textOf(select.selectedOptions[0]).toLowerCase();
      var found = all ? options : options.filter(function (option) { return rank(option, words) < 3; }).sort(
        function (a, b) { return rank(a, words) - rank(b, words); }).slice(0, MOST);
      list.textContent = '';
      found.forEach(function (option, i) {
        var item = make('li', { role: 'option', id: id + '-option-' + i, 'aria-selected': 'false' });
        item.textContent = textOf(option);
        item.dataset.value = option.value;
        list.appendChild(item);
      });
      if (!found.length) {
        var none = make('li', { role: 'option', 'aria-disabled': 'true', 'aria-selected': 'false' });
        none.textContent = '没有相符的，换几个字试试';
        list.appendChild(none);
      }
      list.hidden = false;
      at = -1;
      input.setAttribute('aria-expanded', String(!list.hidden));
      input.removeAttribute('aria-activedescendant');
      if (found.length && !all) mark(0);
    }

    function marked() {
      var item = shown()[at];
      return item && options.find(function (option) { return option.value === item.dataset.value; });
    }

    input.addEventListener('settled', open);
    input.addEventListener('click', function () { if (!isOpen()) open(); });
    input.addEventListener('keydown', function (event) {
      if (event.isComposing || event.keyCode === 229) return;
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault();
        if (!isOpen()) open();
        mark(at + (event.key === 'ArrowDown' ? 1 : -1));
      } else if (event.key === 'Enter' && !event.ctrlKey && isOpen()) {
        event.preventDefault();
        if (marked()) choose(marked());
      } else if (event.key === 'Escape' && isOpen()) {
        event.preventDefault();
        close();
      }
    });
    /* What was typed becomes what is sent: when the field is left, and by a key that sends the form from within it. */
    function settle() {
      if (isOpen() && marked() && input.value.trim()) choose(marked());
      else if (!input.value.trim() && select.value) choose(null);
      else if ('free' in select.dataset && input.value !== textOf(select.selectedOptions[0])) choose(select.appendChild(new Option(input.value.trim())));
      else { input.value = textOf(select.selectedOptions[0]); close(); }
    }

    input.addEventListener('blur', settle);
    if (select.form) select.form.addEventListener('submit', function () { if (document.activeElement === input) settle(); }, true);
    list.addEventListener('mousedown', function (event) {
      var item = event.target.closest('[role=option]');
      event.preventDefault();
      if (item && item.dataset.value) choose(options.find(function (option) { return option.value === item.dataset.value; }));
    });

    select.addEventListener('change', function () { input.value = textOf(select.selectedOptions[0]); });
    input.value = textOf(select.selectedOptions[0]);
    select.parentNode.insertBefore(box, select);
    box.appendChild(input);
    box.appendChild(list);
    box.appendChild(select);
    if (isFocused) input.focus();
  }

  document.querySelectorAll('select[data-combo]').forEach(enhance);
})();
