// The view Tasks: the queue's state, the live list, and the open task beside it.

import {attribute, button, h, put, text} from './dom.js';
import {number} from './format.js';
import {FilterForm} from './filterform.js';
import {choosing, format, isEmpty, matches, parse, request, SIZE, SORTS, TYPED} from './filter.js';
import {typing} from './keys.js';
import {List} from './list.js';
import {prefill} from './template.js';
import {panel} from './panel.js';
import {queueBar} from './queuebar.js';
import {selectionBar} from './selection.js';

/** The shortest interval of reading the list again, in milliseconds; longer for a search, which reads the disk. */
const AGAIN_MS = 1_000;
const SEARCH_AGAIN_MS = 5_000;
/** Rows do not move under a pointer that moved less than this long ago. */
const POINTER_MS = 1_500;
/** A read that takes longer is shown to be in progress; a search reads the disk. */
const BUSY_MS = 300;

export default {
    mount: (root, context, route) => {
        const view = new Tasks(root, context);
        view.route(route);
        return next => view.cameTo(next);
    },
};

class Tasks {
    #context;
    #filter = parse(new URLSearchParams());
    #id = null;
    #total = 0;
    #panel = null;
    #fetching = null;
    /**
     * The tasks of events that arrived while the list was being read, which may not be in it, by id; null for a deleted
     * task. Null while the list is not being read.
     */
    #meanwhile = null;
    #timer = 0;
    #readAt = 0;
    /** Whether the list is outdated, and must be read again when the page is visible. */
    #stale = false;
    /** Whether it could not be read, and must be when the server can be reached again. */
    #missed = false;
    /** The field that is being typed into: the back button undoes all of the typing at once. */
    #typed = null;
    #pointerAt = 0;
    #list;
    #queue;
    #form;
    #scroll;
    #aside = h('aside', {class: 'task', 'aria-label': 'Task', hidden: true});
    #split;
    #empty = h('p', {class: 'empty', hidden: true});
    #pages = h('span', {class: 'number', role: 'status'});
    #newer = button('Show changes', () => this.#toTop(), {class: 'primary', hidden: true});
    #previous = button('‹', () => this.#turn(-1), {'aria-label': 'Previous page'});
    #next = button('›', () => this.#turn(1), {'aria-label': 'Next page'});
    #selection;

    constructor(root, context) {
        this.#context = context;
        this.#list = new List({
            address: id => `#/tasks/${encodeURIComponent(id)}${format(this.#filter)}`,
            sort: column => this.#sort(column),
            changed: () => this.#selection.show(),
        });
        this.#queue = queueBar(context, {
            chosen: () => this.#filter.status, status: status => this.#change({status}),
        });
        this.#form = new FilterForm(context, changes => this.#change(changes));
        this.#selection = selectionBar(context, this.#list, () => this.#read(), {
            filter: () => choosing(this.#filter), total: () => this.#total,
        });
        this.#scroll = h('div', {class: 'scroll'}, this.#list.node, this.#empty);
        this.#split = h('div', {class: 'split'}, h('section', {class: 'list', 'aria-label': 'Tasks'}, this.#scroll,
            h('footer', {class: 'list-foot'}, this.#selection.node, this.#newer,
                h('div', {class: 'actions pages'}, this.#pages, this.#previous, this.#next))), this.#aside);
        put(root, h('h1', {class: 'visually-hidden'}, 'Tasks'), this.#queue.node, this.#form.node, this.#split);
        this.#listen();
    }

    /** Called when the address changed, by a link or by back and forward. */
    cameTo(route) {
        this.#typed = null;
        this.route(route);
    }

    route({id, query}) {
        const filter = parse(query);
        const changed = format(filter) !== format(this.#filter) || this.#readAt === 0;
        const others = format({...filter, page: 1}) !== format({...this.#filter, page: 1});
        this.#filter = filter;
        this.#form.fill(filter);
        this.#queue.mark();
        if (id !== this.#id) {
            this.#show(id);
        }
        if (changed) {
            this.#read();
        }
        if (others) {
            // rows that are no longer visible must not stay selected
            this.#list.clear();
        }
        this.#list.open(this.#id);
    }

    // ---- the list

    async #read() {
        clearTimeout(this.#timer);
        this.#timer = 0;
        this.#fetching?.abort();
        const fetching = new AbortController();
        this.#fetching = fetching;
        this.#readAt = Date.now();
        const meanwhile = new Map();
        this.#meanwhile = meanwhile;
        this.#stale = false;
        // events from here on may not be included in the answer
        this.#newer.hidden = true;
        const busy = setTimeout(() => text(this.#pages, 'reading …'), BUSY_MS);
        const {api, signal, status} = this.#context;
        const filter = this.#filter;
        // requires a look at all waiting tasks, so it is requested only if some are not ready
        const waits = status.value === null || status.value.blocked_tasks + status.value.scheduled_tasks > 0;
        try {
            const {items, total} = await api.list('/api/tasks', request(filter, waits),
                AbortSignal.any([signal, fetching.signal]));
            this.#total = total;
            this.#list.show(items.filter(task => meanwhile.get(task.id) !== null)
                .map(task => ({...task, ...meanwhile.get(task.id)})), filter);
            this.#list.open(this.#id);
            this.#missed = false;
            this.#showPages(items.length);
        } catch (failed) {
            if (failed.name !== 'AbortError') {
                this.#unread(failed);
            }
        } finally {
            clearTimeout(busy);
            if (this.#meanwhile === meanwhile) {
                this.#meanwhile = null;
            }
        }
    }

    /** Handles a failed read. Offline, the list stays as it is. */
    #unread(failed) {
        this.#missed = failed.status === 0;
        text(this.#pages, this.#missed ? 'not loaded: offline' : '');
        if (!this.#missed) {
            this.#newer.hidden = false;
            this.#context.complain(failed);
        }
    }

    /** Reads the list soon, unless that would move rows in use: then a button offers it. */
    #readSoon() {
        if (document.hidden) {
            this.#stale = true;
        } else if (this.#held()) {
            this.#newer.hidden = false;
        } else if (this.#timer === 0) {
            const pause = this.#filter.q ? SEARCH_AGAIN_MS : AGAIN_MS;
            this.#timer = setTimeout(() => {
                this.#timer = 0;
                if (document.hidden || this.#held() || !this.#pointerRests()) {
                    this.#readSoon();
                } else {
                    this.#read();
                }
            }, Math.max(50, this.#readAt + pause - Date.now(), this.#pointerAt + POINTER_MS - Date.now()));
        }
    }

    #held() {
        return this.#list.selected.size > 0 || this.#filter.page > 1 || this.#scroll.scrollTop > 0;
    }

    #pointerRests() {
        return Date.now() - this.#pointerAt >= POINTER_MS;
    }

    #toTop() {
        this.#scroll.scrollTop = 0;
        if (this.#filter.page > 1) {
            this.#change({page: 1});
        } else {
            this.#read();
        }
    }

    #take(event) {
        if (event.event === 'reset') {
            // the read in progress is shown first
            this.#meanwhile ? this.#readSoon() : this.#read();
        }
        if (event.event !== 'task') {
            return;
        }
        const {task, what} = event;
        this.#meanwhile?.set(task.id, what === 'deleted' ? null : task);
        const known = this.#list.task(task.id);
        const belongs = what !== 'deleted' && matches(this.#filter, task);
        const {sort} = this.#filter;
        if (known && what === 'deleted') {
            this.#list.gone(task.id);
        } else if (known) {
            this.#list.update(task, belongs);
            if (!belongs && !this.#held() && !this.#list.inUse(task.id) && this.#pointerRests()) {
                this.#list.remove(task.id);
                this.#total--;
                this.#showPages(this.#list.size);
            }
        }
        const moved = known && sort !== 'created_at' && (sort === 'duration' || known[sort] !== task[sort]);
        const entered = !known && belongs
            && (what === 'submitted' || this.#filter.status !== '' || sort !== 'created_at');
        if (known && !belongs || moved || entered) {
            this.#readSoon();
        }
    }

    #showPages(shown) {
        const first = (this.#filter.page - 1) * SIZE;
        text(this.#pages, shown ? `${number(first + 1)}–${number(first + shown)} of ${number(this.#total)}`
            : this.#total ? `none of ${number(this.#total)}` : '');
        this.#previous.disabled = this.#filter.page === 1;
        this.#next.disabled = first + shown >= this.#total;
        this.#empty.hidden = shown > 0;
        put(this.#empty, isEmpty(this.#filter)
            ? ['No tasks yet. ', h('a', {href: '#/new', 'data-needs': 'submit'}, 'Submit one'), '.']
            : ['No tasks match this filter. ', button('Clear the filter', () => this.#form.clear())]);
    }

    #turn(step) {
        if (!(step < 0 ? this.#previous : this.#next).disabled) {
            this.#scroll.scrollTop = 0;
            this.#change({page: this.#filter.page + step});
        }
    }

    // ---- filter and order

    #sort(column) {
        const same = this.#filter.sort === column;
        const other = this.#filter.order === 'asc' ? 'desc' : 'asc';
        this.#change({sort: column, order: same ? other : SORTS[column]});
    }

    /** Changes the filter, and with it the address. */
    #change(changes) {
        const filter = {...this.#filter, page: 1, ...changes};
        if (format(filter) !== format(this.#filter)) {
            const changed = Object.keys(filter).filter(name => name !== 'page' && filter[name] !== this.#filter[name]);
            const typed = changed.length === 1 && TYPED.includes(changed[0]) ? changed[0] : null;
            this.#address(this.#id, filter, typed === null || typed !== this.#typed);
            this.#typed = typed;
        }
    }

    /** @param step whether the back button leads to the present state */
    #address(id, filter = this.#filter, step = false) {
        const address = `#/tasks${id ? `/${encodeURIComponent(id)}` : ''}${format(filter)}`;
        history[step ? 'pushState' : 'replaceState'](null, '', address);
        this.route({id, query: new URLSearchParams(format(filter))});
    }

    // ---- the open task

    #show(id) {
        this.#panel?.abort();
        this.#id = id;
        const inside = this.#list.contains(document.activeElement);
        this.#aside.hidden = id === null;
        attribute(this.#split, 'data-open', id !== null);
        put(this.#aside);
        if (id === null) {
            return;
        }
        this.#panel = new AbortController();
        panel(this.#aside, this.#context, id, AbortSignal.any([this.#panel.signal, this.#context.signal]), {
            close: () => this.#close(),
            named: whole => {
                this.#id = whole;
                history.replaceState(null, '', `#/tasks/${whole}${format(this.#filter)}`);
                this.#list.open(whole);
            },
            covered: () => inside && getComputedStyle(this.#aside).position === 'absolute',
            again: task => {
                prefill(task);
                this.#context.go('#/new');
            },
        });
    }

    #close() {
        const id = this.#id;
        this.#address(null);
        this.#list.focus(this.#list.task(id) ? id : undefined);
    }

    // ---- events

    #listen() {
        const {live, signal, every} = this.#context;
        live.on(event => this.#take(event), signal);
        live.watch(({mode}) => mode !== 'offline' && this.#missed && this.#read(), signal);
        every(1_000, () => this.#list.tick());
        this.#list.node.addEventListener('pointermove', () => {
            this.#pointerAt = Date.now();
        });
        document.addEventListener('visibilitychange', () => document.hidden || !this.#stale || this.#readSoon(),
            {signal});
        document.addEventListener('keydown', event => this.#key(event), {signal});
    }

    #key(event) {
        if (event.key === 'Escape' && !document.querySelector('dialog[open]')) {
            if (event.target.matches('input:not([type=checkbox])') && event.target.form === this.#form.node) {
                event.target.blur();
            } else if (this.#id !== null) {
                this.#close();
            } else {
                this.#list.clear();
            }
            return;
        }
        const inList = this.#list.contains(event.target);
        if (typing(event) || event.key.startsWith('Arrow') && !inList) {
            return;
        }
        const step = {j: 1, ArrowDown: 1, k: -1, ArrowUp: -1}[event.key];
        const page = {ArrowLeft: -1, ArrowRight: 1}[event.key];
        if (step) {
            const id = this.#list.move(step);
            if (id !== null && this.#id !== null && id !== this.#id) {
                this.#address(id);
            }
        } else if (page) {
            this.#turn(page);
        } else if (inList && (event.key === 'x' || event.key === ' ' && event.target.matches('a'))) {
            this.#list.toggle(this.#list.active);
        } else {
            return;
        }
        event.preventDefault();
    }
}
