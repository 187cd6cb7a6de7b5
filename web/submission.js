// Turns the form New task into the task to submit. All functions are pure.

import {read} from './json.js';

/** The fields of the request, other than texts, whose values are JSON. */
const JSON_FIELDS = {options: 'object', metadata: 'object', extra: 'object'};

const UNITS = {ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5};

/**
 * @param values of the form's fields, from draft.js
 * @param now    in milliseconds
 * @return {task, problems}: problems has a text for the name of each wrong field
 */
export function build(values, now) {
    const problems = {};
    const task = {type: values.type};
    const set = (name, value) => {
        if (value !== undefined && value !== '') {
            task[name] = value;
        }
    };
    set('model', values.model.trim());
    texts(values, set, problems);
    for (const [name, want] of Object.entries(JSON_FIELDS)) {
        const value = json(values[name], want, name === 'options', problems, name);
        set(name === 'extra' ? 'payload' : name, value);
    }
    set('format', values.format.trim() === 'json' ? 'json' : json(values.format, 'object', false, problems, 'format'));
    set('think', {yes: true, no: false}[values.think] ?? values.think);
    set('keep_alive', /^-?\d+$/.test(values.keep_alive.trim()) ? Number(values.keep_alive) : values.keep_alive.trim());
    const priority = values.priority.trim();
    if (priority && !/^(low|normal|high|critical|-?\d+)$/.test(priority)) {
        problems.priority = 'must be low, normal, high, critical or a whole number';
    }
    set('priority', /^-?\d+$/.test(priority) ? Number(priority) : priority);
    set('scheduled_at', time(values, now, problems));
    const expires = length('expires_in', values, problems);
    set('expires_at', expires === undefined ? undefined : new Date(now + expires).toISOString());
    set('window', values.window.trim());
    if (length('finish_by', values, problems) !== undefined) {
        set('finish_by', values.finish_by.trim());
    }
    const retries = values.max_retries.trim();
    if (retries && !/^\d+$/.test(retries)) {
        problems.max_retries = 'must be a whole number, 0 for none';
    }
    set('max_retries', retries && Number(retries));
    if (length('timeout', values, problems) !== undefined) {
        set('timeout', values.timeout.trim());
    }
    set('on', values.on.trim());
    set('wait_for_model', values.wait_for_model || undefined);
    return {task, problems};
}

/** Returns the non-empty turns of a chat as messages. */
export function messages(values) {
    const all = [];
    for (let i = 0; i < Number(values.turns); i++) {
        const content = values[`content${i}`] ?? '';
        if (content !== '') {
            all.push({role: values[`role${i}`], content});
        }
    }
    return all;
}

function texts(values, set, problems) {
    if (values.type === 'chat') {
        const all = messages(values);
        if (all.length) {
            set('messages', all);
        } else if (!/"messages"/.test(values.extra)) {
            problems.content0 = 'must not be empty';
        }
    } else if (values.type === 'generate') {
        set('system', values.system);
        set('prompt', values.prompt);
        if (!values.prompt && !/"prompt"/.test(values.extra)) {
            problems.prompt = 'must not be empty';
        }
    } else {
        const lines = values.lines ? values.input.split(/\r?\n/).filter(line => line.trim()) : [values.input];
        set('input', lines.length === 1 ? lines[0] : lines);
        if (!lines.some(line => line) && !/"input"/.test(values.extra)) {
            problems.input = 'must not be empty';
        }
    }
}

/** Reads a JSON object; options may also be lines of name=value. */
function json(source, want, lines, problems, name) {
    const text = source.trim();
    if (text === '') {
        return undefined;
    }
    const {value, error} = lines && !text.startsWith('{') ? pairs(text) : read(text, want);
    if (error) {
        problems[name] = error;
    }
    return value;
}

function pairs(text) {
    const all = [];
    for (const [index, line] of text.split('\n').entries()) {
        const [, name, value] = /^\s*([\w.-]+)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
        if (name) {
            const parsed = read(value);
            all.push([name, parsed.error ? value : parsed.value]);
        } else if (line.trim()) {
            return {error: `line ${index + 1} must be name=value; or write all of it as JSON`};
        }
    }
    return {value: Object.fromEntries(all)};
}

function time(values, now, problems) {
    if (values.when === 'in') {
        const ms = length('in', values, problems);
        if (ms === undefined) {
            problems.in ??= 'must be a duration, for example 90s or 1h30m';
        }
        return ms === undefined ? undefined : new Date(now + ms).toISOString();
    }
    if (values.when !== 'at') {
        return undefined;
    }
    const at = new Date(values.at);
    if (isNaN(at)) {
        problems.at = 'must be a date and a time';
        return undefined;
    }
    return at.toISOString();
}

/** Returns a duration in milliseconds; undefined if it is empty or not a duration. */
function length(name, values, problems) {
    const text = values[name].trim();
    if (text === '') {
        return undefined;
    }
    if (!/^(\d+(\.\d+)?(ms|s|m|h|d|w))+$/.test(text)) {
        problems[name] = 'must be a duration, for example 90s, 1h30m or 7d';
        return undefined;
    }
    return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g)]
        .reduce((sum, [, digits, unit]) => sum + digits * UNITS[unit], 0);
}
