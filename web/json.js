// JSON for people to read.

/** Longer strings may be too much for the browser's regular expressions. */
const PRETTY_MAX = 4_000_000;
/** Deeper JSON is too much for what recurses: a reviver, JSON.stringify. */
const DEPTH_MAX = 1_000;

/**
 * Returns JSON with line ends and indents; numbers keep their digits, because none is parsed. Very large or very deep
 * JSON stays as it is.
 */
export function pretty(json) {
    if (json.length > PRETTY_MAX) {
        return json;
    }
    let out = '';
    let depth = 0;
    const line = () => `\n${'  '.repeat(depth)}`;
    for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{[]\s*[}\]]|[{}[\],:]|[^\s{}[\],:"]+/g)) {
        if (token === '{' || token === '[') {
            if (++depth > DEPTH_MAX) {
                return json;
            }
            out += token + line();
        } else if (token === '}' || token === ']') {
            depth--;
            out += line() + token;
        } else {
            out += token === ',' ? token + line() : token === ':' ? ': ' : token.replace(/^([{[])\s+/, '$1');
        }
    }
    return out;
}

/**
 * Parses JSON so that whole numbers too large for JavaScript keep their digits when written again. What is nested very
 * deep becomes '…'.
 */
export function parse(source) {
    return JSON.parse(shallow(source), (name, value, context) => Number.isInteger(value) && !Number.isSafeInteger(value)
        && context?.source ? JSON.rawJSON(context.source) : value);
}

/** Returns valid JSON without what is nested deeper than DEPTH_MAX. */
function shallow(source) {
    let out = '';
    let depth = 0;
    let from = 0;
    for (let at = 0; at < source.length; at++) {
        const c = source[at];
        if (c === '"') {
            at = quoteEnd(source, at);
        } else if ((c === '[' || c === '{') && depth++ === DEPTH_MAX) {
            out += `${source.slice(from, at)}"…"`;
        } else if ((c === ']' || c === '}') && --depth === DEPTH_MAX) {
            from = at + 1;
        }
    }
    return out + source.slice(from);
}

function quoteEnd(source, from) {
    let at = from + 1;
    while (source[at] !== '"' && at < source.length) {
        at += source[at] === '\\' ? 2 : 1;
    }
    return at;
}

/** The same for every number: 1.50 stays 1.50, and 1e400 is not lost. They can be written, but not calculated with. */
export function exactly(source) {
    return JSON.parse(source, (name, value, context) => typeof value === 'number' && context?.source
        && context.source !== String(value) ? JSON.rawJSON(context.source) : value);
}

/**
 * Reads a field that contains JSON.
 *
 * @return {value}, or {error} with the error and its place
 */
export function read(source, want) {
    try {
        const value = exactly(source);
        if (want === 'object' && (value === null || typeof value !== 'object' || Array.isArray(value))) {
            return {error: 'must be a JSON object, for example {"name": "value"}'};
        }
        return {value};
    } catch (wrong) {
        return {error: place(source, wrong.message)};
    }
}

/** Returns the place of an error, which browsers report as an offset, as line and column, or not at all. */
function place(source, message) {
    const offset = /position (\d+)/.exec(message);
    if (!offset || /line \d+/.test(message)) {
        return message;
    }
    const before = source.slice(0, Number(offset[1])).split('\n');
    return `${message.replace(/ in JSON at.*/, '')} (line ${before.length}, column ${before.at(-1).length + 1})`;
}
