// What needs attention, in the view Now: each with a description and one action.

import {attribute, button, h, put, text} from './dom.js';
import {confirmed} from './actions.js';
import {age, ago, count, is, number, size, timed} from './format.js';
import {pull} from './pull.js';

/** Reasons that pass by themselves. */
const PASSING = ['limit', 'window'];
/** Below this share of the journal, a compaction gains little. */
const DEAD_MIN = 0.05;
const NOBODY = /^no host can take it now: /;

/**
 * Returns what needs attention, the worst first.
 *
 * @param context also has `pulls`: may: whether models may be pulled; running: the progress of running pulls, by model
 * @return {key, mark, grave, what, href, more, title, label, needs, run}: href leads to more about it; title, label and
 *         run are the action, for those with the scope `needs`
 */
export function needs(now, hosts, at, context) {
    return [...ofDisk(now.disk, context), ...ofHosts(now, hosts, at, context), ...ofBlocked(now, hosts, context),
        ...ofCrons(now, at, context), ...ofFailures(now, at, context)];
}

function ofDisk(disk, context) {
    if (!disk?.low) {
        return [];
    }
    const dead = disk.journal_dead_ratio >= DEAD_MIN;
    const about = `The journal has ${size(disk.journal_bytes)}`;
    return [{key: 'disk', mark: '▼', grave: true, needs: 'admin', href: '#/tasks?status=completed,failed,cancelled',
        what: `The disk is nearly full: ${size(disk.free_bytes)} of ${size(disk.total_bytes)} left`,
        ...dead ? {title: 'Compact', label: 'Compact the journal', run: () => compact(context),
            more: `${about}, of which about ${size(disk.journal_bytes * disk.journal_dead_ratio)} are not needed.`}
            : {title: 'Delete …', label: 'Delete tasks that ended a day ago', run: () => context.bulk.change(
                {status: 'completed,failed,cancelled', ended_until: '1d'}, 'delete'),
            more: `${about}. Delete tasks that ended a day ago or earlier, with their answers; then compact it.`}}];
}

function ofHosts(now, hosts, at, context) {
    return down(hosts).map(host => {
        const group = now.waiting.find(one => isFor(one, host));
        return {key: `host ${host.name}`, mark: '✗', grave: true, more: host.error,
            href: group ? blockedBy(group) : '#/backends',
            what: `${host.name} is down for ${age(host.since, at)}${
                group ? `; ${count(group.tasks, 'task')} ${is(group.tasks, 'waits', 'wait')} for it` : ''}`,
            ...checking(host, context)};
    });
}

function down(hosts) {
    return hosts.filter(one => one.enabled && one.health === 'down');
}

/** Whether the waiting tasks need only this host. */
function isFor(group, host) {
    return reasons(group).every(reason => reason === host.error);
}

function blockedBy(group) {
    return group.tasks === 1 ? `#/tasks/${encodeURIComponent(group.first)}`
        : `#/queue?${new URLSearchParams({state: 'blocked', why: group.text})}`;
}

/** Whether the waiting tasks need attention. */
export function isStuck({state, kind}) {
    return state === 'blocked' && !PASSING.includes(kind);
}

function ofBlocked(now, hosts, context) {
    // tasks that wait for a host that is down are shown with the host
    return now.waiting.filter(one => isStuck(one) && !down(hosts).some(host => isFor(one, host))).map(group => ({
        key: `blocked ${group.text}`, mark: '!', label: 'See what is blocked',
        what: `${count(group.tasks, 'task')} ${is(group.tasks, 'is', 'are')} blocked: ${
            group.text.replace(NOBODY, '')}`,
        more: context.pulls.running.get(group.model)
            ?? (group.kind === 'model' || group.kind === 'host' ? null : group.model),
        href: blockedBy(group), ...helping(group, hosts, context)}));
}

/** Returns an action that unblocks tasks; nothing if only their submitter can do that. */
function helping(group, hosts, context) {
    const why = reasons(group);
    const disabled = hosts.find(({name}) => why.includes(`${name} is disabled`));
    if (disabled) {
        const {name} = disabled;
        return {title: 'Enable', label: `Enable ${name}`, needs: 'admin', run: () => context.attempt(async () => {
            await context.api.post(`/api/backends/${encodeURIComponent(name)}/enable`);
            context.say(`${name} gets tasks again.`);
        })};
    }
    const lacks = context.pulls.may && !context.pulls.running.has(group.model) && hosts.find(host =>
        host.kind === 'ollama' && !host.remote && host.health === 'up'
            && why.includes(`${host.name} does not have the model ${group.model}`));
    if (lacks) {
        return {title: 'Pull …', label: `Pull ${group.model} on ${lacks.name}`, needs: 'admin', run: async () =>
            await confirmed(`Let ${lacks.name} download ${group.model} from its registry?`, 'Pull', 'Back')
                && pull(context, lacks.name, group.model)};
    }
    return {};
}

function checking({name}, context) {
    return {title: 'Check now', label: `Check now: ${name}`, needs: 'admin', run: () => context.attempt(async () => {
        const host = await context.api.post(`/api/backends/${encodeURIComponent(name)}/check`);
        context.say(host.health === 'up' ? `${name} is up.` : `${name} is still ${host.health}: ${host.error}`);
    })};
}

function ofCrons({crons, crons_more: more}, at, context) {
    const all = crons.map(cron => ({key: `cron ${cron.id}`, mark: '⟳', grave: true,
        href: `#/tasks/${encodeURIComponent(cron.task_id)}`,
        // older runs are not known
        what: `The cron task ${cron.name} failed${cron.failed_in_a_row > 1
            ? ` in its last ${number(cron.failed_in_a_row)} runs` : ''}`,
        more: `last run ${ago(cron.due_at, at)}`, title: 'Run now', label: `Run now: ${cron.name}`, needs: 'admin',
        run: () => context.attempt(async () => {
            await context.api.post(`/api/cron/${encodeURIComponent(cron.id)}/run`);
            context.say(`${cron.name} runs.`);
        })}));
    return more === 0 ? all : [...all, {key: 'crons', mark: '⟳', grave: true, href: '#/cron',
        label: 'See all cron tasks', what: `The last runs of ${count(more, 'more cron task')} failed`}];
}

function ofFailures(now, at, context) {
    const all = now.failures.map(group => {
        const {cause_id: id, model, host, tasks} = group;
        const filter = {status: 'failed', cause: id, ...model && {model}, ...host && {host}};
        return {key: `failed ${group.cause} ${model} ${host}`, mark: '✗', grave: true,
            what: `${number(tasks)} × ${group.cause}`,
            more: [model, host, `last ${ago(group.last_at, at)}`].filter(one => one).join(' · '),
            label: 'See the failed tasks', href: tasks === 1 ? `#/tasks/${encodeURIComponent(group.last)}`
                : id ? `#/tasks?${new URLSearchParams(filter)}` : '#/failed',
            // of other causes the tasks are not known
            ...id && {title: `Retry ${number(tasks)}`, label: `Retry ${number(tasks)}: ${group.cause}`, needs: 'admin',
                run: () => context.bulk.change({...filter, ended_since: '1h'}, 'retry')}};
    });
    return now.failures_more === 0 ? all : [...all, {key: 'failed', mark: '✗', grave: true, href: '#/failed',
        label: 'See all failed tasks',
        what: `${count(now.failures_more, 'task')} more failed in the last hour, for other reasons`}];
}

/** An entry: {node, show(need)}. */
export function need(context) {
    const mark = h('span', {class: 'mark', 'aria-hidden': 'true'});
    const what = h('p', {class: 'need'});
    const linked = h('a');
    const more = h('p', {class: 'hint'});
    let last = null;
    const see = h('a', {class: 'button'}, 'See');
    const act = button('', async () => {
        act.disabled = true;
        await last.run();
        act.disabled = false;
    }, {'data-acts': true});
    return {node: h('li', {}, mark, h('div', {}, what, more), see, act), show: now => {
        last = now;
        const able = now.run !== undefined && context.rights.may(now.needs);
        text(mark, now.mark);
        mark.classList.toggle('failure', now.grave === true);
        // if the button acts, the text is the link
        if ((linked.parentNode === what) !== able) {
            put(what, able ? linked : '');
        }
        text(able ? linked : what, timed(now.what));
        attribute(linked, 'href', now.href);
        text(more, timed(now.more));
        more.hidden = !now.more;
        see.hidden = able;
        attribute(see, 'href', now.href);
        attribute(see, 'aria-label', able ? null : now.run ? `See: ${now.what}` : now.label);
        act.hidden = !able;
        text(act, able ? now.title : '');
        attribute(act, 'aria-label', able ? now.label : null);
    }};
}

async function compact({api, attempt, say}) {
    await attempt(async () => {
        const done = await api.post('/api/journal/compact');
        say(`${size(Math.max(0, done.bytes_before - done.bytes_after))} freed`);
    });
}

/** Returns the reason of each host that could take the tasks but does not. */
function reasons({text: why}) {
    return NOBODY.test(why) ? why.replace(NOBODY, '').split('; ') : [why];
}
