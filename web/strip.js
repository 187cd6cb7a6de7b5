// The coming 24 hours of a cron task: a mark for each due time.

import {h, s} from './dom.js';
import {hourMinute} from './axis.js';

const HOURS = 24;
const HOUR_MS = 3_600_000;
const WIDTH = 1_440;
const HEIGHT = 18;
/** Marks closer than this are drawn as a band. */
const DENSE_MS = 4 * 60_000;

/** The strips begin with the running hour, so that the hours stand where they did a moment ago. */
export function stripStart(now) {
    return Math.floor(now / HOUR_MS) * HOUR_MS;
}

/** How many due times are asked for; more than these are a band anyway. */
export const DUE_MAX = 500;

/**
 * @param times the due times in milliseconds, in order
 * @param words what the strip says to those who do not see it
 */
export function strip(start, now, times, words) {
    const end = start + HOURS * HOUR_MS;
    const due = times.filter(time => time < end);
    const x = time => Math.round((time - start) / (end - start) * WIDTH * 10) / 10;
    const dense = due.length > 2 && (due.at(-1) - due[0]) / (due.length - 1) < DENSE_MS;
    // where not all were asked for, they go on
    const until = times.length === DUE_MAX && times.at(-1) < end && dense ? end : due.at(-1);
    return s('svg', {
        class: 'strip', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img',
        'aria-label': words,
    },
    s('rect', {class: 'track', x: x(now), y: 0, width: WIDTH - x(now), height: HEIGHT}),
    s('path', {class: 'hour', d: [0, 1, 2, 3, 4].map(index => `M${index * WIDTH / 4} 0V${HEIGHT}`).join('')}),
    dense ? s('rect', {class: 'dense', x: x(due[0]), y: 4, width: x(until) - x(due[0]), height: HEIGHT - 8})
        : s('path', {class: 'due', d: due.map(time => `M${x(time)} 2V${HEIGHT - 2}`).join('')}));
}

/** The hours over the strips. */
export function stripHours(start) {
    return h('div', {class: 'strip-hours', 'aria-hidden': 'true'}, [0, 6, 12, 18, 24].map(hours =>
        h('span', {}, hourMinute(start + hours * HOUR_MS))));
}
