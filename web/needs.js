// What needs somebody, in the view Now: each with what it is and one thing to do.

import {attribute, button, h, text} from './dom.js';
import {age, ago, count, number, size} from './format.js';

const PASSING = ['limit', 'window'];

/** @return {mark, grave, what, more, title, label, href or run}: the worst first */
export function needs(now, hosts, at, context) {
    const all = [];
    if (now.disk?.low) {
        all.push({key: 'disk', mark: '▼', grave: true, title: 'Compact', label: 'Compact the journal',
            what: `The disk is nearly full: ${size(now.disk.free_bytes)} of ${size(now.disk.total_bytes)} left`,
            more: 'Compacting drops what the journal no longer needs.', run: () => compact(context)});
    }
    for (const host of hosts.filter(one => one.enabled && one.health === 'down')) {
        const waits = now.waiting.filter(group => group.kind === 'host' && group.text.includes(host.name))
            .reduce((sum, group) => sum + group.tasks, 0);
        const wait = waits > 0 ? `; ${count(waits, 'task')} ${waits === 1 ? 'waits' : 'wait'} for it` : '';
        all.push({key: `host ${host.name}`, mark: '✗', grave: true, more: host.error, href: '#/backends',
            what: `${host.name} is down for ${age(host.since, at)}${wait}`, label: `See the host ${host.name}`});
    }
    // what a limit or a window holds back goes on by itself
    for (const group of now.waiting.filter(one => one.state === 'blocked' && !PASSING.includes(one.kind))) {
        all.push({key: `blocked ${group.text}`, mark: '!', label: 'See what is blocked',
            what: `${count(group.tasks, 'task')} ${group.tasks === 1 ? 'is' : 'are'} blocked: ${reason(group)}`,
            more: group.kind === 'model' || group.kind === 'host' ? null : group.model,
            href: group.tasks === 1 ? `#/tasks/${group.first}` : '#/queue?state=blocked'});
    }
    for (const group of now.failures) {
        all.push({key: `failed ${group.cause} ${group.model} ${group.host}`, mark: '✗', grave: true,
            what: `${number(group.tasks)} × ${group.cause}`,
            more: [group.model, group.host, `last ${ago(group.last_at, at)}`].filter(one => one).join(' · '),
            label: 'See the tasks that failed', href: group.tasks === 1 ? `#/tasks/${group.last}`
                : group.cause_id ? `#/tasks?${cause(group)}` : '#/failed'});
    }
    if (now.failures_more > 0) {
        all.push({key: 'failed', mark: '✗', grave: true, href: '#/failed', label: 'See all that failed',
            what: `${count(now.failures_more, 'task')} more failed in the last hour, of other causes`});
    }
    return all;
}

/** One of them: {node, show(need)} */
export function need() {
    const mark = h('span', {class: 'mark', 'aria-hidden': 'true'});
    const what = h('p', {class: 'need'});
    const more = h('p', {class: 'hint'});
    let last = null;
    const link = h('a', {class: 'button'}, 'See');
    const run = button('', () => last.run(), {'data-needs': 'admin'});
    return {node: h('li', {}, mark, h('div', {}, what, more), link, run), show: now => {
        last = now;
        text(mark, now.mark);
        mark.classList.toggle('failure', now.grave === true);
        text(what, now.what);
        text(more, now.more);
        more.hidden = !now.more;
        link.hidden = !now.href;
        run.hidden = !now.run;
        text(run, now.title);
        attribute(link, 'href', now.href ?? '#');
        attribute(now.href ? link : run, 'aria-label', now.label);
    }};
}

async function compact({api, attempt, say}) {
    await attempt(async () => {
        const done = await api.post('/api/journal/compact');
        say(`${size(Math.max(0, done.bytes_before - done.bytes_after))} freed`);
    });
}

function cause({cause_id: id, model, host}) {
    return new URLSearchParams({status: 'failed', cause: id, ...model && {model}, ...host && {host}});
}

function reason({text}) {
    return text.replace(/^no host can take it now: /, '');
}
