// What of the tasks is listed, and in which order: as it stands in the address, in the request and in the mind of who
// decides whether a task belongs in the list. All functions are pure.

export const SIZE = 100;

/** The columns that the server sorts by, and which order comes first. */
export const SORTS = {created_at: 'desc', priority: 'desc', duration: 'desc', status: 'asc', model: 'asc'};

const NAMES = ['status', 'type', 'model', 'priority', 'client', 'relayed', 'q', 'cron_id', 'cause', 'host', 'since',
    'until', 'ended_since', 'ended_until'];
/** What is typed: the back button takes all of it back at once. */
export const TYPED = ['q', 'model', 'priority', 'client'];
/** What may have several values, with a comma between. */
const LISTS = ['status', 'type', 'model', 'priority', 'client', 'cron_id', 'cause', 'host'];
const PRIORITIES = {low: 1, normal: 5, high: 10, critical: 15};

/** From the address's query. */
export function parse(query) {
    const sort = Object.hasOwn(SORTS, query.get('sort')) ? query.get('sort') : 'created_at';
    const order = ['asc', 'desc'].includes(query.get('order')) ? query.get('order') : SORTS[sort];
    const page = Math.max(1, Math.floor(Number(query.get('page'))) || 1);
    return {...Object.fromEntries(NAMES.map(name => [name, query.get(name) ?? ''])), sort, order, page};
}

/** To the address's query, without what is so anyway. */
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
 * To the query of GET /api/tasks.
 *
 * @param waits whether it is to be told how pending tasks stand
 */
export function request({page, ...rest}, waits) {
    return {...rest, limit: SIZE, offset: (page - 1) * SIZE, waits: waits || ''};
}

/** What chooses tasks, for an action on all that match. */
export function choosing(filter) {
    return Object.fromEntries(NAMES.filter(name => filter[name]).map(name => [name, filter[name]]));
}

/** The filter that chooses all. */
export function none() {
    return Object.fromEntries(NAMES.map(name => [name, '']));
}

export function isEmpty(filter) {
    return NAMES.every(name => !filter[name]);
}

/** Whether a task may belong in the list; its prompt is not known here, so a text is taken to be in it. */
export function matches(filter, task) {
    return within(filter.status, task.status) && within(filter.type, task.type) && within(filter.model, task.model)
        && within(filter.client, task.client) && (!filter.relayed || filter.relayed === String(task.relayed === true))
        && within(filter.host, task.executed_on) && (!filter.cause || task.status === 'failed')
        && (!filter.cron_id || split(filter.cron_id).includes(task.cron_id))
        && (!filter.priority || split(filter.priority).some(one => Number(PRIORITIES[one] ?? one) === task.priority));
}

/** What is set, one by one: {name, value, without}, `without` the changes that take it out. */
export function chips(filter) {
    return NAMES.filter(name => filter[name]).flatMap(name =>
        (LISTS.includes(name) ? split(filter[name]) : [filter[name]]).map(value =>
            ({name, value, without: {[name]: LISTS.includes(name) ? toggle(filter[name], value) : ''}})));
}

/** Adds a name to a comma list, or takes it out. */
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
