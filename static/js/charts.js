/* Draws the tables of [data-chart] with ECharts, which is on the page where this is. The table stays: without
   scripts, in print and behind the button 看表格. Canvas and rich-text hints, since HTML ones need inline styles. */
(function () {
  'use strict';
  if (!window.echarts) return;
  var drawn = [];

  function token(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }
  function isDark() { return token('--text').charAt(1) > '7'; }

  function read(host) {
    var table = host.querySelector('table');
    var only = host.dataset.columns ? host.dataset.columns.split(' ').map(Number) : null;
    var head = Array.from(table.tHead.rows[0].cells).map(function (cell) { return cell.textContent.trim(); });
    var columns = only || head.slice(1).map(function (_name, at) { return at + 1; });
    var rows = Array.from(table.tBodies[0].rows).filter(function (row) { return row.cells.length === head.length; });
    return {
      names: rows.map(function (row) { return row.cells[0].textContent.trim(); }),
      series: columns.map(function (at) {
        return {
          name: head[at],
          data: rows.map(function (row) {
            var number = parseFloat(row.cells[at].textContent.replace(/,/g, ''));
            return isNaN(number) ? null : number;
          })
        };
      })
    };
  }

  function axis(extra, size) {
    var line = { lineStyle: { color: token('--line') } };
    return Object.assign({ axisLine: line, splitLine: line, axisLabel: { color: token('--text-2'), fontSize: size } }, extra);
  }

  /* A stack is read from afar by its last part, the one that matters, and by the whole. */
  function told(data, at) {
    var last = data.series[data.series.length - 1];
    var whole = data.series.reduce(function (sum, each) { return sum + (each.data[at] || 0); }, 0);
    return (last.data[at] ? last.name + ' ' + last.data[at] + '，' : '') + '共 ' + whole;
  }

  function option(kind, data, size) {
    var isLine = kind === 'line', isStack = kind === 'stack', dark = isDark(), text = token('--text-2');
    var lights = dark ? ['#3f8f74', '#ffc247', '#ff6f69'] : ['#4d9c7e', '#f0b429', '#a3151a'];
    var hues = dark ? ['#4fa3e0', '#ffc247'] : ['#2f74b8', '#9a5b00'];
    var names = { type: 'category', data: data.names, inverse: !isLine };
    var stripe = { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: Math.PI / 4, color: 'rgba(255,255,255,.28)' };
    return {
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: text, fontSize: size },
      tooltip: { trigger: 'axis', renderMode: 'richText', confine: true, axisPointer: { type: isLine ? 'line' : 'shadow' } },
      legend: { show: data.series.length > 1, top: 0, right: 8, itemWidth: 16, itemHeight: 10, textStyle: { color: text, fontSize: size } },
      grid: { left: 8, right: isStack ? size * 8 : 44, top: data.series.length > 1 ? 30 : 10, bottom: 6, containLabel: true },
      xAxis: axis(isLine ? names : { type: 'value', splitNumber: 4, minInterval: 1 }, size),
      yAxis: axis(isLine ? { type: 'value', minInterval: 1 } : names, size),
      series: data.series.map(function (each, at) {
        var one = { name: each.name, data: each.data };
        if (isLine) {
          return Object.assign(one, {
            type: 'line', symbol: ['circle', 'triangle'][at % 2], symbolSize: 7,
            lineStyle: { width: 2, type: ['solid', 'dashed'][at % 2] }, itemStyle: { color: hues[at % 2] }
          });
        }
        var isLast = at === data.series.length - 1;
        return Object.assign(one, {
          type: 'bar', stack: isStack ? 'all' : undefined, barMaxWidth: size + 6,
          itemStyle: { color: isStack ? lights[at % 3] : hues[at % 2], decal: isStack && at === 2 ? stripe : undefined },
          label: {
            show: !isStack || isLast, position: 'right', color: text, fontSize: size,
            formatter: isStack ? function (bar) { return told(data, bar.dataIndex); } : undefined
          }
        });
      })
    };
  }

  function draw(host) {
    var size = Math.max(12, Math.round(parseFloat(getComputedStyle(document.documentElement).fontSize) * .8));
    var pane = host.querySelector('.plot__pane'), data = read(host);
    if (!data.names.length) return;
    host.classList.add('is-drawn');
    if (host.dataset.chart !== 'line' && !host.closest('.wall')) {
      pane.style.height = Math.max(120, 40 + data.names.length * 26) + 'px';
    }
    var chart = echarts.getInstanceByDom(pane) || echarts.init(pane, null, { renderer: 'canvas' });
    chart.setOption(option(host.dataset.chart, data, size), true);
    chart.resize();
    if (drawn.indexOf(chart) < 0) drawn.push(chart);
  }

  function toggled(host, button) {
    var shows = !host.classList.contains('is-drawn');
    if (shows) draw(host); else host.classList.remove('is-drawn');
    button.firstChild.textContent = shows ? '看表格' : '看图';
  }

  function prepare(host) {
    if (host.querySelector('.plot__pane')) return;
    var pane = document.createElement('div');
    pane.className = 'plot__pane';
    pane.setAttribute('role', 'img');
    pane.setAttribute('aria-label', host.querySelector('caption').textContent.trim() + '（图，数据见表格）');
    host.appendChild(pane);
    var button = host.querySelector('[data-toggle]');
    if (button) {
      button.hidden = false;
      button.addEventListener('click', function () { toggled(host, button); });
      button.firstChild.textContent = host.dataset.view === 'table' ? '看图' : '看表格';
    }
    if (host.dataset.view !== 'table') draw(host);
  }

  function prepareAll() {
    drawn = drawn.filter(function (chart) {
      if (document.body.contains(chart.getDom())) return true;
      chart.dispose();
      return false;
    });
    document.querySelectorAll('[data-chart]').forEach(prepare);
  }

  prepareAll();
  document.addEventListener('htmx:afterSettle', prepareAll);
  window.addEventListener('resize', function () { drawn.forEach(function (chart) { chart.resize(); }); });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', function () {
    document.querySelectorAll('[data-chart].is-drawn').forEach(draw);
  });
})();
