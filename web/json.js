// JSON for reading.

/** A longer string in the JSON might be more than the browser's regular expressions can bear. */
const PRETTY_MAX = 4_000_000;

/** The text of JSON with line ends and indents; numbers keep their digits, as no number is read. A huge one stays. */
export function pretty(json) {
    if (json.length > PRETTY_MAX) {
        return json;
    }
    let out = '';
    let depth = 0;
    const line = () => `\n${'  '.repeat(depth)}`;
    for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{[]\s*[}\]]|[{}[\],:]|[^\s{}[\],:"]+/g)) {
        if (token === '{' || token === '[') {
            depth++;
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

/** Reads JSON so that writing it again keeps the digits of whole numbers that are too large for JavaScript. */
export function parse(source) {
    return JSON.parse(source, (name, value, context) => Number.isInteger(value) && !Number.isSafeInteger(value)
        && context?.source ? JSON.rawJSON(context.source) : value);
}

/** The same for every number: 1.50 stays 1.50, and 1e400 is not lost. They can be written, not reckoned with. */
export function exactly(source) {
    return JSON.parse(source, (name, value, context) => typeof value === 'number' && context?.source
        && context.source !== String(value) ? JSON.rawJSON(context.source) : value);
}

/**
 * Reads a field that holds JSON.
 *
 * @return {value}, or {error} with what is wrong and where
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

/** Browsers tell the place as an offset, as line and column, or not at all. */
function place(source, message) {
    const offset = /position (\d+)/.exec(message);
    if (!offset || /line \d+/.test(message)) {
        return message;
    }
    const before = source.slice(0, Number(offset[1])).split('\n');
    return `${message.replace(/ in JSON at.*/, '')} (line ${before.length}, column ${before.at(-1).length + 1})`;
}
