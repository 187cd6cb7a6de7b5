// The same task as a command line: for ollama-queue, and for curl. All functions are pure.

/** A word that begins with = means a command's path in zsh, so it is not plain. */
const PLAIN = /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/;

/** Returns a word quoted for a POSIX shell. */
export function quote(word) {
    return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * The command that submits the task.
 *
 * @param task   as submission.js builds it
 * @param values of the form: a time that is relative to now stays so
 * @param server null if the client finds it by itself
 */
export function command(task, values, server) {
    const program = ['ollama-queue', ...server ? ['--server', server] : []];
    const said = [task.prompt ?? task.input ?? task.messages ?? []].flat();
    if (said.includes('-') || said.length === 0 && task.payload) {
        // otherwise submit would read stdin
        return [['printf', '%s', JSON.stringify(task)], [...program, 'batch', '--file', '-']]
            .map(words => words.map(quote).join(' ')).join(' | ');
    }
    const words = [...program, 'submit', task.type];
    const add = (flag, value) => {
        if (value === undefined || value === '') {
            return;
        }
        const word = typeof value === 'string' ? value : JSON.stringify(value);
        // a value that begins with a dash would be read as a flag
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
        // its value is optional, so it must follow a =
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

/** The request that submits the task, without the token, which must not be in a shell's history. */
export function curl(task, server, token) {
    const words = ['curl', '-sS', `${server}/api/tasks`, '-H', 'Content-Type: application/json'];
    const secret = token ? ' -H "Authorization: Bearer $OLLAMA_QUEUE_TOKEN"' : '';
    return `${words.map(quote).join(' ')}${secret} -d ${quote(JSON.stringify(task))}`;
}

/**
 * Returns messages for the client. It drops spaces after the colon, so a text that begins with one is passed as JSON.
 */
function spoken(messages) {
    return messages.some(({role, content}) => /^\s/.test(content) || !/^(user|assistant|system|tool)$/.test(role))
        ? [JSON.stringify(messages)] : messages.map(({role, content}) => `${role}:${content}`);
}

/** Returns pairs for the client. A text that it would read as JSON, or as a file name, is passed as JSON. */
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
