// Keeps what a user types when the view is left, the page reloaded or the server restarted: it is stored for the tab.

const KEY = 'ollama-queue.draft.';
/** Texts too large for the browser's storage, by name; a reload loses them. */
const large = new Map();

/**
 * Fills a form with the texts kept under a name, and keeps them from now on. Fields are identified by their names.
 *
 * @return a function for when the form was sent: it drops the texts, resets the form and stops keeping
 */
export function keep(name, form) {
    const kept = read(name);
    for (const field of fields(form)) {
        if (!(field.name in kept)) {
            continue;
        }
        if (field.type === 'checkbox') {
            field.checked = kept[field.name];
        } else if (field.type === 'radio') {
            field.checked = field.value === kept[field.name];
        } else {
            field.value = kept[field.name];
        }
    }
    const again = () => write(name, values(form));
    const stop = new AbortController();
    form.addEventListener('input', again, stop);
    form.addEventListener('change', again, stop);
    return () => {
        // a field that loses the focus when the view is left also fires a change
        stop.abort();
        large.delete(name);
        sessionStorage.removeItem(KEY + name);
        form.reset();
    };
}

/** Returns what is kept under a name; empty if nothing is. */
export function read(name) {
    return JSON.parse(large.get(name) ?? sessionStorage.getItem(KEY + name) ?? '{}');
}

export function write(name, draft) {
    const text = JSON.stringify(draft);
    large.delete(name);
    try {
        sessionStorage.setItem(KEY + name, text);
    } catch {
        large.set(name, text);
        // the stored text is not the last one typed
        sessionStorage.removeItem(KEY + name);
    }
}

/** Returns the values of a form's fields by name: texts, and true or false for checkboxes. */
export function values(form) {
    const all = {};
    for (const field of fields(form)) {
        if (field.type === 'checkbox') {
            all[field.name] = field.checked;
        } else if (field.type !== 'radio' || field.checked) {
            all[field.name] = field.value;
        }
    }
    return all;
}

function fields(form) {
    return [...form.elements].filter(field => field.name && field.type !== 'password');
}
