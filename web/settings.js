// The view Settings: the server's settings, read-only, and the use of its limits.

import {attribute, button, h, put, text} from './dom.js';
import {copy} from './copy.js';
import {exact, number, seconds, size} from './format.js';
import {refresh} from './refresh.js';

const FRESH_MS = 5_000;
const UNITS = {'': 1, k: 1e3, M: 1e6, G: 1e9, Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3, Ti: 1024 ** 4};

export default {
    async mount(root, context) {
        const rows = new Map();
        const body = h('tbody');
        const about = h('dl', {class: 'facts'});
        const search = h('input', {type: 'search', placeholder: 'Search settings', 'aria-label': 'Search settings',
            oninput: () => filter()});
        const none = h('p', {class: 'hint', hidden: true}, 'No setting has this in its name or description.');
        let last = null;
        const copyButton = button('Copy as YAML', () => last && copy(copyButton, yaml(last.settings)), {
            title: 'The settings that differ from the defaults, as a config.yaml'});
        const filter = () => {
            const wanted = search.value.trim().toLowerCase();
            let shown = 0;
            for (const row of rows.values()) {
                row.node.hidden = !row.node.textContent.toLowerCase().includes(wanted);
                shown += row.node.hidden ? 0 : 1;
            }
            none.hidden = shown > 0 || rows.size === 0;
        };
        put(root, h('div', {class: 'page settings-page'}, h('div', {class: 'toolbar'}, h('h1', {}, 'Settings'), search,
            copyButton), h('section', {class: 'panel', 'aria-label': 'The server'}, about),
        h('table', {class: 'settings'}, h('thead', {}, h('tr', {}, ['Setting', 'Value', 'From'].map(title =>
            h('th', {scope: 'col'}, title)))), body), none));
        const load = () => refresh(context, async () => {
            last = await context.api.get('/api/settings', null, context.signal);
            const status = context.status.value;
            put(about, [['version', status?.version], ['up for', status
                && `${seconds(Date.now() - Date.parse(status.started_at))}, since ${exact(status.started_at)}`],
            ['settings file', last.file ?? 'none: defaults, environment and flags'],
            ['shown by', 'ollama-queue-server config show; changed in the file, then SIGHUP or a restart']]
                .filter(([, value]) => value).map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]));
            for (const setting of inOrder(last.settings)) {
                if (!rows.has(setting.key)) {
                    rows.set(setting.key, row(setting));
                    body.append(rows.get(setting.key).node);
                }
                rows.get(setting.key).show(setting, last.used[setting.key]);
            }
            filter();
        });
        // it may be the page's first view
        await context.rights.learn().catch(() => {});
        if (context.signal.aborted) {
            return;
        }
        if (!context.rights.may('admin')) {
            put(root, h('div', {class: 'page'}, h('h1', {}, 'Settings'), h('p', {class: 'panel empty'},
                'Your token may not see the settings: that requires the scope admin.')));
            return;
        }
        context.every(FRESH_MS, load);
        context.status.on(() => last === null && load(), context.signal);
        context.live.watch(({mode}) => mode === 'offline' || last === null || load(), context.signal);
        await load();
    },
};

/** Sorts settings: changed ones first. */
function inOrder(settings) {
    return settings.toSorted((a, b) => (a.origin === 'default') - (b.origin === 'default'));
}

function row({key, says}) {
    const value = h('code');
    const used = h('p', {class: 'hint'});
    const meter = h('meter', {min: 0, max: 1, high: 0.9, 'aria-label': `Use of ${key}`, hidden: true});
    const from = h('td', {class: 'settings-from'});
    return {node: h('tr', {}, h('th', {scope: 'row'}, h('code', {}, key), h('p', {class: 'hint'}, says)),
        h('td', {}, value, meter, used), from), show: (setting, now) => {
        text(value, setting.value ?? '–');
        const usual = setting.origin !== 'default' && setting.default !== null && `default ${setting.default}`;
        text(from, [setting.origin, usual,
            setting.after_restart !== undefined && `${setting.after_restart ?? 'none'} after a restart`,
            setting.reload && 'a reload applies it'].filter(one => one).join(' · '));
        attribute(value, 'data-given', setting.origin !== 'default');
        const most = amount(setting.value);
        const bytes = key.endsWith('_bytes');
        text(used, now === undefined ? '' : `${bytes ? size(now) : number(now)} in use`);
        meter.hidden = now === undefined || !(most > 0);
        if (!meter.hidden) {
            meter.value = Math.min(1, now / most);
        }
    }};
}

/** Returns a count, or a size in bytes; NaN for a share of the memory. */
function amount(text) {
    const [, digits, unit] = /^(\d+(?:\.\d+)?) ?((?:[kMGT]i?|))B?$/.exec(text ?? '') ?? [];
    return digits === undefined ? NaN : Number(digits) * (UNITS[unit] ?? NaN);
}

/** Returns the given settings as they would be in a file; secrets appear as the server shows them. */
function yaml(settings) {
    const tree = {};
    for (const {key, value} of settings.filter(one => one.origin !== 'default' && one.value !== null)) {
        const names = key.replace(/\[(\d+)\]/g, '.$1').split('.');
        const leaf = names.pop();
        names.reduce((at, name) => at[name] ??= {}, tree)[leaf] = value;
    }
    return written(tree, '').join('\n') + '\n';
}

function written(tree, indent) {
    return Object.entries(tree).flatMap(([name, value]) => {
        const listed = /^\d+$/.test(name);
        if (typeof value !== 'object') {
            const plain = /^[\w./][\w./:%-]*$/.test(value) ? value : JSON.stringify(value);
            return [`${indent}${listed ? '-' : `${name}:`} ${plain}`];
        }
        const inner = written(value, `${indent}  `);
        return listed ? [`${indent}- ${inner[0].trimStart()}`, ...inner.slice(1)] : [`${indent}${name}:`, ...inner];
    });
}
