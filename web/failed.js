// The view Failed: the failed tasks, grouped by cause, model and host, with ways to retry them.

import {attribute, button, h, put, s, text} from './dom.js';
import {ago, count, number, timed} from './format.js';
import {otherwise} from './again.js';
import {preview} from './task.js';
import {refresh} from './refresh.js';
import {choosing, format, isEmpty, parse, TYPED} from './filter.js';
import {FilterForm} from './filterform.js';

/** How often the groups are read again while tasks change, in milliseconds. */
const EVERY_MS = 3_000;
const GROUPS = 100;
/** The number of tasks shown when a group is opened; its list has all. */
const TASKS = 10;
const SPARK_PX = 16;

export default {
    mount: async (root, context, route) => {
        const {api, live, signal, every} = context;
        const list = h('ol', {class: 'causes'});
        const empty = h('p', {class: 'panel empty', hidden: true});
        const more = h('p', {class: 'hint', hidden: true});
        const all = h('span', {class: 'number', role: 'status'});
        const asList = h('a', {class: 'button end'}, 'As a list');
        const rows = new Map();
        let filter = null;
        let stale = false;
        const form = new FilterForm(context, changes => {
            const address = `#/failed${format({...filter, ...changes})}`;
            if (address !== `#/failed${format(filter)}`) {
                const typed = Object.keys(changes).every(name =>
                    TYPED.includes(name) || changes[name] === filter[name]);
                history[typed ? 'replaceState' : 'pushState'](null, '', address);
                come(new URLSearchParams(address.split('?')[1]));
            }
        });
        put(root, h('div', {class: 'page'}, h('div', {class: 'toolbar'}, h('h1', {}, 'Failed'), all, asList),
            form.node, empty, list, more));
        const read = async () => {
            stale = false;
            const asked = filter;
            const {items, total} = await api.list('/api/tasks/causes', {...choosing(filter), limit: GROUPS}, signal);
            const own = asked === filter && await ofOwn(context, asked, items);
            if (asked !== filter) {
                return;
            }
            const order = items.map(group => {
                const key = keyOf(group);
                const row = rows.get(key) ?? cause(context, () => filter, () => refresh(context, read));
                rows.set(key, row);
                row.show(group, own.get(key) ?? 0);
                return [key, row.node];
            });
            const there = new Set(order.map(([key]) => key));
            [...rows].filter(([key]) => !there.has(key)).forEach(([key, row]) => {
                row.node.remove();
                rows.delete(key);
            });
            order.forEach(([, node], index) => list.children[index] === node || list.insertBefore(node,
                list.children[index] ?? null));
            empty.hidden = items.length > 0;
            text(empty, isEmpty(filter) ? 'No failed tasks are on record.'
                : 'No failed tasks match this filter.');
            const tasks = items.reduce((sum, group) => sum + group.tasks, 0);
            text(all, items.length ? `${count(tasks, 'task')}, ${count(total, 'cause')}` : '');
            more.hidden = total <= items.length;
            text(more, `and ${number(total - items.length)} rarer causes`);
        };
        const come = query => {
            filter = {...parse(query), status: ''};
            form.fill(filter);
            attribute(asList, 'href', `#/tasks${format({...filter, status: 'failed'})}`);
            return refresh(context, read);
        };
        live.on(({event, what, task}) => {
            stale ||= event === 'reset' || task?.status === 'failed' || what === 'retried' || what === 'deleted';
        }, signal);
        every(EVERY_MS, () => stale && refresh(context, read));
        every(1_000, () => rows.forEach(row => row.tick()));
        await come(route.query);
        return next => come(next.query);
    },
};

function keyOf(group) {
    return JSON.stringify([group.cause_id, group.model, group.host]);
}

/** Counts, by group, the tasks of a filter that the token may change. */
async function ofOwn({api, rights, signal}, filter, items) {
    const any = rights.may('submit') && (!filter.client || filter.client.split(',').includes(rights.name));
    const own = rights.may('admin') ? items : !any ? [] : (await api.list('/api/tasks/causes',
        {...choosing(filter), limit: GROUPS, client: rights.name}, signal)).items;
    return new Map(own.map(group => [keyOf(group), group.tasks]));
}

/**
 * One group of the tasks that `chosen()` selects: {node, show(group, own), tick()}, own: how many the token may change.
 */
function cause(context, chosen, changed) {
    let group = null;
    let able = 0;
    const words = h('h2', {class: 'cause', dir: 'auto'});
    const facts = h('p', {class: 'hint'});
    const filter = () => ({...choosing(chosen()), status: 'failed', cause: group.cause_id,
        ...group.model && {model: group.model}, ...group.host && {host: group.host}});
    const changing = () => ({...filter(), ...!context.rights.may('admin') && {client: context.rights.name}});
    const act = action => async () => await context.bulk.change(changing(), action, undefined,
        [group.cause, group.model, group.host].filter(Boolean).join(' · ')) && changed();
    const retry = button('', act('retry'), {'data-act': 'retry', 'data-needs': 'submit'});
    const other = button('Retry on, with …', async () => {
        const changes = await otherwise(context, able);
        changes && await context.bulk.again(changing(), changes) && changed();
    }, {'data-act': 'otherwise', 'data-needs': 'submit'});
    const remove = button('Delete …', act('delete'), {class: 'danger', 'data-act': 'delete', 'data-needs': 'submit'});
    const open = h('a', {class: 'button'}, 'Open list');
    const last = h('a', {});
    const day = h('div', {class: 'cause-day'});
    const tasks = h('ol', {class: 'cause-tasks'});
    const fill = async () => {
        const {items} = await context.api.list('/api/tasks', {...filter(), limit: TASKS}, context.signal);
        const now = Date.now();
        put(tasks, items.map(task => h('li', {}, h('time', {class: 'faint', datetime: task.completed_at},
            ago(task.completed_at, now)), h('a', {href: `#/tasks/${task.id}`, dir: 'auto'}, preview(task) || task.id))),
        group.tasks > items.length && h('li', {class: 'hint'}, `and ${number(group.tasks - items.length)} more`));
    };
    const details = h('details', {ontoggle: () => details.open && context.attempt(fill)},
        h('summary', {}, 'Tasks'), tasks);
    const node = h('li', {class: 'panel'}, h('div', {}, words, facts, h('p', {class: 'hint'}, 'last: ', last), details),
        h('div', {class: 'actions'}, retry, other, open, remove), day);
    const tick = () => text(facts, [count(group.tasks, 'task'), group.model, group.host,
        group.tasks > 1 && `first ${ago(group.first_at, Date.now())}`,
        `${group.tasks > 1 ? 'last ' : ''}${ago(group.last_at, Date.now())}`].filter(Boolean).join(' · '));
    return {node, tick, show: (now, own) => {
        const others = group?.last !== now.last || group?.tasks !== now.tasks;
        group = now;
        able = own;
        [retry, other, remove].forEach(control => control.hidden = own === 0);
        details.open && others && context.attempt(fill);
        put(words, h('span', {class: 'mark failure', 'aria-hidden': 'true'}, '✗'), ` ${group.cause}`);
        text(retry, `Retry ${number(own)}`);
        attribute(open, 'href', `#/tasks${format({...parse(new URLSearchParams()), ...filter()})}`);
        attribute(last, 'href', `#/tasks/${group.last}`);
        text(last, timed(group.example));
        put(day, group.tasks > 1 && spark(group.hours));
        const about = `${group.cause}, ${group.model}`;
        [retry, other, remove, open].forEach(control => attribute(control, 'aria-label',
            `${control.textContent}: ${about}`));
        tick();
    }};
}

/** A chart of the last day, one column per hour; nothing if no failure was in it. */
function spark(hours) {
    const most = Math.max(...hours);
    const column = (tasks, hour) => {
        const height = Math.max(2, Math.round(tasks / most * SPARK_PX));
        return tasks > 0 ? `M${hour} ${SPARK_PX}v${-height}h0.8v${height}z` : '';
    };
    const told = hours.map((tasks, hour) => [tasks, hours.length - hour]).filter(([tasks]) => tasks > 0)
        .map(([tasks, back]) => `${number(tasks)} ${back === 1 ? 'in the last hour' : `${back} hours ago`}`);
    return most > 0 && h('figure', {class: 'spark'},
        s('svg', {viewBox: `0 0 ${hours.length} ${SPARK_PX}`, preserveAspectRatio: 'none', role: 'img',
            'aria-label': `Failed in the last day: ${told.join(', ')}`},
        s('path', {d: hours.map(column).join('')})),
        h('figcaption', {}, h('span', {}, '24 h ago'), h('span', {}, 'now')));
}
