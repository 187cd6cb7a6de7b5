// What a view reads again and again by itself.

/**
 * Awaits a reading. That the server cannot be reached is said by the connection's state already, and by the view if
 * there is nothing to see yet; it is read once the server is back. Anything else is complained of.
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
