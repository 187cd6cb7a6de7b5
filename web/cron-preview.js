// Shows the meaning of an expression while it is typed: in words, and its next five due times.

import {h, put} from './dom.js';
import {ago, exact} from './format.js';

const TYPING_MS = 200;
const COUNT = 5;

/** @return the element that shows it */
export function preview(form, cron, context, errors) {
    const words = h('p', {}, '…');
    const times = h('ol');
    const box = h('section', {class: 'preview', 'aria-live': 'polite', 'aria-label': 'Next runs'}, words, times);
    const at = form.elements;
    let asked = 0;
    let timer = 0;
    const clear = said => {
        put(words, h('span', {class: 'hint'}, said));
        put(times);
    };
    const load = async () => {
        const mine = ++asked;
        const expr = at.cron_expr.value.trim();
        if (!expr) {
            clear('The next five runs are shown here.');
            return;
        }
        const tz = at.timezone.value.trim();
        const unchanged = cron && expr === cron.cron_expr && tz === cron.timezone;
        try {
            const found = await context.api.get('/api/cron/preview',
                unchanged ? {id: cron.id, count: COUNT} : {expr, tz, count: COUNT}, context.signal);
            if (mine === asked) {
                show(found);
                errors.show('cron_expr', '');
                errors.show('timezone', '');
            }
        } catch (refused) {
            if (mine !== asked || refused.name === 'AbortError') {
                return;
            }
            const zone = refused.message.startsWith('tz ');
            const field = refused.status === 0 ? '' : zone ? 'timezone' : 'cron_expr';
            errors.show(field, zone ? refused.message.replace(/^tz /, 'This ') : refused.message);
            clear(refused.status === 0 ? refused.message : 'No upcoming runs.');
        }
    };
    const show = ({description, next, timezone}) => {
        const now = Date.now();
        put(words, description);
        put(times, next.map(time => h('li', {}, h('time', {datetime: time, title: exact(time)}, inZone(time, timezone)),
            h('span', {class: 'faint'}, ago(time, now)))));
    };
    form.addEventListener('input', event => {
        if (['cron_expr', 'timezone'].includes(event.target.name)) {
            clearTimeout(timer);
            timer = setTimeout(load, TYPING_MS);
        }
    });
    context.signal.addEventListener('abort', () => clearTimeout(timer));
    load();
    return box;
}

/** Returns a time in a zone, such as Mon 2026-11-23 09:00:00 CET. */
function inZone(time, timeZone) {
    const at = new Date(time);
    const parts = zone => [at.toLocaleDateString('en', {weekday: 'short', timeZone: zone}),
        at.toLocaleString('sv-SE', {timeZone: zone}),
        at.toLocaleTimeString('en', {timeZoneName: 'short', timeZone: zone}).split(' ').at(-1)].join(' ');
    try {
        return parts(timeZone);
    } catch {
        // the server knows this zone, but this browser does not
        return parts('UTC');
    }
}
