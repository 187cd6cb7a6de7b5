// What a view reads again and again by itself.

/**
 * Awaits a reading. That the server cannot be reached is said by the connection's state already, and the next reading
 * comes; anything else is complained of.
 */
export async function refresh(context, read) {
    try {
        await read();
    } catch (failed) {
        if (failed.status !== 0 && failed.name !== 'AbortError' && !context.signal.aborted) {
            context.complain(failed);
        }
    }
}
