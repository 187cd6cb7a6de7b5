// Reads server-sent events from a response's body. EventSource cannot be used, because it cannot send the token in a
// header.

const LINE_END = /\r\n|\n|\r(?!$)/;

/**
 * Yields each event as {event, id, data}, where data is the parsed JSON.
 *
 * @param alive called whenever anything arrives, including a comment
 */
export async function* serverSentEvents(response, alive = () => {}) {
    let fields = {};
    for await (const line of lines(response, alive)) {
        if (line === '' && fields.data !== undefined) {
            yield {event: fields.event ?? 'message', id: fields.id, data: JSON.parse(fields.data)};
        }
        fields = line === '' ? {} : add(fields, line);
    }
}

/** Yields the complete lines of a response's body as they arrive. */
export async function* lines(response, alive = () => {}) {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    try {
        for (;;) {
            const {value, done} = await reader.read();
            if (done) {
                return;
            }
            alive();
            const whole = (rest + value).split(LINE_END);
            rest = whole.pop();
            yield* whole;
        }
    } finally {
        // a reader that stops closes the connection
        reader.cancel().catch(() => {});
    }
}

function add(fields, line) {
    const colon = line.indexOf(':');
    if (colon === 0) {
        return fields;
    }
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    return {...fields, [name]: name === 'data' && fields.data !== undefined ? `${fields.data}\n${value}` : value};
}
