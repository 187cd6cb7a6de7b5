// What a person is typing survives leaving the view, a reload and a restart of the server: it is kept for the tab.

/**
 * Fills a form with what was kept under a name, and keeps it from now on. The fields are known by their names.
 *
 * @return a function that forgets it and resets the form, for when it was sent
 */
export function keep(name, form) {
    const key = `ollama-queue.draft.${name}`;
    const kept = JSON.parse(sessionStorage.getItem(key) ?? '{}');
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
    const write = () => sessionStorage.setItem(key, JSON.stringify(values(form)));
    form.addEventListener('input', write);
    form.addEventListener('change', write);
    return () => {
        sessionStorage.removeItem(key);
        form.reset();
    };
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
