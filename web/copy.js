// The clipboard.

import {h, text} from './dom.js';

/** Copies a text, and shows that on the button for a moment. */
export async function copy(control, value) {
    // if it is pressed again, its text has already changed
    const was = control.dataset.says ??= control.textContent;
    try {
        await navigator.clipboard.writeText(value);
        text(control, 'Copied');
    } catch {
        // without HTTPS there is only the old clipboard
        const field = h('textarea', {class: 'visually-hidden'});
        field.value = value;
        document.body.append(field);
        field.select();
        text(control, document.execCommand('copy') ? 'Copied' : 'Not allowed');
        field.remove();
        control.focus();
    }
    setTimeout(() => text(control, was), 1_500);
}
