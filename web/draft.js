// What a person is typing survives leaving the view, a reload and a restart of the server: it is kept for the tab.

const KEY = 'ollama-queue.draft.';
/** What is larger than a browser keeps, by its name: a reload forgets it. */
const large = new Map();

/**
 * Fills a form with what was kept under a name, and keeps it from now on. The fields are known by their names.
 *
 * @return a function that forgets it, resets the form and keeps nothing more, for when it was sent
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
        // a field that loses the focus as the view goes tells of a change too
        stop.abort();
        large.delete(name);
        sessionStorage.removeItem(KEY + name);
        form.reset();
    };
}

/** What is kept under a name; empty if nothing is. */
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
        // what stood there is not what was typed last
        sessionStorage.removeItem(KEY + name);
    }
}

/** The values of a form's fields by their names: texts, and true or false for checkboxes. */
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
