// The view Queue: the pending tasks in the order in which they will start, grouped by what they wait for.

import {act} from './actions.js';
import {attribute, button, h, put, text} from './dom.js';
import {ago, count, exact, number, old, priority, timed, within} from './format.js';
import {toggle} from './filter.js';
import {Keyed} from './keyed.js';
import {modeButtons} from './queuebar.js';
import {refresh} from './refresh.js';
import {caller, preview} from './task.js';

const STATES = ['ready', 'retrying', 'scheduled', 'blocked'];
const SAYS = {ready: 'wait for their turn', retrying: 'wait for their next attempt',
    scheduled: 'wait for their time or window', blocked: 'cannot run at present'};
/** The number of rows first shown in a group, if there are groups below it, and otherwise. */
const FEW = 25;
const PAGE = 100;
/**
 * The maximum number of rows in a group: as many as the server plays forward, so that it need not visit all waiting
 * tasks.
 */
const MOST = 500;
/** Groups are open if all of them together have at most this many tasks. */
const ALL_OPEN = 50;
/** The shortest and the longest interval of reading again, in milliseconds. */
const AGAIN_MS = 2_000;
const ANYWAY_MS = 10_000;
/** The same if many rows are shown. */
const AGAIN_MANY_MS = 5_000;
/** A priority above all that have names. */
const NEXT = 16;
const NOBODY = /^no host can take it now: /;

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
    #why = null;
    #readAt = 0;
    #timer = 0;
    #reading = new AbortController();
    /** Null until the first answer. */
    #all = null;
    #counts = new Map(STATES.map(name => [name, h('span', {class: 'number'}, '–')]));
    #filters = STATES.map(name => button([this.#counts.get(name), ` ${name}`],
        // according to the address, which may just have changed
        () => {
            const states = chosen(new URLSearchParams(location.hash.split('?')[1]));
            this.#context.go(`#/queue${query(toggle(states, name))}`);
        },
        {class: 'count', 'data-state': name, title: SAYS[name]}));
    #list = h('div', {class: 'queue-groups'});
    #groups;
    #empty = h('p', {class: 'panel empty', hidden: true});

    constructor(root, context) {
        this.#context = context;
        this.#groups = new Keyed(this.#list, kept, group => new Group(group, context, {
            open: this.#all.length === 1 || group.state === 'ready'
                || this.#all.reduce((sum, {tasks}) => sum + tasks, 0) <= ALL_OPEN,
            few: () => this.#all.length === 1 ? PAGE : FEW,
        }));
        put(root, h('div', {class: 'page queue-page'}, h('div', {class: 'now-top'},
            h('div', {class: 'actions'}, h('h1', {}, 'Queue'), h('div', {class: 'counts', role: 'group',
                'aria-label': 'Filter by state'}, this.#filters)), modeButtons(context)), this.#empty, this.#list));
        context.status.on(value => STATES.forEach(name => {
            text(this.#counts.get(name), number(value[`${name}_tasks`]));
        }), context.signal);
        context.live.on(event => event.event !== 'cron' && this.#soon(), context.signal);
        context.live.watch(({mode}) => mode === 'offline' || this.#soon(), context.signal);
        context.every(ANYWAY_MS, () => this.#soon());
        context.signal.addEventListener('abort', () => {
            clearTimeout(this.#timer);
            this.#reading.abort();
        });
    }

    route({query: asked}) {
        this.#states = chosen(asked);
        this.#why = asked.get('why');
        this.#filters.forEach(filter => attribute(filter, 'aria-pressed',
            String(this.#states.split(',').includes(filter.dataset.state))));
        this.#read();
    }

    #soon() {
        if (this.#timer === 0) {
            this.#timer = setTimeout(() => document.hidden ? this.#timer = 0 : this.#read(),
                Math.max(0, this.#readAt + (this.#list.querySelectorAll('li').length > PAGE ? AGAIN_MANY_MS : AGAIN_MS)
                    - Date.now()));
        }
    }

    async #read() {
        clearTimeout(this.#timer);
        this.#timer = 0;
        this.#readAt = Date.now();
        this.#reading.abort();
        this.#reading = new AbortController();
        const {signal} = this.#reading;
        await refresh(this.#context, async () => {
            // the first request uses the open connection: rows appear before the groups are known
            const first = this.#all === null && this.#first(signal);
            const told = this.#context.api.get('/api/now', null, signal);
            told.catch(() => {});
            await first;
            const {waiting} = await told;
            this.#all = waiting.filter(group => (!this.#states || this.#states.split(',').includes(group.state))
                && (this.#why === null || this.#why === group.text)).sort((a, b) => rank(a) - rank(b));
            this.#empty.hidden = this.#all.length > 0;
            put(this.#empty, this.#states || this.#why !== null ? [
                this.#why === null ? `No pending task is ${this.#states.replaceAll(',', ' or ')}. `
                    : 'No pending task matches this filter. ',
                h('a', {href: '#/queue'}, 'Show all')]
                : ['Nothing is pending. ', h('a', {href: '#/new', 'data-needs': 'submit'}, 'Submit a task')]);
            this.#groups.show(this.#all);
            for (const group of this.#groups.made()) {
                await group.read(signal);
            }
        });
    }

    /** Shows the first rows of the ready tasks, or of the one group in the address. */
    async #first(signal) {
        const only = this.#why === null ? {state: 'ready'} : {waits_for: this.#why};
        const {items} = this.#why === null && this.#states && !this.#states.includes('ready') ? {items: []}
            : await this.#context.api.list('/api/tasks', {sort: 'next', limit: FEW, ...only}, signal);
        const groups = Map.groupBy(items, task => kept(task.waits_for));
        this.#all = [...groups.values()].map(tasks =>
            ({...tasks[0].waits_for, state: tasks[0].state, tasks: null, rows: tasks}));
        this.#groups.show(this.#all);
    }
}

/** Returns the key by which groups are kept; the reasons of their tasks may be more precise. */
function kept({kind, text: why}) {
    return ['place', 'turn'].includes(kind) ? 'place' : ['time', 'retry'].includes(kind) ? kind : why;
}

/** Returns the rank of a group: ready tasks first, because they start first; then those that need attention. */
function rank({state}) {
    return ['ready', 'blocked', 'retrying', 'scheduled'].indexOf(state);
}

function chosen(asked) {
    return STATES.filter(name => (asked.get('state') ?? '').split(',').includes(name)).join();
}

function query(states) {
    return states ? `?state=${states}` : '';
}

/** The tasks that wait for the same: their number and, if it is open, the first of them. */
class Group {
    #context;
    #group;
    #limit = 0;
    #few;
    #reading = new AbortController();
    #what = h('span', {class: 'queue-what'});
    #shown = h('span', {class: 'number'});
    #body = h('ol', {class: 'queue-rows'});
    #rows;
    #more = button('', () => {
        this.#limit = Math.min(MOST, this.#limit < PAGE ? PAGE : this.#limit + 2 * PAGE);
        this.#readNow();
    }, {hidden: true});
    #foot = h('span', {class: 'hint'});
    #cancel = button('', () => this.#context.bulk.change({waits_for: this.#group.text}, 'cancel'),
        {'data-needs': 'admin', hidden: true});

    constructor(group, context, {open, few}) {
        this.#context = context;
        this.#few = few;
        this.#rows = new Keyed(this.#body, task => task.id, task => row(task, context));
        this.node = h('details', {class: 'panel queue-group', open, 'data-state': group.state,
            ontoggle: () => this.node.open && this.#readNow()},
        h('summary', {}, this.#what, this.#shown), this.#body,
        h('div', {class: 'actions'}, this.#more, this.#foot, this.#cancel));
    }

    show(group) {
        this.#group = group;
        text(this.#what, timed(title(group)));
        text(this.#shown, group.tasks === null ? '' : number(group.tasks));
        group.rows && this.#rows.show(group.rows);
        this.#cancel.hidden = group.state !== 'blocked' || group.tasks < 2;
        text(this.#cancel, `Cancel all ${number(group.tasks)} …`);
    }

    /** Reads its first tasks, if it is open and known. An earlier read is aborted. */
    async read(signal) {
        this.#reading.abort();
        if (!this.node.open || this.#group.tasks === null) {
            return;
        }
        const reading = new AbortController();
        this.#reading = reading;
        try {
            await this.#readUntil(AbortSignal.any([signal, reading.signal]));
        } catch (failed) {
            if (!reading.signal.aborted) {
                throw failed;
            }
        }
    }

    async #readUntil(signal) {
        this.#limit ||= this.#few();
        const {items, total} = await this.#context.api.list('/api/tasks', {sort: 'next', waits_for: this.#group.text,
            limit: this.#limit}, signal);
        signal.throwIfAborted();
        this.#more.hidden = items.length >= total || this.#limit >= MOST;
        text(this.#more, `Show ${number(Math.min(total, MOST, this.#limit < PAGE ? PAGE : this.#limit + 2 * PAGE)
            - items.length)} more`);
        put(this.#foot, items.length < total && [`the first ${number(items.length)} of ${count(total, 'task')}`,
            this.#limit >= MOST && [' · ', h('a', {href: '#/tasks?status=pending'}, 'All pending tasks')]]);
        await this.#rows.showInSteps(items, signal);
    }

    #readNow() {
        return refresh(this.#context, () => this.read(this.#context.signal));
    }
}

function title({kind, text: why, state}) {
    return {place: 'Wait for a place', turn: 'Wait for a place', queue: 'Wait for the queue, which is paused',
        time: 'Wait for their time', retry: 'Wait for their next attempt'}[kind]
        ?? (state === 'blocked' ? `Blocked: ${why.replace(NOBODY, '')}` : `Wait for ${why}`);
}

/** A pending task: its position, its start, its subject, and why it waits. */
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
    const acts = h('div', {class: 'queue-do', 'data-acts': true, hidden: !context.rights.mayChange(task)},
        first, cancel);
    return {node: h('li', {'data-id': task.id}, position, when, h('div', {class: 'queue-task'}, link, why), about,
        since, acts), show: now => {
        const at = Date.now();
        text(position, now.position ? number(now.position) : '');
        const time = now.retry_at ?? now.scheduled_at;
        const later = now.state === 'scheduled' || now.state === 'retrying';
        text(when, now.starts_in ? within(now.starts_in) : later && time ? ago(time, at) : '–');
        when.title = later ? exact(time) : now.starts_in ? '' : 'not known when';
        text(link, preview(now) || now.id);
        attribute(link, 'title', now.preview);
        text(why, timed(reason(now, at)));
        text(about, [now.model, now.priority === 5 ? null : priority(now.priority), caller(now)]
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
