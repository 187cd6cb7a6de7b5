// A host's lane in the view Now: its loaded models, and each of its slots with its task.

import {act, sure} from './actions.js';
import {drawnLane} from './activity.js';
import {attribute, button, h, put, text} from './dom.js';
import {age, clockTime, count, exact, number, priority, seconds, size, timed} from './format.js';
import {Keyed} from './keyed.js';
import {caller, preview, progress} from './task.js';

/** Up to this many free slots are drawn; more are counted. */
const FREE_MAX = 4;
const MODELS_MAX = 6;

/**
 * @return {node, show(host)}: a host of /api/backends with `at`, its `tasks`, the model that it `loadsNext`, and the
 *         next task for which a slot is `keptFor` until others have been answered
 */
export function lane(host, context) {
    const state = h('span', {class: 'lane-state'});
    const models = h('ul', {class: 'lane-models'});
    const running = h('ul', {class: 'lane-tasks'});
    const free = h('p', {class: 'lane-free'});
    const lately = h('div', {class: 'lane-lately'});
    let drawn = '';
    const tasks = new Keyed(running, task => task.id, task => row(task, context));
    const node = h('section', {class: 'panel host-lane', 'aria-label': host.name, 'data-host': host.name},
        h('header', {}, h('h2', {}, h('a', {href: '#/backends'}, host.name)), state, lately),
        h('div', {class: 'lane-body'}, models, h('div', {}, running, free)));
    return {node, show: now => {
        put(state, stateOf(now));
        // an idle host has nothing to draw; trying a host that is down is not a load
        const did = [...now.health === 'down' ? [] : now.lane.loading, ...now.lane.answering].some(time => time > 0);
        if (drawn !== (drawn = JSON.stringify(now.lane))) {
            put(lately, did && drawnLane(now));
        }
        attribute(node, 'data-state', !now.enabled ? 'off' : now.health);
        const away = !now.enabled || now.health === 'down';
        put(models, modelsOf(now));
        models.hidden = now.health === 'down' || away && now.runners.length === 0;
        // in order of start, so that rows stay where they are while others arrive
        const byBegin = now.tasks.toSorted((a, b) => Date.parse(a.started_at) - Date.parse(b.started_at));
        tasks.show(byBegin.map(task => ({...task, at: now.at, usual: usual(now, task)})));
        const places = away ? 0 : Math.max(0, now.slots - now.slots_used);
        put(free, Array.from({length: Math.min(FREE_MAX, places)}, () =>
            h('span', {class: 'place'}, places > FREE_MAX ? '' : 'free')),
            places > FREE_MAX && `${number(places)} places are free`,
            now.keptFor && h('span', {class: 'lane-note'},
                `${plain(now.keptFor.model)} waits for ${now.keptFor.waits_for.text}`));
        running.hidden = now.tasks.length === 0;
        free.hidden = places === 0;
    }};
}

function usual({runners}, {model}) {
    return runners.find(runner => plain(runner.model) === plain(model))?.usual_load_seconds ?? 0;
}

function stateOf(host) {
    const since = age(host.since, host.at);
    if (!host.enabled) {
        return ['disabled: it gets no new tasks'];
    }
    const pause = Date.parse(host.left_alone_until) - host.at;
    const again = pause > 0 && ` · next try in ${seconds(Math.ceil(pause / 1e3) * 1e3)}`;
    if (host.health === 'down') {
        return [h('span', {class: 'failure'}, `down for ${since}`), host.error && ` · ${timed(host.error)}`, again];
    }
    if (pause > 0) {
        return [h('span', {class: 'failure'}, 'left alone for now'), host.error && ` · ${timed(host.error)}`, again];
    }
    return [host.health === 'unknown' ? 'not checked yet' : null,
        `${number(host.slots_used)} of ${count(host.slots, 'place')}`,
        host.slots_used === 0 && idle(host), host.error && h('span', {class: 'failure'}, ` · ${host.error}`)];
}

/** How long the host has been idle, as far as is known. */
function idle({lane: {part_seconds: part, loading, answering}}) {
    const last = loading.findLastIndex((each, index) => each > 0 || answering[index] > 0);
    const parts = loading.length - 1 - last;
    return parts < 1 ? ' · idle' : ` · idle for ${seconds(parts * part * 1e3)}${last < 0 ? ' or more' : ''}`;
}

function modelsOf({runners, installed, loaded, kind, at, loadsNext}) {
    const all = runners.toSorted((a, b) => b.loading - a.loading || b.running - a.running).slice(0, MODELS_MAX);
    const lines = all.map(runner => h('li', {'data-loading': runner.loading},
        h('span', {class: 'mark', 'aria-hidden': 'true'}, runner.loading ? '◌' : '●'),
        h('b', {}, runner.model), runner.size_bytes > 0 && ` ${size(runner.size_bytes)}`,
        h('span', {class: 'lane-note'}, note(runner, at))));
    if (loadsNext && !runners.some(runner => plain(runner.model) === plain(loadsNext.model) && runner.loading)) {
        lines.push(h('li', {class: 'faint'}, h('span', {class: 'mark', 'aria-hidden': 'true'}, '○'),
            h('b', {}, plain(loadsNext.model)), h('span', {class: 'lane-note'}, 'is loaded next')));
    }
    if (lines.length === 0) {
        lines.push(h('li', {class: 'faint'}, kind === 'ollama' ? 'nothing loaded' : kind,
            installed?.length > 0 && `, ${count(installed.length, 'model')}`));
    }
    return lines;
}

function note({loading, running, since, until, usual_load_seconds: usually, vram_bytes: vram, size_bytes: all}, at) {
    if (loading) {
        return `loading, ${seconds(at - Date.parse(since))}${usually > 0 ? `, usually ${seconds(usually * 1e3)}` : ''}`;
    }
    const outside = all > 0 && vram < all && `${Math.round((all - vram) / all * 100)} % outside the GPU`;
    return [running > 0 ? 'in use' : until ? `unloads in ${seconds(Math.max(0, Date.parse(until) - at))}`
        : 'stays loaded', outside].filter(one => one).join(', ');
}

/** A running task. */
function row(task, context) {
    const link = h('a', {href: `#/tasks/${encodeURIComponent(task.id)}`, dir: 'auto'});
    const about = h('span', {class: 'lane-about'});
    const bar = h('progress', {max: 1, 'aria-label': 'Estimated progress'});
    const told = h('span', {class: 'lane-told'});
    const time = h('time', {class: 'lane-time'});
    let last = task;
    const cancel = button('✕', async () => {
        if (await sure('cancel', [last])) {
            await act(context, 'cancel', [task.id]);
        }
    }, {class: 'quiet', 'data-acts': true, hidden: !context.rights.mayChange(task)});
    const node = h('li', {'data-id': task.id}, link, about, bar, told, time, cancel);
    return {node, show: now => {
        last = now;
        text(link, preview(now) || now.id);
        attribute(link, 'title', now.preview);
        text(about, [now.model, now.priority === 5 ? null : priority(now.priority), caller(now),
            now.attempt > 1 && `attempt ${now.attempt}`].filter(one => one).join(' · '));
        const ran = Math.max(0, now.at - Date.parse(now.started_at));
        const left = now.done_in && (now.done_in.low + now.done_in.high) / 2 * 1e3;
        attribute(bar, 'value', now.phase === 'answer' && left !== null && left !== undefined
            && (ran / Math.max(1, ran + left)).toFixed(3));
        text(told, progress(now, ran));
        text(time, clockTime(ran));
        time.title = exact(now.started_at);
        attribute(cancel, 'aria-label', `Cancel: ${link.textContent}`);
    }};
}

function plain(model) {
    return model.replace(/:latest$/, '');
}
