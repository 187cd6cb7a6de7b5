// One task, beside the list: the most important first.

import {button, h, put, text} from './dom.js';
import {count, duration, priority, seconds, timed} from './format.js';
import {act, confirmed, sure} from './actions.js';
import {Answer} from './answer.js';
import {copy} from './copy.js';
import {typing} from './keys.js';
import {parse} from './json.js';
import {ended, MARKS, phases, PRIORITY, progress, subject} from './task.js';
import {Asked, drawFacts, drawRaw, drawTimes, drawWhy} from './taskparts.js';
import {drawAttempts, drawPhases} from './timeline.js';

/** How often the state of an unfinished task is requested, in milliseconds. */
const EXPLAIN_MS = 3_000;

/** The order of the parts, by status. */
const ORDER = {
    pending: ['going', 'error', 'why', 'asked', 'answer', 'attempts', 'times', 'facts', 'raw'],
    running: ['going', 'answer', 'phases', 'why', 'asked', 'attempts', 'times', 'facts', 'raw'],
    completed: ['phases', 'answer', 'asked', 'attempts', 'times', 'facts', 'raw'],
    failed: ['error', 'attempts', 'answer', 'asked', 'phases', 'times', 'facts', 'raw'],
};

/**
 * Shows a task in `root` until `signal` is aborted, and follows it.
 *
 * @param hooks close(): the user closes it; again(task): the user wants a similar task; covered(): whether it now
 *              covers the element with the focus; named(id): its complete id, if `id` is only the beginning of one
 */
export function panel(root, context, id, signal, hooks) {
    const {api, live, tell, status: server} = context;
    const status = h('h2', {class: 'task-status', tabindex: -1, 'aria-live': 'polite'}, 'Task');
    const head = h('header', {class: 'task-head'}, status);
    const body = h('div', {class: 'scroll task-body', tabindex: 0, role: 'group', 'aria-label': 'The task'});
    const prompt = new Asked();
    const answer = new Answer(body, () => speaks());
    const parts = {
        error: h('div'), going: h('div'), answer: answer.node, asked: prompt.node, phases: h('section'),
        why: h('section', {class: 'why', hidden: true}), attempts: h('section'), times: h('section'),
        facts: h('section'), raw: h('section'),
    };
    put(root, head, body);
    if (hooks.covered()) {
        // the element with the focus is no longer visible
        status.focus();
    }
    answer.node.hidden = true;
    let task = null;
    let following = null;
    let loads = 0;
    /** Whether it must be read when the server can be reached again. */
    let missed = false;
    /** The host's current load of a model, and when that began. */
    let loading = null;
    /** The progress of its answer, as reported by the server. */
    let written = '';

    const speaks = () => {
        prompt.fold(true);
        drawGoing(parts.going, null);
    };
    const going = () => drawGoing(parts.going, task?.status === 'running' && !answer.speaks ? task : null, loading);
    const show = source => {
        if (!body.isConnected) {
            put(root, head, body);
        }
        const order = ORDER[task.status] ?? ORDER.failed;
        if (body.dataset.order !== String(order)) {
            body.dataset.order = order;
            const focused = body.contains(document.activeElement) ? document.activeElement : null;
            body.prepend(...order.map(name => parts[name]));
            Object.keys(parts).filter(name => !order.includes(name)).forEach(name => parts[name].remove());
            focused?.isConnected && focused.focus({preventScroll: true});
        }
        drawHead(head, status, context, task, hooks);
        prompt.draw(task);
        drawTimes(parts.times, task);
        ended(task) && drawWhy(parts.why, {before: []});
        drawFacts(parts.facts, task);
        drawRaw(parts.raw, source);
        put(parts.error, task.error && h('p', {class: 'failure task-error', role: 'alert'}, timed(task.error)),
            task.waiting && h('p', {class: 'task-waits'}, `waits: ${timed(task.waiting)}`));
        answer.finish(task);
        prompt.fold(task.status === 'completed' || task.status === 'running' && answer.speaks);
        tick();
        tell.open(task);
    };
    /** Requests its position, which changes with other tasks, without an event here. */
    const explain = async () => {
        if (task && !ended(task) && !document.hidden) {
            const path = `/api/tasks/${encodeURIComponent(task.id)}/explain`;
            const why = await api.get(path, {}, signal).catch(() => null);
            if (why && !ended(task)) {
                loading = why.load && {...why.load, begun: Date.now() - why.load.seconds * 1_000};
                // the box above already shows what it waits for; a position is meaningless for a task that cannot run
                drawWhy(parts.why, {...why, ...task.waiting && {waits_for: null},
                    ...!inLine(why.waits_for) && {position: null}});
                going();
            }
        }
        if (task?.status === 'running' && goesOn()) {
            const {now, running} = await api.get('/api/now', {}, signal).catch(() => ({running: []}));
            const mine = running.find(one => one.id === task.id);
            const at = Date.parse(now);
            written = mine ? progress({...mine, at}, Math.max(0, at - Date.parse(mine.started_at))) : '';
        }
    };
    const load = async () => {
        const mine = ++loads;
        let source;
        try {
            source = await (await api.fetch(`/api/tasks/${encodeURIComponent(id)}`, {signal})).text();
        } catch (failed) {
            if (!signal.aborted && mine === loads) {
                missed = failed.status === 0;
                // offline, the present content stays
                if (!missed || !task) {
                    gone(root, failed.status === 404 ? 'No such task' : 'It cannot be shown', failed.message, hooks);
                }
            }
            return;
        }
        if (mine !== loads) {
            // a newer answer is on its way, or arrived first
            return;
        }
        missed = false;
        task = parse(source);
        task.id !== id && hooks.named(task.id);
        show(source);
        explain();
        if (ended(task)) {
            following?.abort();
            following = null;
        } else if (!following) {
            following = new AbortController();
            live.follow(task.id, piece => answer.take(piece), AbortSignal.any([signal, following.signal]));
        }
    };
    const tick = () => {
        const now = Date.now();
        drawPhases(parts.phases, task, now);
        drawAttempts(parts.attempts, task, now, Date.parse(server.value?.started_at));
        drawSummary(head.querySelector('.summary'), task, now, written);
        going();
    };
    live.on(event => {
        const own = event.event === 'task' && event.task.id === (task?.id ?? id);
        if (own && event.what === 'deleted') {
            gone(root, 'This task no longer exists', 'It was deleted.', hooks);
        } else if (own || event.event === 'reset') {
            load();
        }
    }, signal);
    live.watch(({mode}) => mode !== 'offline' && missed && load(), signal);
    // without a connection its progress is unknown
    const goesOn = () => task && !ended(task) && !document.hidden && live.state.mode !== 'offline';
    const timers = [setInterval(() => goesOn() && tick(), 1_000),
        setInterval(explain, EXPLAIN_MS)];
    signal.addEventListener('abort', () => {
        timers.forEach(clearInterval);
        task && tell.open(null);
    });
    document.addEventListener('keydown', event => {
        if (event.key === 's' && !typing(event) && answer.speaks) {
            answer.toggle();
            event.preventDefault();
        }
    }, {signal});
    load();
}

/** Whether a task only waits for its turn, and nothing else has to happen first. */
function inLine(waits) {
    return ['place', 'room', 'turn', 'queue', 'alone'].includes(waits?.kind);
}

function gone(root, title, why, hooks) {
    const head = h('div', {class: 'task-title'}, h('h2', {}, title), closeButton(hooks));
    put(root, h('header', {class: 'task-head'}, head), h('p', {class: 'empty'}, why));
}

function closeButton(hooks) {
    return button('✕', hooks.close, {class: 'quiet close', 'aria-label': 'Close the task'});
}

function drawHead(head, status, context, task, hooks) {
    const able = context.rights.can(task);
    const signature = `${task.status} ${task.priority} ${task.started_at}`;
    if (head.dataset.signature === signature) {
        return;
    }
    const focused = head.contains(document.activeElement) ? document.activeElement : null;
    head.dataset.signature = signature;
    const action = (what, title, kind) => able[what]
        && button(title, async () => await sure(what, [task]) && act(context, what, [task.id]),
            {class: kind, 'data-action': what, 'data-acts': true});
    const remove = able.delete && button('Delete', async () => {
        if (await confirmed('Delete this task and its answer?', 'Delete')) {
            await act(context, 'delete', [task.id]);
        }
    }, {class: 'danger', 'data-action': 'delete', 'data-acts': true});
    const link = button('Copy link', () => copy(link, location.href.replace(/[?].*$/, '')), {'data-action': 'link'});
    // the same node, because a screen reader announces only changes in it
    status.dataset.status = task.status;
    put(status, h('span', {class: 'mark', 'aria-hidden': 'true'}, MARKS[task.status]), ` ${task.status}`);
    put(head,
        h('div', {class: 'task-title'},
            status, h('span', {class: 'subject', dir: 'auto'}, subject(task)), closeButton(hooks)),
        h('p', {class: 'summary'}),
        h('div', {class: 'actions'}, action('cancel', 'Cancel'), action('retry', 'Retry', 'primary'),
            able.priority && prioritiser(context, task), able.cancel && teller(context.tell, task),
            able.again && button('New like this', () => hooks.again(task), {'data-action': 'again'}), link, remove));
    if (focused) {
        (focused === status ? status
            : head.querySelector(`[data-action="${focused.dataset.action}"]`) ?? head.querySelector('button')).focus();
    }
}

function teller(tell, task) {
    const control = button('Tell me when done', async () => {
        const told = tell.toggle(task);
        show();
        await told;
    }, {'data-action': 'tell'});
    const show = () => control.setAttribute('aria-pressed', tell.isWanted(task.id));
    show();
    return control;
}

function prioritiser(context, task) {
    const field = h('input', {
        type: 'text', class: 'mono short', list: 'priorities', 'aria-label': 'Priority', 'data-action': 'priority',
        value: priority(task.priority), required: true, ...PRIORITY,
    });
    return h('form', {
        class: 'actions', onsubmit: event => {
            event.preventDefault();
            act(context, 'priority', [task.id], field.value);
        },
    }, field, h('button', {}, 'Set priority'));
}

/** Shows the task in a line: id, model, host, tokens and durations. */
function drawSummary(line, task, now, written) {
    const {result} = task;
    const speed = (result?.eval_count ?? 0) / ((result?.eval_duration ?? 0) / 1e9);
    const took = phases(task, now);
    const waited = took[0].ms;
    const ran = took.slice(1).reduce((sum, {ms}) => sum + ms, 0);
    text(line, [task.id, task.model, task.executed_on, task.priority !== 5 && priority(task.priority),
        task.status === 'running' && written, result?.eval_count > 0 && count(result.eval_count, 'token'),
        Number.isFinite(speed) && speed > 0 && `${speed.toFixed(speed < 10 ? 1 : 0)}/s`,
        `waited ${duration(waited)}`, took.length > 1 && `ran ${duration(ran)}`].filter(Boolean).join(' · '));
}

/** Shows what happens before the first word. */
function drawGoing(box, task, load) {
    if (!task) {
        put(box);
        return;
    }
    const words = box.querySelector('.going-words') ?? h('span', {class: 'going-words', role: 'status'});
    const time = box.querySelector('.number') ?? h('span', {class: 'number'});
    if (!words.isConnected) {
        put(box, h('p', {class: 'going'}, h('span', {class: 'dot', 'aria-hidden': 'true'}), words, time));
    }
    const host = task.executed_on ?? 'its host';
    text(words, load ? `loading ${task.model} on ${host}` : `${host} reads the ${
        task.type === 'embed' ? 'input' : 'prompt'}`);
    const now = Date.now();
    const since = load ? now - load.begun : now - Date.parse(task.started_at);
    text(time, `${seconds(Math.max(0, since))}${load?.usually ? `, usually ${seconds(load.usually * 1_000)}` : ''}`);
}
