// The same task as a command line: for ollama-queue, and for curl. All functions are pure.

/** A word that begins with = is a command's path to zsh. */
const PLAIN = /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/;

/** A word as a POSIX shell reads it back. */
export function quote(word) {
    return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * The command that submits the task.
 *
 * @param task   as submission.js builds it
 * @param values of the form: a time that is counted from now stays so
 * @param server null if it is where the client looks anyway
 */
export function command(task, values, server) {
    const program = ['ollama-queue', ...server ? ['--server', server] : []];
    const said = [task.prompt ?? task.input ?? task.messages ?? []].flat();
    if (said.includes('-') || said.length === 0 && task.payload) {
        // submit would read stdin
        return [['printf', '%s', JSON.stringify(task)], [...program, 'batch', '--file', '-']]
            .map(words => words.map(quote).join(' ')).join(' | ');
    }
    const words = [...program, 'submit', task.type];
    const add = (flag, value) => {
        if (value === undefined || value === '') {
            return;
        }
        const word = typeof value === 'string' ? value : JSON.stringify(value);
        // what begins with a dash would be another flag
        words.push(...word.startsWith('-') ? [`--${flag}=${word}`] : [`--${flag}`, word]);
    };
    add('model', task.model);
    add('system', task.system);
    for (const message of spoken(task.messages ?? [])) {
        add('messages', message);
    }
    add('prompt', task.prompt);
    [task.input ?? []].flat().forEach(input => add('input', input));
    pairs(task.options).forEach(pair => add('option', pair));
    add('format', task.format);
    if (task.think !== undefined) {
        // its value is optional, so it stands behind =
        words.push(`--think=${task.think}`);
    }
    add('keep-alive', task.keep_alive);
    pairs(task.payload).forEach(pair => add('field', pair));
    add('priority', task.priority);
    if (values.when === 'in') {
        add('in', values.in.trim());
    } else {
        add('at', task.scheduled_at);
    }
    add('window', task.window);
    add('by', task.finish_by);
    add('expires-in', values.expires_in.trim());
    add('task-timeout', task.timeout);
    add('max-retries', task.max_retries);
    add('on', task.on);
    if (task.wait_for_model) {
        words.push('--wait-for-model');
    }
    add('metadata', task.metadata);
    return words.map(quote).join(' ');
}

/** The request that submits the task; without the token, which belongs in nobody's history. */
export function curl(task, server, token) {
    const words = ['curl', '-sS', `${server}/api/tasks`, '-H', 'Content-Type: application/json'];
    const secret = token ? ' -H "Authorization: Bearer $OLLAMA_QUEUE_TOKEN"' : '';
    return `${words.map(quote).join(' ')}${secret} -d ${quote(JSON.stringify(task))}`;
}

/** The client drops blanks after the colon, so a text that begins with one goes as JSON. */
function spoken(messages) {
    return messages.some(({role, content}) => /^\s/.test(content) || !/^(user|assistant|system|tool)$/.test(role))
        ? [JSON.stringify(messages)] : messages.map(({role, content}) => `${role}:${content}`);
}

/** A text that the client would take for JSON, or for the name of a file, goes as JSON. */
function pairs(object) {
    return Object.entries(object ?? {}).map(([name, value]) => `${name}=${
        typeof value === 'string' && !value.startsWith('@') && !isJson(value) ? value : JSON.stringify(value)}`);
}

function isJson(text) {
    try {
        JSON.parse(text);
        return true;
    } catch {
        return false;
    }
}
