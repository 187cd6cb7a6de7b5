// The coming 24 hours of a cron task: a mark for each due time.

import {h, s} from './dom.js';
import {hourMinute} from './axis.js';

const HOURS = 24;
const HOUR_MS = 3_600_000;
const WIDTH = 1_440;
const HEIGHT = 18;
/** Marks closer than this would overlap; they are drawn as a band. */
const DENSE_MS = 10 * 60_000;

/** Strips begin with the current hour, so that the hours keep their positions. */
export function stripStart(now) {
    return Math.floor(now / HOUR_MS) * HOUR_MS;
}

/** The number of due times requested; more would be a band anyway. */
export const DUE_MAX = 500;

/**
 * @param times the due times in milliseconds, in order
 * @param words the strip's text for screen readers
 */
export function strip(start, now, times, words) {
    const end = start + HOURS * HOUR_MS;
    const due = times.filter(time => time < end);
    const x = time => Math.round((time - start) / (end - start) * WIDTH * 10) / 10;
    const groups = grouped(due);
    if (times.length === DUE_MAX && groups.length > 0 && times.at(-1) < end) {
        // if not all were requested, they continue
        groups.at(-1).push(end);
    }
    return s('svg', {
        class: 'strip', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img',
        'aria-label': words,
    },
    s('rect', {class: 'track', x: x(now), y: 0, width: WIDTH - x(now), height: HEIGHT}),
    s('path', {class: 'hour', d: [0, 1, 2, 3, 4].map(index => `M${index * WIDTH / 4} 0V${HEIGHT}`).join('')}),
    groups.filter(group => group.length > 2).map(group =>
        s('rect', {class: 'dense', x: x(group[0]), y: 4, width: x(group.at(-1)) - x(group[0]), height: HEIGHT - 8})),
    s('path', {class: 'due', d: groups.filter(group => group.length < 3).flat()
        .map(time => `M${x(time)} 2V${HEIGHT - 2}`).join('')}));
}

/** Groups times that are close to each other. */
function grouped(times) {
    const groups = [];
    times.forEach((time, index) => {
        if (index > 0 && time - times[index - 1] < DENSE_MS) {
            groups.at(-1).push(time);
        } else {
            groups.push([time]);
        }
    });
    return groups;
}

/** The hours over the strips. */
export function stripHours(start) {
    return h('div', {class: 'strip-hours', 'aria-hidden': 'true'}, [0, 6, 12, 18, 24].map(hours =>
        h('span', {}, hourMinute(start + hours * HOUR_MS))));
}
