// Without a connection: what is shown is marked as old, and what would change something on the server says that it
// cannot. Such controls have data-needs, see rights.js, or data-acts.

/** A start of the server takes a moment. */
export const PATIENCE_MS = 1_500;

const ACTS = ':is([data-needs], [data-acts])';
const CONTROLS = `button${ACTS}, ${ACTS} button, input[type=checkbox]${ACTS}, ${ACTS} input[type=checkbox]`;
/** A form that keeps what was typed, and says itself that it could not be sent. */
const OWN = 'form.new-task';

/** @param complain tells a person, until the connection is back */
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
