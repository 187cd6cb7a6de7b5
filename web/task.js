// Texts and marks for tasks. All functions are pure; `now` is in milliseconds.

import {ago, count, duration, number, plain, seconds} from './format.js';

/** A mark for each status, so that it is clear without colour too. */
export const MARKS = {pending: '○', running: '●', completed: '✓', failed: '✗', cancelled: '⊘'};

export const STATUSES = Object.keys(MARKS);

/** The error of a cancelled attempt. */
export const CANCELLED = 'cancelled';

/** The number of characters of a prompt that the server sends in lists. */
const PREVIEW = 80;
/** An answer without a piece for this long counts as silent. */
const SILENT_MS = 5_000;

/** Marks a call of a program that uses the server like an Ollama. */
export const CALL = '⇄';

/** The attributes of a field for a priority: a name, or a 32-bit number. */
export const PRIORITY = {
    pattern: '\\s*(low|normal|high|critical|-?\\d{1,9})\\s*', title: 'low, normal, high, critical, or a whole number',
};

/** The caller of a task; null if it is not known and the task is not a call. */
export function caller(task) {
    return task.relayed ? `${CALL} ${task.client ?? 'somebody'}` : task.client ?? null;
}

/** The id without the prefix of all ids. */
export function short(id) {
    return id.replace(/^(task|cron)_/, '');
}

export function ended(task) {
    return task.status !== 'pending' && task.status !== 'running';
}

/** What can be done with a task. */
export function can(task) {
    return {
        cancel: !ended(task),
        priority: !ended(task),
        retry: (task.status === 'failed' || task.status === 'cancelled') && !task.unrecorded,
        // the form can make only requests in Ollama's form
        again: !task.endpoint?.startsWith('/v1/') && !task.unrecorded,
        delete: ended(task),
    };
}

/** What a pending task waits for; null if only for its turn. */
export function waitsUntil(task, now) {
    const time = task.retry_at ?? task.scheduled_at;
    return task.status === 'pending' && time && Date.parse(time) > now ? time : null;
}

/** How long it ran, or has been running; for one that waits for a time, how long it must still wait. */
export function ran(task, now) {
    const until = waitsUntil(task, now);
    if (until) {
        return ago(until, now);
    }
    if (!task.started_at || task.status === 'pending') {
        return '';
    }
    return duration(Math.max(0, (ended(task) ? Date.parse(task.completed_at) : now) - Date.parse(task.started_at)));
}

/**
 * The time since its creation, as periods of waiting and attempts, in order: {kind: 'wait'|'attempt', from, to, number,
 * failed, running}, times in milliseconds.
 */
export function stretches(task, now) {
    const all = [];
    let at = Date.parse(task.created_at);
    const wait = to => to > at && all.push({kind: 'wait', from: at, to});
    for (const attempt of task.attempts) {
        const from = Date.parse(attempt.started_at);
        const to = Date.parse(attempt.ended_at);
        wait(from);
        all.push({kind: 'attempt', from, to, number: attempt.attempt, running: false,
            failed: attempt.error !== null && attempt.error !== CANCELLED});
        at = to;
    }
    if (task.status === 'running') {
        const from = Date.parse(task.started_at);
        wait(from);
        const number = (task.attempts.at(-1)?.attempt ?? 0) + 1;
        all.push({kind: 'attempt', from, to: Math.max(from, now), number, failed: false, running: true});
    } else {
        wait(ended(task) ? Date.parse(task.completed_at) : now);
    }
    return all;
}

/**
 * The phases of a task's duration, as far as its host reports them: {kind, name, ms, running} in order, kind 'wait',
 * 'earlier', 'load', 'prompt', 'generate' or 'run'.
 */
export function phases(task, now) {
    const all = stretches(task, now);
    const attempts = all.filter(({kind}) => kind === 'attempt');
    const sum = some => some.reduce((total, {from, to}) => total + to - from, 0);
    const parts = [{kind: 'wait', name: 'waited', ms: sum(all.filter(({kind}) => kind === 'wait'))}];
    const last = attempts.pop();
    if (!last) {
        return parts;
    }
    if (attempts.length) {
        const name = attempts.length === 1 ? 'earlier attempt' : `${attempts.length} earlier attempts`;
        parts.push({kind: 'earlier', name, ms: sum(attempts)});
    }
    const told = task.status === 'completed' ? [['load', 'load_duration'], ['prompt', 'prompt_eval_duration'],
        ['generate', 'eval_duration']].map(([kind, field]) => ({kind, name: kind, ms: task.result?.[field] / 1e6}))
        .filter(({ms}) => ms > 0) : [];
    return [...parts, ...told.length ? told : [{kind: 'run', name: 'ran', ms: last.to - last.from,
        running: last.running, failed: last.failed}]];
}

/** The number of attempts before the task was put back on request. */
export function putBack(task) {
    const own = task.retry_count + (task.status === 'failed' ? 1 : 0);
    const used = task.attempts.filter(({counted, error}) => counted && error !== null && error !== CANCELLED).length;
    return Math.max(0, used - own);
}

/** Maps times to 0…1 on one scale for all periods; long waits are shortened, so that attempts are visible. */
export function scale(all) {
    const ran = all.reduce((sum, {kind, from, to}) => sum + (kind === 'attempt' ? to - from : 0), 0);
    let at = 0;
    const places = all.map(({kind, from, to}) => {
        const broken = kind === 'wait' && to - from > ran;
        const length = broken ? ran : to - from;
        at += length;
        return {from, to, begin: at - length, length, broken};
    });
    return places.map(place => ({...place, begin: place.begin / (at || 1), length: place.length / (at || 1)}));
}

/**
 * The activity of a running task, in words.
 *
 * @param task from /api/now, with `at`, the time of that answer, and if known `usual`, the seconds of a load
 * @param ran  how long it has run, in milliseconds
 */
export function progress(task, ran) {
    if (task.phase === 'load') {
        return `loading ${task.model.replace(/:latest$/, '')}, ${seconds(ran)}${task.usual > 0
            ? `, usually ${seconds(task.usual * 1e3)}` : ''}`;
    }
    if (task.phase === 'prompt') {
        return `reading the prompt, ${seconds(ran)}`;
    }
    const silent = task.at - Date.parse(task.last_token_at);
    return `${count(task.tokens, 'token')} · ${silent > SILENT_MS ? `silent for ${seconds(silent)}`
        : `${number(Math.round(task.tokens_per_second))}/s`}`;
}

/** The beginning of its prompt, as in lists, with a mark if it is not complete; '' if it is not known. */
export function preview(task) {
    return task.preview ? `${task.preview}${[...task.preview].length < PREVIEW ? '' : '…'}` : '';
}

/** The subject of a task, in one line. */
export function subject(task) {
    const all = asked(task.payload ?? {});
    const said = (all.findLast(({role}) => role === 'user') ?? all.at(-1))?.text ?? '';
    const line = plain(said.trim().slice(0, 400).replace(/\s+/g, ' '));
    return line.length > 90 ? `${line.slice(0, 89)}…` : line || short(task.id);
}

/** The request, as a list of {role, text, images}; role is null for a bare prompt. */
export function asked(payload) {
    const all = [];
    const add = (role, text, images = []) => {
        if (text || images?.length) {
            all.push({role, text: words(text), images: images?.length ?? 0});
        }
    };
    add('system', payload.system ?? payload.instructions);
    for (const message of Array.isArray(payload.messages) ? payload.messages : []) {
        add(message.role, message.content, message.images);
        add(message.role, message.tool_calls);
    }
    add(all.length ? 'user' : null, payload.prompt, payload.messages ? null : payload.images);
    for (const input of [payload.input ?? []].flat()) {
        add(input?.role ?? null, input?.content ?? input);
    }
    return all;
}

/** The other members of the payload, as names and JSON texts. */
export function settings(payload) {
    const known = ['system', 'instructions', 'messages', 'prompt', 'input', 'images'];
    return Object.entries(payload).filter(([name]) => !known.includes(name))
        .map(([name, value]) => [name, JSON.stringify(value)]);
}

/** Returns the text of a content, which may be a list of parts, as in the APIs of OpenAI and Anthropic. */
function words(value) {
    const parts = Array.isArray(value) && value.some(part => typeof part?.text === 'string');
    return parts ? value.map(part => words(part?.text ?? part)).join('\n')
        : typeof value === 'string' ? value : value == null ? '' : JSON.stringify(value, null, 2);
}
