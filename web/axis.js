// The positions of the ticks of an axis. All functions are pure.

import {duration, zone} from './format.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const LENGTHS = [1, 2, 5, 10, 20, 50, 100, 200, 500, SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 20 * SECOND,
    30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR,
    6 * HOUR, 12 * HOUR, 24 * HOUR, 48 * HOUR, 120 * HOUR, 240 * HOUR, 480 * HOUR];

/** Returns round values from 0 to at least `max`, at most four of them above 0. */
export function numberTicks(max) {
    const rough = Math.max(max, 1) / 4;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = Math.max(1, [1, 2, 5, 10].map(factor => factor * power).find(value => value >= rough));
    return ticks(step, max);
}

/** Returns the same for durations in milliseconds. */
export function lengthTicks(max) {
    return ticks(LENGTHS.find(length => length * 4 >= max) ?? LENGTHS.at(-1), max);
}

/** Returns a duration's label at the axis. */
export function lengthLabel(ms) {
    return ms === 0 ? '0' : duration(ms).replace('.0 s', 's');
}

function ticks(step, max) {
    const count = Math.max(1, Math.ceil(max / step));
    return Array.from({length: count + 1}, (_, index) => index * step);
}

/**
 * Returns round local times between two moments, in milliseconds: at most `most`, at steps that people would choose.
 * Steps of hours follow the local clock, even on the day of a time change.
 */
export function timeTicks(from, to, most) {
    const steps = [MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 20 * MINUTE, 30 * MINUTE,
        HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR,
        12 * HOUR];
    const step = steps.find(length => (to - from) / length <= most) ?? 24 * HOUR;
    const all = [];
    const at = new Date(from);
    at.setMinutes(0, 0, 0);
    at.setHours(at.getHours() - at.getHours() % Math.max(1, step / HOUR));
    while (at.getTime() <= to) {
        if (at.getTime() >= from) {
            all.push(at.getTime());
        }
        at.setMinutes(at.getMinutes() + step / MINUTE);
    }
    return all;
}

/** Returns a time such as 14:05, in local time or UTC. */
export function hourMinute(time) {
    return new Date(time).toLocaleTimeString('sv-SE', {hour: '2-digit', minute: '2-digit', ...zone()});
}
