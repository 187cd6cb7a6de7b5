// How a task's time was spent: its phases, and its attempts on one scale.

import {button, h, put} from './dom.js';
import {copy} from './copy.js';
import {duration, number, timed} from './format.js';
import {CANCELLED, MARKS, phases, putBack, scale, short, stretches} from './task.js';

/** A wait longer than this share of the bar is shortened. */
const WAIT_MAX = 0.75;
/** The reasons for choosing a host; none for 'local', because no endpoint was requested. */
const RULES = {
    on: 'it asked for this host', local_first_policy: 'local hosts go first',
    remote_execution: 'it asked for an endpoint',
    critical_priority: 'critical tasks go to endpoints', max_local_queue_size: 'the local queue was full',
    high_priority: 'high priorities go to endpoints', below_high_priority: 'priorities below high stay local',
    fallback_to_local: 'no endpoint took it', no_local_host: 'no local host could take it',
    after_failure: 'it had failed elsewhere',
};

/** Returns the reason for choosing a host; null if there is nothing to say. */
export function ruled(rule) {
    return rule === 'local' ? null : RULES[rule] ?? rule;
}

/** Shows the phases as a bar and in words. */
export function drawPhases(section, task, now) {
    const all = phases(task, now);
    const rest = all.reduce((sum, {kind, ms}) => sum + (kind === 'wait' ? 0 : ms), 0);
    const long = rest * WAIT_MAX / (1 - WAIT_MAX);
    const bar = h('div', {class: 'bar', 'aria-hidden': 'true'}, all.filter(({ms}) => ms > 0).map(phase => {
        const broken = phase.kind === 'wait' && rest > 0 && phase.ms > long;
        const part = h('div', {class: phase.kind, 'data-broken': broken, 'data-failed': phase.failed,
            'data-running': phase.running});
        part.style.flexGrow = Math.max(1, broken ? long : phase.ms);
        return part;
    }));
    put(section, bar, h('ul', {class: 'lengths'}, all.map(({kind, name, ms, running}) => h('li', {'data-kind': kind},
        `${name} `, h('b', {}, duration(ms)), running && ' …'))));
}

/**
 * Shows each attempt as a row on a common scale, with its error and its text.
 *
 * @param since when the server started, which has the texts in memory; NaN if unknown
 */
export function drawAttempts(section, task, now, since) {
    section.hidden = task.attempts.length === 0;
    if (section.hidden || section.contains(document.activeElement)) {
        return;
    }
    const all = stretches(task, now);
    const places = scale(all);
    const rows = all.flatMap((stretch, index) => stretch.kind === 'attempt' ? [{stretch, place: places[index]}] : []);
    const opened = new Set([...section.querySelectorAll('details[open]')].map(({dataset}) => dataset.attempt));
    const earlier = putBack(task);
    put(section, h('header', {class: 'part'}, h('h2', {}, 'Attempts'), earlier > 0 && h('span', {class: 'hint'},
        `${number(earlier)} before it was put back into the queue`)), h('ol', {class: 'attempts'},
        rows.map(({stretch, place}, index) => {
            const attempt = task.attempts[index];
            const bar = rows.length > 1 && h('div', {class: 'scale', 'aria-hidden': 'true'},
                places.filter(({broken}) => broken).map(gap => piece('gap', gap)),
                piece('attempt', place, {'data-failed': stretch.failed, 'data-running': stretch.running}));
            return h('li', {}, attempt ? ended(attempt, duration(stretch.to - stretch.from))
                : h('p', {}, `${stretch.number} ${MARKS.running} ${task.executed_on ?? ''} · ${
                    duration(stretch.to - stretch.from)}`), bar, attempt && why(attempt, task),
                attempt && said(task, attempt, opened, since));
        })));
}

function piece(kind, {begin, length}, attributes) {
    const node = h('div', {class: kind, ...attributes});
    node.style.left = `${begin * 100}%`;
    node.style.width = `${length * 100}%`;
    return node;
}

function ended(attempt, took) {
    const mark = MARKS[failed(attempt) ? 'failed' : attempt.error ? 'cancelled' : 'completed'];
    return h('p', {}, h('span', {class: failed(attempt) && 'failure'}, `${attempt.attempt} ${mark} `),
        [attempt.host, took, ruled(attempt.rule)].filter(Boolean).join(' · '));
}

/** Shows why an attempt began, and its error, except the last one's, which is shown above as the task's. */
function why(attempt, task) {
    return [attempt.chosen && h('p', {class: 'faint'}, 'Why then: ', attempt.chosen.text.replace(/\bis\b/g, 'was'),
        attempt.chosen.loads && '; its host had to load the model', attempt.chosen.passed && ['; it passed ',
            h('a', {href: `#/tasks/${attempt.chosen.passed}`}, short(attempt.chosen.passed))]),
    attempt.error && !(attempt === task.attempts.at(-1) && attempt.error === task.error)
        && h('p', {class: failed(attempt) ? 'failure' : 'faint'}, timed(attempt.error)),
    failed(attempt) && !attempt.counted
        && h('p', {class: 'hint'}, 'not counted as a retry: a failure of the host, or a restart')];
}

/** The beginning of the text of an attempt that broke off. */
function said(task, {attempt: number, error, ended_at: ended}, opened, since) {
    const text = task.unfinished?.find(({attempt}) => attempt === number)?.text;
    if (!text && error && Date.parse(ended) < since) {
        return h('p', {class: 'hint'}, 'Any output is lost: the server has been restarted since.');
    }
    const control = button('Copy', () => copy(control, text), {class: 'quiet'});
    return text && h('details', {class: 'unfinished', 'data-attempt': number, open: opened.has(String(number))},
        h('summary', {}, `Partial output · ${text.slice(0, 60).replace(/\s+/g, ' ')}${text.length > 60 ? '…' : ''}`),
        h('pre', {tabindex: 0}, text), control);
}

/** Whether an attempt failed; a cancelled one did not. */
function failed({error}) {
    return error !== null && error !== CANCELLED;
}
