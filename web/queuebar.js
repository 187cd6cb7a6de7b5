// The state of the queue above the list. Its counts are filters too.

import {attribute, button, h, put, text} from './dom.js';
import {exact, number, seconds} from './format.js';
import {confirmed} from './actions.js';
import {toggle} from './filter.js';
import {MARKS, STATUSES} from './task.js';

/**
 * @param hooks status(list): the filter changed; chosen(): the statuses of the present filter
 * @return {node, mark()}: mark shows the present filter
 */
export function queueBar(context, hooks) {
    const {status, signal, every} = context;
    const counts = new Map(STATUSES.map(name => [name, h('span', {class: 'number'}, '–')]));
    const filters = STATUSES.map(name => button(
        [h('span', {class: 'mark', 'aria-hidden': 'true'}, MARKS[name]), counts.get(name), ` ${name}`],
        () => hooks.status(toggle(hooks.chosen(), name)), {class: 'count', 'data-status': name}));
    const rates = h('dl', {class: 'rates'});
    const show = () => {
        const value = status.value;
        if (!value) {
            return;
        }
        for (const [name, node] of counts) {
            text(node, number(value[`${name}_tasks`]));
        }
        put(rates, facts(value).map(([name, fact, title]) => h('div', {title}, h('dt', {}, name), h('dd', {}, fact))));
    };
    status.on(show, signal);
    every(1_000, show);
    return {
        node: h('section', {class: 'queue', 'aria-label': 'Queue'},
            h('div', {class: 'counts', role: 'group', 'aria-label': 'Filter by status'}, filters), rates,
            modeButtons(context)),
        mark: () => filters.forEach(filter => attribute(filter, 'aria-pressed', String(
            hooks.chosen().split(',').includes(filter.dataset.status)))),
    };
}

/** Pauses, drains and resumes the queue. */
export function modeButtons({api, status, signal, attempt}) {
    // the line under the header shows the result, as long as it lasts
    const change = verb => attempt(async () => status.take(await api.post(`/api/queue/${verb}`)));
    const admin = {'data-needs': 'admin'};
    const pause = button('Pause', () => change('pause'), admin);
    const drain = button('Drain', async () => {
        if (await confirmed('New tasks are refused from now on, for everyone who uses this server. '
            + 'Tasks already in the queue are finished.', 'Drain', 'Back')) {
            await change('drain');
        }
    }, {...admin, title: 'Refuse new tasks and finish the others'});
    const resume = button('Resume', () => change('resume'), {...admin, class: 'primary', hidden: true});
    status.on(({mode}) => {
        const focused = [pause, drain, resume].find(one => one === document.activeElement);
        pause.hidden = mode !== 'running';
        drain.hidden = mode === 'draining';
        resume.hidden = mode === 'running';
        // a hidden button loses the focus: it moves to the one that undoes the change
        if (focused?.hidden) {
            (resume.hidden ? pause : resume).focus();
        }
    }, signal);
    return h('div', {class: 'actions'}, pause, drain, resume);
}

function facts(value) {
    const all = [['slots', `${value.workers_active}/${value.workers_active + value.workers_idle}`,
        'in use, out of those on hosts that are up']];
    if (value.callers_waiting > 0) {
        all.push(['callers', `${number(value.callers_waiting)} waiting`, 'pending calls whose callers wait']);
    }
    all.push(['done/min', number(value.completed_per_minute), 'completed per minute, recent average']);
    if (value.tokens_per_second > 0) {
        // Now shows it for the answers in progress
        all.push(['tokens/s, 5 min', number(value.tokens_per_second), 'all hosts together, in the last minutes']);
    }
    if (value.oldest_pending_at) {
        const ms = Math.max(0, Date.now() - Date.parse(value.oldest_pending_at));
        all.push(['oldest waiting', seconds(ms), exact(value.oldest_pending_at)]);
    }
    return all;
}
