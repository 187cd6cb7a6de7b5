// The view Failed: the tasks that failed, grouped by cause, model and host, with what puts them back.

import {attribute, button, h, put, text} from './dom.js';
import {ago, count, number} from './format.js';
import {again} from './again.js';
import {refresh} from './refresh.js';
import {format, parse} from './filter.js';

/** How often the groups are read anew while tasks change. */
const EVERY_MS = 3_000;
const GROUPS = 100;

export default {
    mount: async (root, context) => {
        const {api, live, signal, every} = context;
        const list = h('ol', {class: 'causes'});
        const empty = h('p', {class: 'panel empty', hidden: true}, 'Nothing failed that is still on record.');
        const more = h('p', {class: 'hint', hidden: true});
        const all = h('span', {class: 'number', role: 'status'});
        const rows = new Map();
        let stale = false;
        put(root, h('div', {class: 'page'}, h('div', {class: 'toolbar'}, h('h1', {}, 'Failed'), all,
            h('a', {class: 'button end', href: '#/tasks?status=failed'}, 'As a list')), empty, list, more));
        const read = async () => {
            stale = false;
            const {items, total} = await api.list('/api/tasks/causes', {limit: GROUPS}, signal);
            const order = items.map(group => {
                const key = JSON.stringify([group.cause_id, group.model, group.host]);
                const row = rows.get(key) ?? cause(context, () => refresh(context, read));
                rows.set(key, row);
                row.show(group);
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
            const tasks = items.reduce((sum, group) => sum + group.tasks, 0);
            text(all, items.length ? `${count(tasks, 'task')}, ${count(total, 'cause')}` : '');
            more.hidden = total <= items.length;
            text(more, `and ${number(total - items.length)} rarer causes`);
        };
        live.on(({event, what, task}) => {
            stale ||= event === 'reset' || task?.status === 'failed' || what === 'retried' || what === 'deleted';
        }, signal);
        every(EVERY_MS, () => stale && refresh(context, read));
        every(1_000, () => rows.forEach(row => row.tick()));
        await refresh(context, read);
    },
};

/** One group: {node, show(group), tick()}. */
function cause(context, changed) {
    let group = null;
    const words = h('h2', {class: 'cause', dir: 'auto'});
    const facts = h('p', {class: 'hint'});
    const filter = () => ({status: 'failed', cause: group.cause_id, ...group.model && {model: group.model},
        ...group.host && {host: group.host}});
    const act = action => async () => await context.bulk.change(filter(), action) && changed();
    const retry = button('', act('retry'), {'data-act': 'retry', 'data-needs': 'submit'});
    const other = button('Retry on, with …', async () => {
        const chosen = filter();
        const done = await context.attempt(() => again(context, chosen, group.tasks));
        if (done?.remove) {
            await context.bulk.change(chosen, 'delete');
        }
        done && changed();
    }, {'data-act': 'otherwise', 'data-needs': 'submit'});
    const remove = button('Delete …', act('delete'), {class: 'danger', 'data-act': 'delete', 'data-needs': 'submit'});
    const open = h('a', {class: 'button'}, 'Open list');
    const last = h('a', {});
    const node = h('li', {class: 'panel'}, h('div', {}, words, facts, h('p', {class: 'hint'}, 'last: ', last)),
        h('div', {class: 'actions'}, retry, other, open, remove));
    const tick = () => text(facts, [count(group.tasks, 'task'), group.model, group.host,
        `last ${ago(group.last_at, Date.now())}`].filter(Boolean).join(' · '));
    return {node, tick, show: now => {
        group = now;
        put(words, h('span', {class: 'mark failure', 'aria-hidden': 'true'}, '✗'), ` ${group.cause}`);
        text(retry, `Retry ${number(group.tasks)}`);
        attribute(open, 'href', `#/tasks${format({...parse(new URLSearchParams()), ...filter()})}`);
        attribute(last, 'href', `#/tasks/${group.last}`);
        text(last, group.example);
        const about = `${group.cause}, ${group.model}`;
        [retry, other, remove, open].forEach(control => attribute(control, 'aria-label',
            `${control.textContent}: ${about}`));
        tick();
    }};
}
