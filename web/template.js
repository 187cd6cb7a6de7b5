// Uses a task as the draft of the next one.

import {write} from './draft.js';

const THINK = {true: 'yes', false: 'no'};

/** Fills the form New task with the request of this task. */
export function prefill({type, model, priority, payload, metadata, max_retries, timeout, on, wait_for_model, window}) {
    const {messages, prompt, system, input, options, format, think, keep_alive, ...extra} = payload;
    const plain = Array.isArray(messages) && messages.every(message =>
        typeof message.content === 'string' && Object.keys(message).length === 2);
    const turns = plain ? messages : [];
    if (messages && !plain) {
        extra.messages = messages;
    }
    const texts = inputs(input, extra);
    write('new', {
        type, model, priority: String(priority), prompt: prompt ?? '', system: system ?? '',
        ...texts, ...options && {options: JSON.stringify(options, null, 2)},
        format: format && typeof format === 'object' ? JSON.stringify(format) : format ?? '',
        think: THINK[think] ?? think ?? '', keep_alive: String(keep_alive ?? ''),
        extra: Object.keys(extra).length ? JSON.stringify(extra, null, 2) : '',
        metadata: Object.keys(metadata).length ? JSON.stringify(metadata, null, 2) : '',
        max_retries: String(max_retries), timeout: timeout ?? '', on: on ?? '', window: window ?? '',
        wait_for_model: wait_for_model === true,
        turns: String(Math.max(1, turns.length)),
        ...Object.fromEntries(turns.flatMap(({role, content}, i) => [[`role${i}`, role], [`content${i}`, content]])),
    });
}

function inputs(input, extra) {
    const lines = Array.isArray(input);
    if (lines && !input.every(line => typeof line === 'string' && line.trim() && !/[\r\n]/.test(line))) {
        // the form would split it into other inputs by lines
        extra.input = input;
        return {input: '', lines: false};
    }
    return {input: lines ? input.join('\n') : input ?? '', lines};
}
