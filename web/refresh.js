// What a view reads repeatedly by itself.

/**
 * Awaits a read. An unreachable server is not reported here, but by the connection's state, and by the view if there is
 * nothing to see yet; the read is repeated when the server is back. Other errors are shown.
 */
export async function refresh(context, read) {
    try {
        await read();
        context.reading.done();
    } catch (failed) {
        if (failed.status === 0) {
            context.reading.missed(() => refresh(context, read));
        } else if (failed.name !== 'AbortError' && !context.signal.aborted) {
            context.complain(failed);
        }
    }
}
