// The view Charts: the last hour or day of the queue, from /api/stats/history.

import {h, put} from './dom.js';
import {count, duration, exact, number, priority} from './format.js';
import {hourMinute, lengthLabel, lengthTicks, numberTicks} from './axis.js';
import {Chart} from './chart.js';
import {refresh} from './refresh.js';

const FRESH_MS = 5_000;
const WINDOWS = {'1h': 3_600_000, '24h': 86_400_000};
const MINUTE_MS = 60_000;
/** The possible ranges in minutes, so that a record that has just begun fills the chart. */
const SHOWN = [5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440];
/** The approximate number of points: all 1,440 minutes of a day would be noise. */
const POINTS_MAX = 144;

const decimal = value => value >= 10 || Number.isInteger(value) ? number(Math.round(value)) : value.toFixed(1);

const CHARTS = [
    {id: 'depth', title: 'Queue', ticks: numberTicks, format: number, lines: [
        {name: 'pending', value: bucket => bucket.pending, area: true},
        {name: 'running', value: bucket => bucket.running, class: 'second'}]},
    {id: 'ended', title: 'Ended per minute', says: 'tasks, by how they ended',
        ticks: numberTicks, label: number, format: decimal, whole: true, lines: [
        {name: 'completed', value: bucket => bucket.completed, area: true},
        {name: 'failed', value: bucket => bucket.failed, class: 'failure', stems: true}]},
    {id: 'wait', title: 'Wait', says: 'of tasks that started then; p95: one in twenty waited longer',
        ticks: lengthTicks, label: lengthLabel, format: duration, lines: [
        {name: 'p50', value: bucket => bucket.wait_ms_p50},
        {name: 'p95', value: bucket => bucket.wait_ms_p95, class: 'second'}]},
    {id: 'run', title: 'Run time', says: 'of tasks that completed then; p95: one in twenty ran longer',
        ticks: lengthTicks, label: lengthLabel, format: duration, lines: [
        {name: 'p50', value: bucket => bucket.run_ms_p50},
        {name: 'p95', value: bucket => bucket.run_ms_p95, class: 'second'}]},
    {id: 'tokens', title: 'Tokens per second', says: 'of all hosts together',
        ticks: numberTicks, label: number, format: decimal, whole: true,
        lines: [{name: 'written', value: bucket => bucket.tokens_per_second, area: true}]},
];

const COLUMNS = [
    ['Pending', bucket => number(bucket.pending)], ['Running', bucket => number(bucket.running)],
    ['Submitted/min', bucket => decimal(bucket.submitted)], ['Completed/min', bucket => decimal(bucket.completed)],
    ['Failed/min', bucket => decimal(bucket.failed)], ['Cancelled/min', bucket => decimal(bucket.cancelled)],
    ['Wait p50', bucket => length(bucket.wait_ms_p50)], ['Wait p95', bucket => length(bucket.wait_ms_p95)],
    ['Run p50', bucket => length(bucket.run_ms_p50)], ['Run p95', bucket => length(bucket.run_ms_p95)],
    ['Tokens/s', bucket => decimal(bucket.tokens_per_second)],
];

export default {
    async mount(root, context, route) {
        const windows = h('div', {class: 'segments', role: 'radiogroup', 'aria-label': 'Time range'},
            Object.keys(WINDOWS).map(name => h('label', {},
                h('input', {type: 'radio', name: 'window', value: name, onchange: () => context.go(
                    `#/charts?window=${name}`)}), h('span', {}, {'1h': 'Last hour', '24h': 'Last day'}[name]))));
        const summary = h('p', {class: 'hint', role: 'status'});
        const empty = h('p', {class: 'panel empty', hidden: true});
        const move = index => charts.forEach(chart => chart.read(index));
        const charts = CHARTS.map(definition => new Chart({...definition, move}));
        const area = h('div', {class: 'charts', hidden: true}, charts.map(chart => chart.element));
        const table = h('div', {class: 'scroll charts-table', tabindex: '0', role: 'region', 'aria-label': 'Figures'});
        const figures = h('details', {hidden: true, ontoggle: () => fillTable()},
            h('summary', {}, 'The same as a table'), table);
        const work = h('div', {class: 'work'});
        put(root, h('div', {class: 'page'}, h('div', {class: 'toolbar'}, h('h1', {}, 'Charts'), windows), summary,
            empty, area, work, figures));

        let name = null;
        let history = null;
        const fillTable = () => figures.open && history && put(table, tableOf(history));
        const load = () => refresh(context, async () => {
            const asked = name;
            const answer = await context.api.get('/api/stats/history', {window: asked}, context.signal);
            if (asked !== name) {
                return;
            }
            history = prepared(answer);
            const any = history.minutes.some(bucket => bucket.submitted || bucket.completed || bucket.failed
                || bucket.cancelled || bucket.pending || bucket.running);
            empty.hidden = any;
            area.hidden = work.hidden = figures.hidden = !any;
            put(empty, 'No activity yet. ', h('a', {href: '#/new', 'data-needs': 'submit'}, 'Submit a task'),
                ' to see its timings here.');
            put(summary, said(history), ' ', legend(history));
            if (any) {
                charts.forEach(chart => chart.show(history));
                put(work, workTables(history));
                fillTable();
            }
        });
        const update = next => {
            name = Object.hasOwn(WINDOWS, next.query.get('window')) ? next.query.get('window') : '1h';
            windows.querySelector(`[value="${name}"]`).checked = true;
            return load();
        };
        context.every(FRESH_MS, () => name === '1h' && load());
        context.every(12 * FRESH_MS, () => name === '24h' && load());
        context.live.watch(state => state.mode === 'offline' || name === null || load(), context.signal);
        await update(route);
        return update;
    },
};

/** A legend of the marks that occur in the charts. */
function legend({marks = []}) {
    const starts = marks.filter(({kind}) => kind === 'restart').length;
    return [starts > 0 && `A dotted line: the server started (${starts}×).`,
        marks.length > starts && 'Grey: paused or draining.'].filter(Boolean).join(' ');
}

/** Converts times to numbers. */
function prepared(answer) {
    const to = Date.parse(answer.now);
    const since = Date.parse(answer.since);
    const minutes = answer.buckets.map(bucket => ({...bucket, time: Math.max(since, Date.parse(bucket.at))}));
    const window = WINDOWS[answer.window];
    const known = Math.min(window, to - since);
    const shown = MINUTE_MS * SHOWN.find(length => length * MINUTE_MS >= known);
    const size = Math.max(1, Math.round(shown / MINUTE_MS / POINTS_MAX));
    const groups = size === 1 ? minutes.map(minute => [minute]) : Object.values(Object.groupBy(minutes,
        minute => Math.floor(minute.time / (size * MINUTE_MS))));
    const buckets = groups.map(together);
    return {...answer, buckets, minutes, to, from: to - shown, since, size};
}

function said({minutes, window, since, now, size}) {
    const sum = value => minutes.reduce((total, bucket) => total + value(bucket), 0);
    const ended = [[sum(bucket => bucket.completed), 'completed'], [sum(bucket => bucket.failed), 'failed'],
        [sum(bucket => bucket.cancelled), 'cancelled']].filter(([total]) => total > 0)
        .map(([total, word]) => `${number(total)} ${word}`).join(', ');
    const begin = since > Date.parse(now) - WINDOWS[window] ? `History starts ${exact(since)}. ` : '';
    return `${begin}${count(sum(bucket => bucket.submitted), 'task')} submitted${ended && `, ${ended}`}, ${
        count(sum(bucket => bucket.tokens), 'token')} written.${size === 1 ? ''
        : ` Each point covers ${size} minutes: maximum depth, median p50, worst p95, and averages.`}`;
}

/** Combines minutes into one point. Percentiles cannot be averaged; what is used instead is stated under the title. */
function together(minutes) {
    const last = minutes.at(-1);
    if (minutes.length === 1) {
        return last;
    }
    const values = name => minutes.map(minute => minute[name]).filter(value => value !== null).sort((a, b) => a - b);
    const most = name => values(name).at(-1) ?? null;
    const middle = name => values(name)[Math.floor((values(name).length - 1) / 2)] ?? null;
    const average = name => values(name).reduce((sum, value) => sum + value, 0) / minutes.length;
    return {
        time: minutes[0].time, pending: most('pending'), running: most('running'),
        ...Object.fromEntries(['submitted', 'completed', 'failed', 'cancelled', 'tokens_per_second']
            .map(name => [name, average(name)])),
        wait_ms_p50: middle('wait_ms_p50'), wait_ms_p95: most('wait_ms_p95'),
        run_ms_p50: middle('run_ms_p50'), run_ms_p95: most('run_ms_p95'),
    };
}

/** A table of the values, newest first. */
function tableOf({buckets, size}) {
    const rows = buckets.toReversed();
    return h('table', {class: 'table'},
        h('caption', {class: 'hint'}, size === 1 ? 'Each minute' : 'As charted'),
        h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, 'Time'),
            COLUMNS.map(([title]) => h('th', {scope: 'col', class: 'number'}, title)))),
        h('tbody', {}, rows.map(bucket => h('tr', {}, h('th', {scope: 'row'}, hourMinute(bucket.time)),
            COLUMNS.map(([, value]) => h('td', {class: 'number'}, value(bucket)))))));
}

const WORK = [
    ['Tasks', one => number(one.tasks)], ['Failed', one => number(one.failed)],
    ['Wait p50', one => duration(one.wait_ms_p50)], ['p95', one => duration(one.wait_ms_p95)],
    ['Longest', one => duration(one.wait_ms_max)], ['Run p50', one => duration(one.run_ms_p50)],
    ['p95', one => duration(one.run_ms_p95)], ['Host time', one => duration(one.busy_seconds * 1e3)],
    ['Tokens', one => number(one.tokens)], ['Loads', one => number(one.loads)],
    ['Loading', one => one.loads ? duration(one.loading_seconds * 1e3) : '–'],
];

/** Tables of durations by priority, model and client, of tasks that ran and ended in the window. */
function workTables({by}) {
    const names = {priority: one => priority(Number(one.name)), model: one => one.name,
        client: one => one.name ?? 'no client'};
    return Object.entries(names).filter(([of]) => by?.[of].length > 0).map(([of, name]) => h('section',
        {class: 'panel', 'data-work': of}, h('h2', {}, `By ${of}`), h('div', {class: 'scroll charts-table',
            tabindex: '0', role: 'region', 'aria-label': `Durations and tokens by ${of}`}, h('table', {class: 'table'},
            h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, of[0].toUpperCase() + of.slice(1)),
                WORK.map(([title]) => h('th', {scope: 'col', class: 'number'}, title)))),
            h('tbody', {}, by[of].map(one => h('tr', {}, h('th', {scope: 'row'}, name(one)),
                WORK.map(([, value]) => h('td', {class: 'number'}, value(one))))))))));
}

function length(ms) {
    return ms === null ? '–' : duration(ms);
}
