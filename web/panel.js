// One task, beside the list.

import {attribute, button, h, put, text} from './dom.js';
import {ago, clip, clock, count, duration, exact, number, priority, span} from './format.js';
import {act, confirmed, sure} from './actions.js';
import {Answer, copy} from './answer.js';
import {parse, pretty} from './json.js';
import {asked, can, CANCELLED, ended, MARKS, PRIORITY, settings, short, stretches} from './task.js';

/** How often it is asked where a task that has not ended stands. */
const EXPLAIN_MS = 3_000;

/** So many characters of a prompt are shown at first. */
const BEGINNING = 20_000;

/**
 * Shows a task in `root` until `signal` is aborted, and follows it.
 *
 * @param hooks close(): the person wants it closed; again(task): wants another like it; covered(): whether it has come
 *              to lie on what has the focus
 */
export function panel(root, context, id, signal, hooks) {
    const {api, live} = context;
    const answer = new Answer();
    const status = h('h2', {class: 'task-status', tabindex: -1, 'aria-live': 'polite'}, 'Task');
    const parts = {
        head: h('header', {class: 'task-head'}, status), error: h('div'), asked: h('section'), times: h('section'),
        why: h('section', {class: 'why', hidden: true}),
        attempts: h('section'), facts: h('section'), raw: h('section'),
    };
    const {head, ...rest} = parts;
    const body = h('div', {class: 'scroll task-body', tabindex: -1}, rest.error, rest.asked, answer.node, rest.times,
        rest.why, rest.attempts, rest.facts, rest.raw);
    put(root, head, body);
    if (hooks.covered()) {
        // what had the focus cannot be seen any more
        status.focus();
    }
    answer.node.hidden = true;
    let task = null;
    let following = null;
    let loads = 0;
    /** Whether it is to be read when the server can be reached again. */
    let missed = false;

    const show = source => {
        if (!body.isConnected) {
            put(root, head, body);
        }
        drawHead(parts.head, status, context, task, hooks);
        drawAsked(parts.asked, task);
        drawTimes(parts.times, task);
        ended(task) && drawWhy(parts.why, {before: []});
        drawAttempts(parts.attempts, task);
        drawFacts(parts.facts, task);
        drawRaw(parts.raw, source);
        put(parts.error, task.error && h('p', {class: 'failure task-error', role: 'alert'}, task.error),
            task.waiting && h('p', {class: 'hint'}, `waits: ${task.waiting}`));
        answer.finish(task);
    };
    /** Where it stands moves with others, of which no event tells here. */
    const explain = async () => {
        if (task && !ended(task) && !document.hidden) {
            const path = `/api/tasks/${encodeURIComponent(task.id)}/explain`;
            const why = await api.get(path, {}, signal).catch(() => null);
            why && !ended(task) && drawWhy(parts.why, why);
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
                // offline, what is shown stays
                if (!missed || !task) {
                    gone(root, failed.status === 404 ? 'No such task' : 'It cannot be shown', failed.message, hooks);
                }
            }
            return;
        }
        if (mine !== loads) {
            // a newer answer is on its way, or was quicker
            return;
        }
        missed = false;
        task = parse(source);
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
    live.on(event => {
        const own = event.event === 'task' && event.task.id === (task?.id ?? id);
        if (own && event.what === 'deleted') {
            gone(root, 'This task no longer exists', 'It was deleted.', hooks);
        } else if (own || event.event === 'reset') {
            load();
        }
    }, signal);
    live.watch(({mode}) => mode !== 'offline' && missed && load(), signal);
    const tick = () => task && !ended(task) && !document.hidden && drawTimes(parts.times, task);
    const timers = [setInterval(tick, 1_000), setInterval(explain, EXPLAIN_MS)];
    signal.addEventListener('abort', () => timers.forEach(clearInterval));
    load();
}

function gone(root, title, why, hooks) {
    const head = h('div', {class: 'task-title'}, h('h2', {}, title), closeButton(hooks));
    put(root, h('header', {class: 'task-head'}, head), h('p', {class: 'empty'}, why));
}

function closeButton(hooks) {
    return button('✕', hooks.close, {class: 'quiet close', 'aria-label': 'Close the task'});
}

function drawHead(head, status, context, task, hooks) {
    const able = can(task);
    const signature = `${task.status} ${task.priority} ${task.started_at}`;
    if (head.dataset.signature === signature) {
        return;
    }
    const focused = head.contains(document.activeElement) ? document.activeElement : null;
    head.dataset.signature = signature;
    const action = (what, title, kind) => able[what]
        && button(title, async () => await sure(what, [task]) && act(context, what, [task.id]),
            {class: kind, 'data-action': what});
    const remove = able.delete && button('Delete', async () => {
        if (await confirmed('Delete this task and its answer?', 'Delete')) {
            await act(context, 'delete', [task.id]);
        }
    }, {class: 'danger', 'data-action': 'delete'});
    // the same node, for a screen reader tells of what changes in it only
    status.dataset.status = task.status;
    put(status, h('span', {class: 'mark', 'aria-hidden': 'true'}, MARKS[task.status]), ` ${task.status}`);
    put(head,
        h('div', {class: 'task-title'},
            status, h('code', {class: 'faint'}, task.id), closeButton(hooks)),
        h('div', {class: 'actions'}, action('cancel', 'Cancel'), action('retry', 'Retry', 'primary'),
            able.priority && prioritiser(context, task),
            able.again && button('New like this', () => hooks.again(task), {'data-action': 'again'}), remove));
    if (focused) {
        (focused === status ? status
            : head.querySelector(`[data-action="${focused.dataset.action}"]`) ?? head.querySelector('button')).focus();
    }
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

function drawAsked(section, task) {
    if (section.childElementCount) {
        return;
    }
    const all = asked(task.payload);
    put(section, h('header', {class: 'part'}, h('h2', {}, task.type === 'chat' ? 'Messages' : task.type === 'embed'
        ? 'Input' : 'Prompt')), all.map(({role, text: said, images}) => h('div', {class: 'message', 'data-role': role},
        role && h('h3', {}, role), said && words(said),
        images > 0 && h('p', {class: 'hint'}, count(images, 'image')))));
}

/** The beginning of a long text, and all of it once it is asked for. */
function words(said) {
    const box = h('pre', {}, said.length > BEGINNING ? `${said.slice(0, BEGINNING)}…` : said);
    const all = button(`Show all ${number(said.length)} characters`, () => {
        text(box, clip(said));
        all.remove();
    });
    return [box, said.length > BEGINNING && all];
}

/** A bar of the stretches, to scale, and the same in words. */
function drawTimes(section, task) {
    const now = Date.now();
    const all = stretches(task, now);
    const bar = h('div', {class: 'bar', 'aria-hidden': 'true'}, all.map(stretch => {
        const part = h('div', {class: stretch.kind, 'data-failed': stretch.failed, 'data-running': stretch.running});
        part.style.flexGrow = Math.max(1, stretch.to - stretch.from);
        return part;
    }));
    const moment = (name, time) => time && [h('dt', {}, name), h('dd', {}, h('time', {
        datetime: time, title: ago(time, now),
    }, `${exact(time).slice(0, 10)} ${clock(time).replace(',', '.')}`))];
    const lengths = all.map(({kind, from, to, number: index, failed, running}) => h('li', {},
        kind === 'wait' ? 'waited ' : `attempt ${index} `, h('b', {}, duration(to - from)),
        failed ? ' ✗' : running ? ' …' : ''));
    put(section, h('header', {class: 'part'}, h('h2', {}, 'Times')), bar, h('ul', {class: 'lengths'}, lengths),
        h('dl', {class: 'facts'}, moment('created', task.created_at), moment('scheduled', task.scheduled_at),
            moment('due', task.due_at), moment('next attempt', task.retry_at), moment('started', task.started_at),
            moment(task.status, task.completed_at), moment('expires', task.expires_at),
            moment(task.late ? 'finish by (cannot be met)' : 'finish by', task.finish_by)));
}

/** What a task waits for that has not ended, and what goes before it; or why it began, and when it is done. */
function drawWhy(section, why) {
    const signature = JSON.stringify(why);
    if (section.dataset.signature === signature) {
        return;
    }
    section.dataset.signature = signature;
    const open = section.querySelector('details')?.open;
    const facts = [
        ['waits for', why.waits_for?.text], ['position', why.position && number(why.position)],
        ['starts in', why.starts_in && span(why.starts_in)], ['done in', why.done_in && span(why.done_in)],
        ['host', why.position && why.host && `${why.host}${why.loads ? ', which has to load its model' : ''}`],
        ['rule', why.rule],
        ['passed', why.passed && h('a', {href: `#/tasks/${why.passed}`}, short(why.passed))],
    ].filter(([, value]) => value);
    section.hidden = facts.length === 0;
    const before = h('details', {open}, h('summary', {}, 'Before it'), h('ol', {class: 'attempts'},
        why.before.map(({id, text: reason}) => h('li', {}, h('a', {href: `#/tasks/${id}`}, short(id)),
            ` · ${reason}`))));
    put(section, h('header', {class: 'part'}, h('h2', {}, why.status === 'running' ? 'Runs' : 'Waits')),
        h('dl', {class: 'facts'}, facts.map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])),
        why.before.length > 0 && before);
}

function drawAttempts(section, task) {
    section.hidden = task.attempts.length === 0;
    put(section, h('header', {class: 'part'}, h('h2', {}, 'Attempts')), h('ol', {class: 'attempts'},
        task.attempts.map(attempt => h('li', {},
            h('span', {class: failed(attempt) && 'failure'}, `${attempt.attempt} ${
                MARKS[failed(attempt) ? 'failed' : attempt.error ? 'cancelled' : 'completed']} `),
            `${attempt.host} · ${duration(Date.parse(attempt.ended_at) - Date.parse(attempt.started_at))}`,
            attempt.rule && ` · ${attempt.rule}`,
            attempt.chosen && h('p', {class: 'faint'}, attempt.chosen.text, attempt.chosen.loads && ', with a load',
                attempt.chosen.passed && [', before ', h('a', {href: `#/tasks/${attempt.chosen.passed}`},
                    short(attempt.chosen.passed))]),
            attempt.error && h('p', {class: failed(attempt) ? 'failure' : 'faint'}, attempt.error),
            failed(attempt) && !attempt.counted
                && h('p', {class: 'hint'}, 'not counted as a retry: a failure of the host, or a restart')))));
}

/** That somebody cancelled it is nobody's failure. */
function failed({error}) {
    return error !== null && error !== CANCELLED;
}

function drawFacts(section, task) {
    const {result, metadata} = task;
    const seconds = (result?.eval_duration ?? 0) / 1e9;
    const facts = [
        ['model', task.model], ['type', task.type], ['priority', priority(task.priority)
            + (task.priority_asked === undefined ? '' : `, lowered from ${priority(task.priority_asked)}`)],
        ['window', task.window],
        ['client', task.client ?? (task.relayed && 'somebody')], [task.relayed ? 'called' : 'endpoint', task.endpoint],
        ['recorded', task.unrecorded && 'no: prompt and answer were not kept'],
        ['host', task.executed_on], ['wanted host', task.on], ['rule', task.rule],
        ['cron', task.cron_name && `${task.cron_name}, run ${task.cron_run_count}`],
        ['retries', `${task.retry_count} of ${task.max_retries}`], ['timeout', task.timeout],
        ['tokens', result?.eval_count !== undefined && number(result.eval_count)
            + (seconds ? ` · ${(result.eval_count / seconds).toFixed(1)}/s` : '')],
        ['prompt tokens', result?.prompt_eval_count !== undefined && number(result.prompt_eval_count)],
        ...settings(task.payload),
        ['metadata', Object.keys(metadata).length > 0 && JSON.stringify(metadata)],
    ];
    put(section, h('header', {class: 'part'}, h('h2', {}, 'Details')), h('dl', {class: 'facts'},
        facts.filter(([, value]) => value).map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])));
}

/** Made when it is opened: an embedding has thousands of numbers. */
function drawRaw(section, source) {
    const open = section.firstChild?.open;
    const copyButton = button('Copy', () => copy(copyButton, pretty(source)), {class: 'quiet'});
    const body = h('pre');
    const details = h('details', {
        ontoggle: () => text(body, details.open ? clip(pretty(source)) : ''),
    }, h('summary', {}, 'Raw JSON'), copyButton, body);
    put(section, details);
    details.open = open === true;
    attribute(section, 'class', 'raw');
}
