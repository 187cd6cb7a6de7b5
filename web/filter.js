// The filter and order of the task list: in the address, in requests, and for deciding whether a task belongs in the
// list. All functions are pure.

export const SIZE = 100;

/** The columns by which the server sorts, and their default order. */
export const SORTS = {created_at: 'desc', priority: 'desc', duration: 'desc', status: 'asc', model: 'asc'};

const NAMES = ['status', 'type', 'model', 'priority', 'client', 'relayed', 'q', 'cron_id', 'cause', 'host', 'since',
    'until', 'ended_since', 'ended_until'];
/** The fields that are typed: the back button undoes all of the typing at once. */
export const TYPED = ['q', 'model', 'priority', 'client'];
/** The parameters that may have several values, separated by commas. */
const LISTS = ['status', 'type', 'model', 'priority', 'client', 'cron_id', 'cause', 'host'];
const PRIORITIES = {low: 1, normal: 5, high: 10, critical: 15};

/** Parses the address's query. */
export function parse(query) {
    const sort = Object.hasOwn(SORTS, query.get('sort')) ? query.get('sort') : 'created_at';
    const order = ['asc', 'desc'].includes(query.get('order')) ? query.get('order') : SORTS[sort];
    const page = Math.max(1, Math.floor(Number(query.get('page'))) || 1);
    return {...Object.fromEntries(NAMES.map(name => [name, query.get(name) ?? ''])), sort, order, page};
}

/** Returns the address's query, without defaults. */
export function format(filter) {
    const query = new URLSearchParams();
    for (const name of NAMES.filter(one => filter[one])) {
        query.set(name, filter[name]);
    }
    if (filter.sort !== 'created_at') {
        query.set('sort', filter.sort);
    }
    if (filter.order !== SORTS[filter.sort]) {
        query.set('order', filter.order);
    }
    if (filter.page > 1) {
        query.set('page', filter.page);
    }
    return query.size ? `?${query}` : '';
}

/**
 * Returns the query of GET /api/tasks.
 *
 * @param waits whether to request the states of pending tasks
 */
export function request({page, ...rest}, waits) {
    return {...rest, limit: SIZE, offset: (page - 1) * SIZE, waits: waits || ''};
}

/** Returns the conditions on tasks, for an action on all that match. */
export function choosing(filter) {
    return Object.fromEntries(NAMES.filter(name => filter[name]).map(name => [name, filter[name]]));
}

/** Returns the filter that matches all tasks. */
export function none() {
    return Object.fromEntries(NAMES.map(name => [name, '']));
}

export function isEmpty(filter) {
    return NAMES.every(name => !filter[name]);
}

/** Whether a task may belong in the list. Its prompt is not known here, so a text search is taken to match. */
export function matches(filter, task) {
    return within(filter.status, task.status) && within(filter.type, task.type) && within(filter.model, task.model)
        && within(filter.client, task.client) && (!filter.relayed || filter.relayed === String(task.relayed === true))
        && within(filter.host, task.executed_on) && (!filter.cause || task.status === 'failed')
        && (!filter.cron_id || split(filter.cron_id).includes(task.cron_id))
        && (!filter.priority || split(filter.priority).some(one => Number(PRIORITIES[one] ?? one) === task.priority));
}

/** Returns the active conditions: {name, value, without}; `without` is the change that removes it. */
export function chips(filter) {
    return NAMES.filter(name => filter[name]).flatMap(name =>
        (LISTS.includes(name) ? split(filter[name]) : [filter[name]]).map(value =>
            ({name, value, without: {[name]: LISTS.includes(name) ? toggle(filter[name], value) : ''}})));
}

/** Adds a name to a comma-separated list, or removes it. */
export function toggle(list, name) {
    const names = split(list);
    return (names.includes(name) ? names.filter(one => one !== name) : [...names, name]).join();
}

function within(list, value) {
    return !list || split(list).includes(value);
}

function split(list) {
    return list.split(',').map(one => one.trim()).filter(one => one);
}
