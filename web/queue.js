// The view Queue: the pending tasks in the order in which they start, by what they wait for.

import {act} from './actions.js';
import {attribute, button, h, put, text} from './dom.js';
import {ago, exact, number, old, priority, span} from './format.js';
import {toggle} from './filter.js';
import {Keyed} from './keyed.js';
import {modeButtons} from './queuebar.js';
import {refresh} from './refresh.js';

const STATES = ['ready', 'retrying', 'scheduled', 'blocked'];
const SAYS = {ready: 'wait for their turn', retrying: 'wait for their next attempt',
    scheduled: 'wait for their time or window', blocked: 'cannot run as things are'};
const PAGE = 100;
const MOST = 1_000;
/** It is read anew at most so often, and at least so often. */
const AGAIN_MS = 2_000;
const ANYWAY_MS = 10_000;
/** A place above all that have a name. */
const NEXT = 16;

export default {
    mount(root, context, route) {
        const view = new QueueView(root, context);
        view.route(route);
        return next => view.route(next);
    },
};

class QueueView {
    #context;
    #states = '';
    #limit = PAGE;
    #readAt = 0;
    #timer = 0;
    #reading = null;
    #counts = new Map(STATES.map(name => [name, h('span', {class: 'number'}, '–')]));
    #filters = STATES.map(name => button([this.#counts.get(name), ` ${name}`],
        () => this.#context.go(`#/queue${query(toggle(this.#states, name))}`),
        {class: 'count', 'data-state': name, title: SAYS[name]}));
    #list = h('div', {class: 'queue-groups'});
    #groups;
    #empty = h('p', {class: 'panel empty', hidden: true});
    #more = button('Show more', () => {
        this.#limit = Math.min(MOST, this.#limit + 2 * PAGE);
        this.#read();
    }, {hidden: true});
    #foot = h('span', {class: 'hint', role: 'status'});

    constructor(root, context) {
        this.#context = context;
        this.#groups = new Keyed(this.#list, group => group.key, () => this.#group());
        put(root, h('div', {class: 'page queue-page'}, h('div', {class: 'now-top'},
            h('div', {class: 'actions'}, h('h1', {}, 'Queue'), h('div', {class: 'counts', role: 'group',
                'aria-label': 'Filter by state'}, this.#filters)), modeButtons(context)),
        this.#empty, this.#list, h('div', {class: 'actions'}, this.#more, this.#foot)));
        context.status.on(value => STATES.forEach(name => {
            text(this.#counts.get(name), number(value[`${name}_tasks`]));
        }), context.signal);
        context.live.on(event => event.event !== 'cron' && this.#soon(), context.signal);
        context.live.watch(({mode}) => mode === 'offline' || this.#soon(), context.signal);
        context.every(ANYWAY_MS, () => this.#soon());
        context.signal.addEventListener('abort', () => clearTimeout(this.#timer));
    }

    route({query: asked}) {
        this.#states = STATES.filter(name => (asked.get('state') ?? '').split(',').includes(name)).join();
        this.#limit = PAGE;
        this.#filters.forEach(filter => attribute(filter, 'aria-pressed',
            String(this.#states.split(',').includes(filter.dataset.state))));
        this.#read();
    }

    #soon() {
        if (this.#timer === 0) {
            this.#timer = setTimeout(() => document.hidden ? this.#timer = 0 : this.#read(),
                Math.max(0, this.#readAt + AGAIN_MS - Date.now()));
        }
    }

    async #read() {
        clearTimeout(this.#timer);
        this.#timer = 0;
        this.#readAt = Date.now();
        this.#reading?.abort();
        const reading = new AbortController();
        this.#reading = reading;
        const {api, signal} = this.#context;
        await refresh(this.#context, async () => {
            const {items, total} = await api.list('/api/tasks', {sort: 'next', state: this.#states,
                limit: this.#limit}, AbortSignal.any([signal, reading.signal]));
            this.#show(items, total);
        });
    }

    #show(tasks, total) {
        this.#groups.show(grouped(tasks));
        this.#empty.hidden = tasks.length > 0;
        put(this.#empty, this.#states ? ['Nothing that is pending is ', this.#states.replaceAll(',', ' or '), '. ',
            h('a', {href: '#/queue'}, 'Show all')]
            : ['Nothing is pending. ', h('a', {href: '#/new', 'data-needs': 'submit'}, 'Submit a task')]);
        this.#more.hidden = tasks.length >= total || this.#limit >= MOST;
        text(this.#foot, tasks.length < total ? `the first ${number(tasks.length)} of ${number(total)}` : '');
    }

    #group() {
        const what = h('span', {class: 'queue-what'});
        const shown = h('span', {class: 'number'});
        const body = h('ol', {class: 'queue-rows'});
        const rows = new Keyed(body, task => task.id, task => row(task, this.#context));
        return {node: h('details', {class: 'panel queue-group', open: true},
            h('summary', {}, what, shown), body), show: group => {
            text(what, group.title);
            text(shown, number(group.tasks.length));
            rows.show(group.tasks);
        }};
    }
}

function query(states) {
    return states ? `?state=${states}` : '';
}

/** Those that wait for the same, in the order in which the first of each comes. */
function grouped(tasks) {
    const groups = new Map();
    for (const task of tasks) {
        const {kind, text: why} = task.waits_for;
        const [key, title] = {
            place: ['place', 'Wait for a place'], turn: ['place', 'Wait for a place'],
            queue: ['queue', 'Wait for the queue, which is paused'],
            time: ['time', 'Wait for their time'], retry: ['retry', 'Wait for their next attempt'],
            window: [why, `Wait for ${why}`],
        }[kind] ?? [why, `Blocked: ${why.replace(/^no host can take it now: /, '')}`];
        if (!groups.has(key)) {
            groups.set(key, {key, title, tasks: []});
        }
        groups.get(key).tasks.push(task);
    }
    return [...groups.values()];
}

/** A pending task: its place, when it starts, what it is, and why it waits. */
function row(task, context) {
    const position = h('span', {class: 'position'});
    const when = h('span', {class: 'starts'});
    const link = h('a', {href: `#/tasks/${encodeURIComponent(task.id)}`, dir: 'auto'});
    const why = h('span', {class: 'queue-why'});
    const about = h('span', {class: 'lane-about'});
    const since = h('time', {class: 'lane-time'});
    const first = button('↑', () => act(context, 'priority', [task.id], NEXT), {class: 'quiet',
        title: 'Run next: priority 16, above critical'});
    const cancel = button('✕', () => act(context, 'cancel', [task.id]), {class: 'quiet'});
    return {node: h('li', {'data-id': task.id}, position, when, h('div', {class: 'queue-task'}, link, why), about,
        since, h('div', {class: 'queue-do', hidden: !context.rights.mayChange(task)}, first, cancel)), show: now => {
        const at = Date.now();
        text(position, now.position ?? '');
        const time = now.retry_at ?? now.scheduled_at;
        const later = now.state === 'scheduled' || now.state === 'retrying';
        text(when, now.starts_in ? `in ${span(now.starts_in)}` : later && time ? ago(time, at) : '–');
        when.title = later ? exact(time) : now.starts_in ? '' : 'not known when';
        text(link, now.preview || now.id);
        attribute(link, 'title', now.preview);
        text(why, reason(now, at));
        text(about, [now.model, now.priority === 5 ? null : priority(now.priority), now.client]
            .filter(one => one).join(' · '));
        text(since, old(now.created_at, at));
        since.title = `submitted ${exact(now.created_at)}`;
        first.hidden = now.priority >= NEXT;
        attribute(first, 'aria-label', `Run next: ${link.textContent}`);
        attribute(cancel, 'aria-label', `Cancel: ${link.textContent}`);
    }};
}

function reason(task, at) {
    const {kind, text: why} = task.waits_for;
    if (kind === 'place' || kind === 'turn') {
        return task.host ? `waits for a place on ${task.host}${task.loads ? ', which then loads its model' : ''}`
            : 'waits for a place';
    }
    if (kind === 'time' || kind === 'retry') {
        return `waits for ${kind === 'time' ? 'its time' : 'its next attempt'}, ${ago(
            task.retry_at ?? task.scheduled_at, at)}${task.error ? `: ${task.error}` : ''}`;
    }
    return why.startsWith('no host') ? why : `waits for ${why}`;
}
