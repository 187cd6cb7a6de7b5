// A task that starts soon, as a row.

import {attribute, h, text} from './dom.js';
import {priority, within} from './format.js';
import {caller, preview} from './task.js';

/** @return {node, show(task)} */
export function upcoming(task) {
    const position = h('span', {class: 'position'});
    const when = h('span', {class: 'starts'});
    const link = h('a', {href: `#/tasks/${encodeURIComponent(task.id)}`, dir: 'auto'});
    const about = h('span', {class: 'lane-about'});
    return {node: h('li', {'data-id': task.id}, position, when, link, about), show: now => {
        text(position, now.position);
        text(when, now.starts_in ? within(now.starts_in) : '–');
        when.title = now.starts_in ? '' : 'not known: too few such tasks were measured';
        text(link, preview(now) || now.id);
        attribute(link, 'title', now.preview);
        text(about, [now.model, now.priority === 5 ? null : priority(now.priority), caller(now),
            now.host && `on ${now.host}`, now.loads && 'loads its model first'].filter(one => one).join(' · '));
        attribute(position, 'aria-label', `Place ${now.position}`);
    }};
}
