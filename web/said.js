// The answer in a result, in any API's form: Ollama's object, OpenAI's completion or response, Anthropic's message, or
// a stream of the last two as it arrived. All functions are pure. (shared.ResultText is the same in Java.)

/** The answer of a result: {text, thinking, tools, vectors}, each null if absent. */
export function answer(result) {
    const parts = {text: null, thinking: null, tools: null, vectors: vectors(result)};
    if (!result || result.content_type) {
        if (isStream(result)) {
            stream(parts, result.text);
        }
        return parts;
    }
    object(parts, result);
    return parts;
}

/** A host's answer to a failed call has a status, and is not an answer of a model. */
function isStream(result) {
    return result?.status === undefined && String(result?.content_type).startsWith('text/event-stream')
        && typeof result.text === 'string';
}

function object(parts, result) {
    const choice = result.choices?.[0];
    for (const said of [result, result.message, choice?.message]) {
        if (said && typeof said === 'object') {
            add(parts, 'text', said.response);
            content(parts, said.content);
            add(parts, 'text', said.refusal);
            add(parts, 'thinking', said.thinking ?? said.reasoning_content ?? said.reasoning);
            tools(parts, said.tool_calls);
        }
    }
    add(parts, 'text', choice?.text);
    for (const item of list(result.output)) {
        content(parts, item?.summary);
        content(parts, item?.content);
        tools(parts, list([item]).filter(({type}) => type === 'function_call'));
    }
}

function content(parts, said) {
    add(parts, 'text', said);
    list(said).forEach(block => add(parts, ...words(block)));
    tools(parts, list(said).filter(({type}) => type === 'tool_use'));
}

/** Returns what a block adds to the texts. */
function words({type, text, refusal, thinking}) {
    return typeof thinking === 'string' ? ['thinking', thinking]
        : [type === 'reasoning_text' || type === 'summary_text' ? 'thinking' : 'text', text ?? refusal];
}

const DELTAS = {
    'response.output_text.delta': 'text',
    'response.refusal.delta': 'text',
    'response.reasoning_text.delta': 'thinking',
    'response.reasoning_summary_text.delta': 'thinking',
};

/** Reads a stream. If a host sent no pieces, its last event has everything. */
function stream(parts, events) {
    let whole = null;
    for (const line of events.split(/\r?\n/).filter(line => line.startsWith('data:'))) {
        const event = read(line.slice('data:'.length));
        if (DELTAS[event.type]) {
            add(parts, DELTAS[event.type], event.delta);
        } else if (event.type === 'content_block_start' || event.type === 'content_block_delta') {
            add(parts, ...words(event.content_block ?? event.delta ?? {}));
        }
        whole = event.response ?? whole;
    }
    if (whole && !parts.text && !parts.thinking) {
        object(parts, whole);
    }
}

function read(data) {
    try {
        return JSON.parse(data) ?? {};
    } catch {
        return {};
    }
}

function vectors(result) {
    const all = result?.embeddings ?? (result?.embedding ? [result.embedding]
        : list(result?.data).map(({embedding}) => embedding));
    return Array.isArray(all) && all.length && all.every(Array.isArray) ? all : null;
}

function add(parts, kind, text) {
    if (typeof text === 'string') {
        parts[kind] = (parts[kind] ?? '') + text;
    }
}

function tools(parts, calls) {
    if (list(calls).length) {
        parts.tools = [...parts.tools ?? [], ...calls];
    }
}

/** Returns the objects of an array; none for other values. */
function list(values) {
    return Array.isArray(values) ? values.filter(value => value && typeof value === 'object') : [];
}
