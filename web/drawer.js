// A drawer with live events at the bottom of every view.

import {attribute, button, h, put, text} from './dom.js';
import {serverSentEvents} from './events.js';
import {clock} from './format.js';
import {MARKS, preview, short} from './task.js';

const KEY = 'ollama-queue.events';
const LINES_MAX = 500;
/** The number of earlier events that are read when it is opened. */
const EARLIER = 200;
const KINDS = {
    '': 'all events', ends: 'ends', failures: 'failures', starts: 'starts', submits: 'submits', cron: 'cron tasks',
    queue: 'the queue',
};
const WHATS = {ends: ['completed', 'failed', 'cancelled'], failures: ['failed', 'retrying'], starts: ['started'],
    submits: ['submitted', 'retried']};

/** @return a function that opens and closes it */
export function drawer(box, control, {api, live, complain}) {
    const list = h('ol', {class: 'event-lines', tabindex: 0, 'aria-label': 'Events'});
    const kind = h('select', {'aria-label': 'Which events', onchange: () => filter()},
        Object.entries(KINDS).map(([value, name]) => h('option', {value}, name)));
    const held = h('span', {class: 'hint'});
    /** The read of the earlier events, and whether it has ended: new events come after them. */
    let reading = null;
    let read = false;
    let hovered = false;
    let waiting = [];
    let drawing = 0;
    /** Prompts by task, because only the event of the submit contains the prompt. */
    const previews = new Map();
    const filter = () => {
        list.querySelectorAll('li').forEach(line => line.hidden = !passes(kind.value, line.dataset));
        list.scrollTop = list.scrollHeight;
    };
    const write = (items, toEnd = false) => {
        if (items.length === 0) {
            return;
        }
        items.forEach(({task}) => task?.preview && previews.set(task.id, preview(task)));
        while (previews.size > 2 * LINES_MAX) {
            previews.delete(previews.keys().next().value);
        }
        const atEnd = toEnd || list.scrollHeight - list.scrollTop - list.clientHeight < 40;
        list.append(...items.slice(-LINES_MAX).map(item => line(item, kind.value, previews)));
        while (list.childElementCount > LINES_MAX) {
            list.firstElementChild.remove();
        }
        if (atEnd) {
            list.scrollTop = list.scrollHeight;
        }
    };
    const take = item => {
        if (!box.hidden && item.event === 'reset') {
            // events were missed: the earlier ones are read again
            toggle(true);
        }
        if (!box.hidden && ['task', 'cron', 'queue'].includes(item.event)) {
            waiting.push(item);
            drawing ||= requestAnimationFrame(hand);
            if (waiting.length > LINES_MAX) {
                waiting = waiting.slice(-LINES_MAX);
            }
        }
    };
    const hand = () => {
        drawing = 0;
        if (!read) {
            return;
        }
        // lines must not move while they are read
        text(held, hovered && waiting.length ? `${waiting.length} more, held while the pointer is here` : '');
        if (!hovered) {
            write(waiting.splice(0));
        }
    };
    const toggle = open => {
        box.hidden = !open;
        attribute(control, 'aria-pressed', String(open));
        localStorage.setItem(KEY, open ? 'open' : '');
        reading?.abort();
        put(list);
        waiting = [];
        read = false;
        if (open) {
            const mine = reading = new AbortController();
            earlier(api, write, mine.signal).catch(failed => {
                if (failed.name !== 'AbortError' && failed.status !== 0) {
                    complain(failed);
                }
                return 0;
            }).then(last => {
                if (reading === mine) {
                    read = true;
                    waiting = waiting.filter(({seq}) => seq > last);
                    hand();
                }
            });
        }
    };
    list.addEventListener('pointerenter', () => {
        hovered = true;
    });
    list.addEventListener('pointerleave', () => {
        hovered = false;
        hand();
    });
    put(box, h('header', {class: 'toolbar'}, h('h2', {}, 'Events'), kind, held,
        button('✕', () => {
            toggle(false);
            control.focus();
        }, {class: 'quiet end', 'aria-label': 'Close the events'})), list);
    control.addEventListener('click', () => toggle(box.hidden));
    live.on(take);
    toggle(localStorage.getItem(KEY) === 'open');
    return () => toggle(box.hidden);
}

/** Passes on the last events of the journal, in order; resolves to the number of the last one. */
async function earlier(api, write, signal) {
    const {last_seq: last} = await api.get('/api/status', null, signal);
    if (last === 0) {
        return last;
    }
    const stop = new AbortController();
    const response = await api.fetch(`/api/events?since=${Math.max(0, last - EARLIER)}`, {
        headers: {Accept: 'text/event-stream'}, signal: AbortSignal.any([signal, stop.signal]),
    });
    const found = [];
    for await (const {event, data} of serverSentEvents(response)) {
        if (event !== 'reset' && data.seq <= last) {
            found.push(data);
        }
        if (event === 'reset' || data.seq >= last) {
            break;
        }
    }
    stop.abort();
    if (!signal.aborted) {
        write(found, true);
    }
    return last;
}

function line(item, wanted, previews) {
    const {event, what, task, at} = item;
    const cron = item.cron;
    const failed = what === 'failed';
    const node = h('li', {'data-event': event, 'data-what': what, 'data-status': task?.status},
        h('time', {datetime: at}, clock(at)),
        h('span', {class: 'mark', 'aria-hidden': 'true'}, task ? MARKS[task.status] ?? '·' : '·'),
        h('span', {class: failed && 'failure'}, words(item)),
        task ? h('a', {href: `#/tasks/${encodeURIComponent(task.id)}`, dir: 'auto'},
            previews.get(task.id) || short(task.id))
            : cron ? h('a', {href: `#/cron/${encodeURIComponent(cron.id)}`}, cron.name) : h('span'),
        h('span', {class: 'faint'}, [task?.model, task?.executed_on, task?.error].filter(one => one).join(' · ')));
    node.hidden = !passes(wanted, node.dataset);
    return node;
}

function words({event, what, mode, queue}) {
    return event === 'cron' ? `cron ${what}` : event !== 'queue' ? what
        : what === 'server_started' ? 'the server started' : `the queue is ${mode ?? queue?.mode ?? what}`;
}

function passes(wanted, {event, what}) {
    return wanted === '' || wanted === event || (WHATS[wanted]?.includes(what) === true && event === 'task');
}
