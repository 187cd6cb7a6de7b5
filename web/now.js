// The view Now: the running tasks and their progress, the next tasks, and what needs attention.

import {button, h, put, text} from './dom.js';
import {copy} from './copy.js';
import {quote} from './commandline.js';
import {count, number, within} from './format.js';
import {Keyed} from './keyed.js';
import {lane} from './lane.js';
import {isStuck, need, needs} from './needs.js';
import {modeButtons} from './queuebar.js';
import {refresh} from './refresh.js';
import {upcoming} from './upcoming.js';

const FRESH_MS = 1_000;

export default {
    async mount(root, context) {
        const view = new Now(root, context);
        context.every(FRESH_MS, () => view.load());
        context.live.watch(({mode}) => mode === 'offline' || view.load(), context.signal);
        await view.load();
    },
};

class Now {
    #context;
    #reading = false;
    #figures = h('dl', {class: 'now-figures'});
    #lanes = h('div', {class: 'lanes'});
    #hosts;
    #next = h('ol', {class: 'next-list'});
    #upcoming;
    #nextNone = h('p', {class: 'hint'});
    #all = h('a', {href: '#/queue', hidden: true});
    #needed;
    #needs = h('ul', {class: 'needs-list'});
    #noNeed = h('p', {class: 'hint', hidden: true}, 'Nothing needs you.');
    #figure;
    #begin = h('section', {class: 'panel begin', hidden: true, 'aria-labelledby': 'begin-title'});
    #work;
    /** Whether hosts may be told to pull models, once that is known, and the progress of running pulls. */
    #pulls = {may: null, running: new Map()};

    constructor(root, context) {
        this.#context = context;
        this.#hosts = new Keyed(this.#lanes, host => host.name, host => lane(host, context));
        this.#figure = new Keyed(this.#figures, ([name]) => name, figure);
        this.#needed = new Keyed(this.#needs, one => one.key, () => need(context));
        this.#upcoming = new Keyed(this.#next, task => task.id, task => upcoming(task));
        this.#work = h('div', {class: 'now-below'},
            h('section', {class: 'panel', 'aria-labelledby': 'next-title'},
                h('header', {}, h('h2', {id: 'next-title'}, 'Next'), this.#all), this.#next, this.#nextNone),
            h('section', {class: 'panel needs', 'aria-labelledby': 'needs-title'},
                h('header', {}, h('h2', {id: 'needs-title'}, 'Needs you')), this.#needs, this.#noNeed));
        put(this.#begin, begin());
        put(root, h('div', {class: 'page now-page'}, h('h1', {class: 'visually-hidden'}, 'Now'),
            h('div', {class: 'now-top'}, this.#figures, modeButtons(context)), this.#lanes, this.#begin, this.#work));
    }

    async load() {
        if (this.#reading) {
            return;
        }
        this.#reading = true;
        const {api, signal, status} = this.#context;
        await refresh(this.#context, async () => {
            const told = api.get('/api/now', null, signal);
            const hosts = api.get('/api/backends', null, signal);
            // if both fail, only one is reported
            hosts.catch(() => {});
            const now = await told;
            // does not need the hosts, whose connection may have to be opened first
            this.#upcoming.show(now.next);
            this.#show(now, await hosts, status.value);
        });
        this.#reading = false;
    }

    /** Asks for that once it matters. */
    async #mayPull() {
        const {api, rights, signal} = this.#context;
        if (this.#pulls.may === null && rights.may('admin')) {
            this.#pulls.may = false;
            await refresh(this.#context, async () => {
                const {settings} = await api.get('/api/settings', null, signal);
                this.#pulls.may = settings.some(({key, value}) => key === 'relay.model_management' && value === 'true');
            });
        }
    }

    #show(now, hosts, status) {
        const at = Date.parse(now.now);
        const sum = groups => groups.reduce((all, {tasks}) => all + tasks, 0);
        const waiting = name => sum(now.waiting.filter(group => group.state === name));
        const limited = sum(now.waiting.filter(({kind}) => kind === 'limit'));
        const state = name => [name === 'blocked' && limited > 0 ? `blocked, ${number(limited)} by a limit` : name,
            number(waiting(name)), `#/queue?state=${name}`, name === 'blocked' && now.waiting.some(isStuck)];
        const away = new Set(hosts.filter(({health}) => health === 'down').map(({name}) => name));
        // a host that is down is tried with a task; until it answers, nothing runs there
        const running = now.running.filter(({executed_on: host, phase}) => phase === 'answer' || !away.has(host));
        const places = status === null ? '' : ` of ${number(Math.max(running.length,
            status.workers_active + status.workers_idle))}`;
        const speed = running.reduce((sum, task) => sum + task.tokens_per_second, 0);
        this.#figure.show([['running', `${number(running.length)}${places}`, '#/tasks?status=running'],
            state('ready'), ...['retrying', 'scheduled', 'blocked'].filter(name => waiting(name) > 0).map(state),
            ['tokens/s', number(speed < 10 ? Math.round(speed * 10) / 10 : Math.round(speed))],
            status?.completed_per_minute > 0 && ['done/min', number(status.completed_per_minute)],
            now.next[0]?.starts_in && ['next starts', within(now.next[0].starts_in)]].filter(one => one));
        this.#hosts.show(inOrder(hosts).map(host => ({...host, at,
            tasks: running.filter(task => task.executed_on === host.name),
            loadsNext: now.next.find(task => task.loads && task.host === host.name),
            keptFor: now.next.find(task => task.waits_for.kind === 'room' && task.host === host.name)})));
        const any = now.running.length + now.waiting.length + now.failures.length > 0;
        this.#begin.hidden = any || status === null || status.total_tasks > 0;
        this.#work.hidden = !this.#begin.hidden;
        this.#upcoming.show(now.next);
        const ready = waiting('ready');
        this.#all.hidden = now.waiting.length === 0 || ready > 0 && ready <= now.next.length;
        text(this.#all, ready > 0 ? `All ${number(ready)} that are ready` : 'What waits');
        this.#nextNone.hidden = now.next.length > 0;
        text(this.#nextNone, ready > 0 ? nobodyStarts(ready, status) : 'Nothing waits for a place.');
        if (now.waiting.some(({state}) => state === 'blocked')) {
            this.#mayPull();
        }
        const needed = needs(now, hosts, at, {...this.#context, pulls: this.#pulls});
        this.#needed.show(needed);
        this.#noNeed.hidden = needed.length > 0;
    }
}

function figure([name, , address]) {
    const value = address ? h('a', {href: address}) : h('span');
    return {node: h('div', {'data-figure': name}, h('dt', {}, name), h('dd', {}, value)), show: ([, now, , grave]) => {
        text(value, now);
        value.classList.toggle('failure', grave === true);
    }};
}

/** Sorts hosts: with trouble, busy, idle; within these in the order of the settings. */
function inOrder(hosts) {
    const rank = host => !host.enabled ? 3 : host.health === 'down' ? 0 : host.slots_used > 0 ? 1 : 2;
    return hosts.toSorted((a, b) => rank(a) - rank(b));
}

function nobodyStarts(ready, status) {
    const waiting = `${count(ready, 'task')} ${ready === 1 ? 'waits' : 'wait'} for a place.`;
    return status?.mode === 'paused' ? `The queue is paused. ${waiting}` : waiting;
}

/** Three ways to begin. */
function begin() {
    const origin = location.origin;
    const lines = [
        ['On a command line', `ollama-queue ${origin === 'http://localhost:8080' ? '' : `--server ${quote(origin)} `
            }submit chat --wait 'Say hello'`],
        ['With curl', `curl ${quote(`${origin}/api/tasks`)} -H 'Content-Type: application/json' -d '${
            JSON.stringify({type: 'chat', prompt: 'Say hello'})}'`],
        ['From a program that speaks to Ollama or OpenAI', `OLLAMA_HOST=${origin}`],
    ];
    return [h('h2', {id: 'begin-title'}, 'No tasks yet: ways to begin'), h('ul', {},
        lines.map(([title, line]) => {
            const copyButton = button('Copy', () => copy(copyButton, line), {'aria-label': `Copy: ${title}`});
            return h('li', {}, h('h3', {}, title), h('div', {class: 'copyable'}, h('code', {}, line), copyButton));
        }), h('li', {}, h('h3', {}, 'On this page'), h('a', {class: 'button', href: '#/new', 'data-needs': 'submit'},
            'New task')))];
}
