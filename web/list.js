// The table of tasks: its rows are updated in place, so that focus, selection and scroll position stay.

import {attribute, button, h, put, text} from './dom.js';
import {exact, named, old, priority, timed} from './format.js';
import {SORTS} from './filter.js';
import {CALL, caller, MARKS, preview, ran, short, waitsUntil} from './task.js';

const COLUMNS = [
    ['status', 'Status', 'status'],
    ['prompt', 'Prompt', null],
    ['type', 'Type', null],
    ['model', 'Model', 'model'],
    ['priority', 'Priority', 'priority'],
    ['created', 'Created', 'created_at'],
    ['ran', 'Time', 'duration'],
    ['id', 'Id', null],
];

/** The usual priority; others are highlighted. */
const USUAL = 5;

export class List {
    #rows = new Map();
    #order = [];
    #filter = null;
    #last = null;
    #hooks;
    #headers = new Map();
    #all = h('input', {type: 'checkbox', 'aria-label': 'Select all on this page'});
    #body = h('tbody');

    /** The ids of the selected tasks, on this page and on others. */
    selected = new Set();
    /** The id of the row with the keyboard's focus; null for none yet. */
    active = null;

    /**
     * @param hooks address(id): where a row leads; sort(column): a header was pressed; changed(): the selection changed
     */
    constructor(hooks) {
        this.#hooks = hooks;
        this.#all.addEventListener('change', () => {
            this.#order.forEach(id => this.#mark(id, this.#all.checked));
            this.#tellSelection();
        });
        this.node = h('table', {class: 'table tasks-table'},
            h('thead', {}, h('tr', {}, h('th', {class: 'c-select', scope: 'col'}, this.#all),
                COLUMNS.map(([name, title, sort]) =>
                    this.#header(name, name === 'created' ? named(title) : title, sort)))),
            this.#body);
        this.#body.addEventListener('click', event => this.#clicked(event));
        this.#body.addEventListener('focusin', event => this.#at(event.target.closest('tr').dataset.id));
    }

    /** Shows these tasks, in this order. */
    show(tasks, filter) {
        const focused = document.activeElement;
        this.#order = tasks.map(task => task.id);
        for (const [index, task] of tasks.entries()) {
            const row = this.#rows.get(task.id) ?? new Row(task.id, this.#hooks.address);
            this.#rows.set(task.id, row);
            row.update(task, Date.now());
            row.node.classList.remove('left');
            if (this.#body.children[index] !== row.node) {
                this.#body.insertBefore(row.node, this.#body.children[index] ?? null);
            }
        }
        const there = new Set(this.#order);
        for (const [id, row] of this.#rows) {
            if (!there.has(id)) {
                row.node.remove();
                this.#rows.delete(id);
            }
        }
        if (focused?.isConnected && this.#body.contains(focused)) {
            // a row that was moved has lost the focus
            focused.focus({preventScroll: true});
        }
        this.#sorted(filter);
        this.#at(there.has(this.active) ? this.active : this.#order[0] ?? null);
        this.#tellSelection();
    }

    get size() {
        return this.#order.length;
    }

    /** Returns the task as the list knows it; undefined if it is not shown. */
    task(id) {
        return this.#rows.get(id)?.task;
    }

    /**
     * Updates a shown task from an event. After the submit, events have no preview: the old one stays.
     *
     * @param belongs whether it still matches the filter; if not, it is dimmed
     */
    update(task, belongs) {
        const row = this.#rows.get(task.id);
        row.update({preview: row.task.preview, ...task}, Date.now());
        row.node.classList.toggle('left', !belongs);
    }

    /** Removes a row at once. */
    remove(id) {
        const index = this.#order.indexOf(id);
        this.#order.splice(index, 1);
        this.#rows.get(id).node.remove();
        this.#rows.delete(id);
        if (this.active === id) {
            this.#at(this.#order[Math.min(index, this.#order.length - 1)] ?? null);
        }
        this.#tellSelection();
    }

    /** Whether this row has the keyboard's focus, or its task is open. */
    inUse(id) {
        const {node} = this.#rows.get(id);
        return node.contains(document.activeElement) || node.hasAttribute('aria-current');
    }

    /** Marks a deleted task. */
    gone(id) {
        this.#rows.get(id)?.node.classList.add('gone');
        this.selected.delete(id);
        this.#tellSelection();
    }

    /** Updates the times. */
    tick() {
        const now = Date.now();
        this.#rows.forEach(row => row.tick(now));
    }

    /** Sets which task is open, and updates the links of the rows. */
    open(id) {
        for (const [own, row] of this.#rows) {
            attribute(row.node, 'aria-current', own === id && 'true');
            attribute(row.link, 'href', this.#hooks.address(own));
        }
        if (this.#rows.has(id)) {
            this.#at(id);
        }
    }

    /** Moves the focus by this many rows; returns the id of the new row, null if there are no rows. */
    move(step) {
        const from = this.#order.indexOf(this.active);
        const inside = this.#body.contains(document.activeElement);
        const to = Math.min(this.#order.length - 1, Math.max(0, inside ? from + step : from));
        this.focus(this.#order[to]);
        return this.#order[to] ?? null;
    }

    focus(id = this.active) {
        const row = this.#rows.get(id);
        row?.link.focus({preventScroll: true});
        row?.node.scrollIntoView({block: 'nearest'});
    }

    contains(node) {
        return this.#body.contains(node);
    }

    toggle(id) {
        this.#mark(id, !this.selected.has(id));
        this.#tellSelection();
    }

    clear() {
        this.select([]);
    }

    /** Selects these tasks and no others. */
    select(ids) {
        [...this.selected].forEach(id => this.#mark(id, false));
        ids.forEach(id => this.#mark(id, true));
        this.#tellSelection();
    }

    #header(name, title, sort) {
        const cell = h('th', {class: `c-${name}`, scope: 'col'},
            sort ? button(title, () => this.#hooks.sort(sort), {class: 'sort'}) : title);
        if (sort) {
            this.#headers.set(sort, cell);
        }
        return cell;
    }

    #sorted(filter) {
        this.#filter = filter;
        // in a list of failures the errors come first; a search may have matched them
        attribute(this.node, 'data-reasons', filter.status === 'failed' || filter.q !== '');
        for (const column of Object.keys(SORTS)) {
            attribute(this.#headers.get(column), 'aria-sort', this.#filter.sort === column
                && (this.#filter.order === 'asc' ? 'ascending' : 'descending'));
        }
    }

    /** Sets the one row that Tab reaches; the arrows, j and k reach the others. */
    #at(id) {
        this.#rows.get(this.active)?.reachable(false);
        this.active = id;
        this.#rows.get(id)?.reachable(true);
    }

    #clicked(event) {
        const id = event.target.closest('tr')?.dataset.id;
        if (event.target.matches('input')) {
            const on = event.target.checked;
            const [from, to] = [this.#order.indexOf(event.shiftKey ? this.#last : id), this.#order.indexOf(id)];
            for (const one of from < 0 ? [id] : this.#order.slice(Math.min(from, to), Math.max(from, to) + 1)) {
                this.#mark(one, on);
            }
            this.#last = id;
            this.#tellSelection();
        } else if (id && !event.target.closest('a, label') && !getSelection().toString()) {
            const {link} = this.#rows.get(id);
            event.ctrlKey || event.metaKey ? open(link.href, '_blank', 'noopener') : link.click();
        }
    }

    #mark(id, on) {
        this.selected[on ? 'add' : 'delete'](id);
        this.#rows.get(id)?.select(on);
    }

    #tellSelection() {
        const here = this.#order.filter(id => this.selected.has(id)).length;
        this.#all.checked = here > 0 && here === this.#order.length;
        this.#all.indeterminate = here > 0 && here < this.#order.length;
        this.#rows.forEach((row, id) => row.select(this.selected.has(id)));
        this.#hooks.changed();
    }
}

class Row {
    #cells = Object.fromEntries(COLUMNS.map(([name]) => [name, h('td', {class: `c-${name}`})]));
    #box = h('input', {type: 'checkbox', tabindex: -1});
    #mark = h('span', {class: 'mark', 'aria-hidden': 'true'});
    #word = h('span', {class: 'word'});
    #reason = h('span', {class: 'reason', dir: 'auto'});
    #meta = h('span', {class: 'meta'});
    #created = h('time');

    constructor(id, address) {
        this.link = h('a', {href: address(id), tabindex: -1, dir: 'auto'});
        this.node = h('tr', {'data-id': id}, h('td', {class: 'c-select'}, h('label', {}, this.#box)),
            COLUMNS.map(([name]) => this.#cells[name]));
        put(this.#cells.status, this.#mark, this.#word);
        put(this.#cells.prompt, this.#reason, this.link, this.#meta);
        put(this.#cells.created, this.#created);
        text(this.#cells.id, short(id));
    }

    update(task, now) {
        this.task = task;
        this.node.dataset.status = task.status;
        text(this.#mark, task.state === 'blocked' ? '!' : MARKS[task.status]);
        text(this.link, preview(task) || `(${short(task.id)})`);
        attribute(this.link, 'title', task.preview ?? '');
        attribute(this.#box, 'aria-label', `Select ${task.preview || short(task.id)}`);
        text(this.#reason, timed(task.error?.split('\n')[0]));
        const by = caller(task);
        text(this.#meta, [task.model, task.priority !== USUAL && priority(task.priority),
            task.cron_name && `cron ${task.cron_name}`, by].filter(one => one).join(' · '));
        text(this.#cells.type, task.relayed ? `${task.type} ${CALL}` : task.type);
        attribute(this.#cells.type, 'title', task.relayed ? `${by} called ${task.endpoint}` : by ?? '');
        text(this.#cells.model, task.model);
        attribute(this.#cells.model, 'title', task.model);
        text(this.#cells.priority, priority(task.priority));
        attribute(this.#cells.priority, 'data-usual', task.priority === USUAL);
        this.#created.dateTime = task.created_at;
        attribute(this.#created, 'title', exact(task.created_at));
        attribute(this.#cells.status, 'title', task.error ?? timed(task.waits_for?.text)
            ?? (task.cut ? 'The answer ended at its length limit' : ''));
        this.tick(now);
    }

    tick(now) {
        const until = waitsUntil(this.task, now);
        text(this.#word, until && this.task.retry_at ? 'retrying' : until ? 'scheduled' : this.task.cut ? 'cut off'
            : ['blocked', 'scheduled'].includes(this.task.state) ? this.task.state : this.task.status);
        text(this.#created, old(this.task.created_at, now));
        text(this.#cells.ran, ran(this.task, now));
        attribute(this.#cells.ran, 'title', until ? exact(until) : '');
    }

    select(on) {
        this.#box.checked = on;
        attribute(this.node, 'data-selected', on);
    }

    reachable(on) {
        this.link.tabIndex = on ? 0 : -1;
        this.#box.tabIndex = on ? 0 : -1;
    }
}
