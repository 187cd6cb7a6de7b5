// Without a connection, the content is marked as old, and controls that would change something on the server are
// disabled with an explanation. These have data-needs, see rights.js, or data-acts.

/** Starting the server takes a moment. */
export const PATIENCE_MS = 1_500;

const ACTS = ':is([data-needs], [data-acts])';
const CONTROLS = `button${ACTS}, ${ACTS} button, input[type=checkbox]${ACTS}, ${ACTS} input[type=checkbox]`;
/** A form that keeps what was typed, and itself reports that it could not be sent. */
const OWN = 'form.new-task';

/** @param complain shows a message until the connection is back */
export function offline(live, complain) {
    const isGone = () => live.state.mode === 'offline';
    const mark = () => document.documentElement.toggleAttribute('data-offline', isGone());
    live.watch(() => isGone() ? setTimeout(mark, PATIENCE_MS) : mark());
    const hold = (event, control) => {
        if (control && isGone() && !control.closest(OWN)) {
            event.preventDefault();
            event.stopImmediatePropagation();
            complain({status: 0, message: 'the server cannot be reached: this can be done once it is back'});
        }
    };
    addEventListener('click', event => hold(event, event.target.closest?.(CONTROLS)), {capture: true});
    addEventListener('submit', event => hold(event, event.target.closest(`form${ACTS}, ${ACTS} form`)
        ?? event.submitter?.closest(CONTROLS)), {capture: true});
}
