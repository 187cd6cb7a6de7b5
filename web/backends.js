// The view Backends: the hosts that run the tasks, their state and activity.

import {attribute, h, put, s, text} from './dom.js';
import {ago, count, duration, exact, number, timed} from './format.js';
import {drawnLane} from './activity.js';
import {refresh} from './refresh.js';

const FRESH_MS = 2_000;
const SLOT_PX = 12;
/** Up to this many slots are drawn one by one; more are drawn as a share. */
const SLOTS_DRAWN_MAX = 32;
const MODELS_SHOWN_MAX = 24;

export default {
    async mount(root, context) {
        const list = h('div', {class: 'backends'});
        const empty = h('p', {class: 'panel empty', hidden: true}, 'No hosts. Start the server with ',
            h('code', {}, '--ollama-host URL'), '.');
        const hint = h('p', {class: 'hint'});
        put(root, h('div', {class: 'page'}, h('div', {class: 'toolbar'}, h('h1', {}, 'Backends'), hint), empty, list));
        const cards = new Map();
        let shown = '';
        const load = () => refresh(context, async () => {
            const hosts = await context.api.get('/api/backends', {}, context.signal);
            empty.hidden = hosts.length > 0;
            text(hint, summary(hosts));
            const names = JSON.stringify(hosts.map(host => host.name));
            for (const host of hosts) {
                if (!cards.has(host.name)) {
                    cards.set(host.name, card(host.name, context, load));
                }
                cards.get(host.name).show(host);
            }
            if (names !== shown) {
                shown = names;
                put(list, hosts.map(host => cards.get(host.name).element));
            }
        });
        context.every(FRESH_MS, load);
        context.live.watch(state => state.mode === 'offline' || shown === '' || load(), context.signal);
        await load();
    },
};

function summary(hosts) {
    const up = hosts.filter(host => host.enabled && host.health === 'up').length;
    const used = hosts.reduce((sum, host) => sum + host.slots_used, 0);
    return `${up} of ${hosts.length} up, ${used} running. Rates cover the last five minutes; `
        + 'tokens/s is that of a single answer; ● marks a loaded model.';
}

/** A host's card, which is updated in place, so that it keeps the focus. */
function card(name, context, load) {
    const state = h('span', {class: 'badge'});
    const address = h('p');
    const since = h('p');
    const error = h('p', {class: 'failure', role: 'status'});
    const slots = h('p', {class: 'slots'});
    const doing = h('p', {class: 'doing'});
    const lane = h('div');
    const figures = h('dl', {class: 'figures'});
    const facts = h('dl', {class: 'facts'});
    const toggle = h('button', {type: 'button', 'data-needs': 'admin', onclick: () => context.attempt(async () => {
        const verb = toggle.dataset.verb;
        await context.api.post(`/api/backends/${encodeURIComponent(name)}/${verb}`);
        context.say(verb === 'disable' ? `${name} gets no new tasks; the running ones continue.`
            : `${name} gets tasks again.`);
        await load();
    })});
    const element = h('section', {class: 'panel backend', 'aria-label': name, 'data-host': name},
        h('header', {}, h('div', {}, h('h2', {}, name, state), address, since), toggle),
        error, slots, doing, lane, figures, facts);
    const show = host => {
        const [word, style] = stateOf(host);
        text(state, word);
        attribute(state, 'class', `badge ${style}`);
        text(address, host.url === host.kind + ':' ? host.url : `${host.kind} · ${host.url}`);
        const now = Date.now();
        text(since, host.health === 'unknown' ? 'not checked yet' : `${host.health} for ${
            duration(Math.max(0, now - Date.parse(host.since)))} · asked ${ago(host.checked_at, now)}`);
        attribute(since, 'title', exact(host.since));
        error.hidden = !host.error;
        text(error, timed(host.error));
        toggle.dataset.verb = host.enabled ? 'disable' : 'enable';
        text(toggle, host.enabled ? 'Disable' : 'Enable');
        attribute(toggle, 'aria-label', `${toggle.textContent} ${name}`);
        put(slots, drawn(host), `${number(host.slots_used)} of ${count(host.slots, 'slot')}, ${
            host.parallel} of one model at once`);
        put(doing, doings(host));
        put(lane, drawnLane(host));
        put(figures, figure('done/min', rate(host.completed_per_minute)),
            figure('errors', errorRate(host)),
            figure('tokens/s', host.tokens_per_second ? rate(host.tokens_per_second) : '–'));
        put(facts, host.runners.length > 0 && fact('Loaded', h('ul', {class: 'runners'},
            host.runners.map(runner => h('li', {}, runnerText(runner, now))))), models(host),
            fact('Today', `${count(host.today.loads, 'load')}, ${duration(host.today.loading_seconds * 1e3)} loading, ${
                duration(host.today.answering_seconds * 1e3)} answering`),
            fact('Since start', `${number(host.completed)} completed, ${number(host.failed)} failed`),
            fact('Version', host.version), host.weight !== 1 && fact('Weight', host.weight),
            host.remote && [fact('Scope', 'remote endpoint'), fact('Priority', host.priority)]);
    };
    return {element, show};
}

/** The host's state in a word, and its colour: only what needs attention is coloured. */
function stateOf(host) {
    if (!host.enabled) {
        return ['disabled', 'faint'];
    }
    const pause = Date.parse(host.left_alone_until) - Date.now();
    if (pause > 0) {
        return [`${host.health === 'down' ? 'down · next try in' : 'left alone for'} ${
            duration(Math.ceil(pause / 1e3) * 1e3)}`, 'danger'];
    }
    return {up: ['up', 'accent'], down: ['down', 'danger'], unknown: ['not checked yet', '']}[host.health];
}

function drawn({slots, slots_used: used}) {
    if (slots < 1) {
        return null;
    }
    const boxes = slots <= SLOTS_DRAWN_MAX ? Array.from({length: slots}, (_, index) =>
        s('rect', {class: index < used && 'used', x: index * SLOT_PX + 0.5, y: 0.5, width: SLOT_PX - 3, height: 11}))
        : [s('rect', {x: 0.5, y: 0.5, width: SLOT_PX * 16 - 1, height: 11}),
            s('rect', {class: 'used', x: 0.5, y: 0.5, width: SLOT_PX * 16 * Math.min(1, used / slots), height: 11})];
    const width = SLOT_PX * Math.min(slots, slots <= SLOTS_DRAWN_MAX ? slots : 16);
    return s('svg', {viewBox: `0 0 ${width} 12`, width, 'aria-hidden': 'true'}, boxes);
}

/** What the host is doing now. */
function doings({runners, slots_used: used, health}) {
    const busy = runners.filter(runner => runner.running > 0).map(({model, running, loading}) =>
        `${loading ? 'loading' : 'answering'} ${model}${running > 1 ? ` ×${running}` : ''}`);
    return busy.length > 0 ? busy.join(', ') : used > 0 ? 'answering' : health === 'down' ? '' : 'idle';
}

function runnerText({model, options, since, until}, now) {
    const asked = Object.entries(options ?? {}).map(([name, value]) => `${name} ${value}`).join(', ');
    return `${model}${asked && ` (${asked})`}, loaded ${ago(since, now)}${until ? `, expires ${ago(until, now)}` : ''}`;
}

function rate(value) {
    return number(value < 10 ? value : Math.round(value));
}

function errorRate({completed_per_minute: completed, failed_per_minute: failed}) {
    const share = failed / (completed + failed) * 100;
    return Number.isNaN(share) ? '–' : `${share.toFixed(share > 0 && share < 10 ? 1 : 0)} %`;
}

function models({installed, loaded, runners, health}) {
    const plain = name => name.replace(/:latest$/, '');
    // models of our tasks have runners; only the host itself reports those that others loaded
    const warm = new Set([...runners.filter(({loading}) => !loading).map(({model}) => model), ...loaded].map(plain));
    const all = [...new Set([...warm, ...(installed ?? []).map(plain)])];
    const shown = all.slice(0, MODELS_SHOWN_MAX);
    return [h('dt', {}, 'Models'), h('dd', {}, all.length === 0 ? installed !== null ? 'none'
        : health === 'up' ? 'not reported' : 'not known'
        : h('ul', {class: 'models'}, shown.map(model => h('li', {class: warm.has(model) && 'loaded',
            title: warm.has(model) && 'loaded'}, model)), all.length > shown.length
            && h('li', {}, `and ${all.length - shown.length} more`)))];
}

function figure(name, value) {
    return h('div', {}, h('dt', {}, name), h('dd', {}, value));
}

function fact(name, value) {
    return value == null ? null : [h('dt', {}, name), h('dd', {}, typeof value === 'object' ? value : String(value))];
}
