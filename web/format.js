// Formats times, durations, sizes and numbers. All functions are pure, except that times depend on `times`; `now` is in
// milliseconds.

/** How times are shown: mode 'relative', 'local' or 'utc'. The user's choice, see chrome.js. */
export const times = {mode: 'relative'};

/** The number of characters of one text that are shown. */
export const SHOWN_MAX = 1_000_000;

const STEPS = [[86_400_000, 'd'], [3_600_000, 'h'], [60_000, 'm'], [1_000, 's']];

/** A duration in at most two units: 850 ms, 1.4 s, 2m 5s, 3h 20m. */
export function duration(ms) {
    if (ms < 1_000) {
        return `${Math.round(ms)} ms`;
    }
    if (ms < 9_950) {
        return `${(ms / 1_000).toFixed(1)} s`;
    }
    return coarse(Math.round(ms / 1_000) * 1_000);
}

/** A duration in whole seconds or more: 0s, 12s, 3m 5s. */
export function seconds(ms) {
    return ms < 1_000 ? '0s' : coarse(ms);
}

/** If the upper bound is this many times the lower, only the upper one is shown. */
const WIDE = 4;

/** The time until an event, by an estimate {low, high} in seconds: any moment, within 7s, in about 2m, in 3m to 8m. */
export function within({low, high}) {
    if (high < 1) {
        return 'any moment';
    }
    const [from, to] = [rough(low * 1_000, Math.floor), rough(high * 1_000, Math.ceil)];
    return from < 1_000 || to > WIDE * from ? `within ${coarse(to)}`
        : from === to ? `in about ${coarse(to)}` : `in ${coarse(from)} to ${coarse(to)}`;
}

/** Rounds to the precision of an estimate: seconds, tens of seconds from a minute on, minutes from ten on. */
function rough(ms, round) {
    const step = ms < 60_000 ? 1_000 : ms < 600_000 ? 10_000 : 60_000;
    return round(ms / step) * step;
}

/** How long ago, or until when: now, 12s ago, 3m ago, in 2h; or the time itself. */
export function ago(time, now) {
    if (times.mode !== 'relative') {
        return moment(time, now);
    }
    const ms = now - Date.parse(time);
    if (Math.abs(ms) < 1_000) {
        return 'now';
    }
    const text = coarse(Math.abs(ms), 1);
    return ms > 0 ? `${text} ago` : `in ${text}`;
}

/** For a column with the name `named('Created')`: the age, or the time. */
export function old(time, now) {
    return times.mode === 'relative' ? age(time, now) : moment(time, now);
}

/** The name of a column of times, with the zone if they have one. */
export function named(name) {
    return times.mode === 'relative' ? name : `${name} · ${zoneName()}`;
}

/** The zone of exact times. */
export function zoneName() {
    return exact(0).split(' ').at(-1);
}

/** The time of day, with the date if it is not today: 14:03:22, 11-28 14:03. */
function moment(time, now) {
    const [day, clock] = exact(time).split(' ');
    return day === exact(now).split(' ')[0] ? clock : `${day.slice(5)} ${clock.slice(0, 5)}`;
}

/** Formats by zone, kept because creating one is slow. */
const EXACT = new Map();

/** The same as ago without words, for narrow columns: 12s, 3m, −2h for future times. */
export function age(time, now) {
    const ms = now - Date.parse(time);
    return Math.abs(ms) < 1_000 ? 'now' : (ms < 0 ? '−' : '') + coarse(Math.abs(ms), 1);
}

/** The exact time, to the second, with its zone. */
export function exact(time) {
    const utc = times.mode === 'utc';
    if (!EXACT.has(utc)) {
        EXACT.set(utc, new Intl.DateTimeFormat('sv-SE', {
            year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
            timeZoneName: 'short', ...zone(),
        }));
    }
    return time == null ? '' : EXACT.get(utc).format(new Date(time));
}

/** The time of day with milliseconds, if the day is clear. */
export function clock(time) {
    return new Date(time).toLocaleTimeString('sv-SE', {
        hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, ...zone(),
    });
}

/** The options of formats for the chosen zone. */
export function zone() {
    return times.mode === 'utc' ? {timeZone: 'UTC'} : {};
}

/** A duration like a stopwatch's: 0:09, 12:05, 1:02:05. */
export function clockTime(ms) {
    const all = Math.floor(ms / 1_000);
    const two = value => String(value).padStart(2, '0');
    const [hours, minutes] = [Math.floor(all / 3_600), Math.floor(all / 60) % 60];
    return hours ? `${hours}:${two(minutes)}:${two(all % 60)}` : `${minutes}:${two(all % 60)}`;
}

/** A size in bytes: 6.1 GB, 512 kB. */
export function size(bytes) {
    const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
    const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
    const value = bytes / 1_000 ** power;
    return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}

/** The time of day, to the second. */
export function clockOfDay(time) {
    return new Date(time).toLocaleTimeString('sv-SE', {hour: '2-digit', minute: '2-digit', second: '2-digit'});
}

/** A number with separators: 12,345. */
export function number(value) {
    return Number(value).toLocaleString('en');
}

/** Cuts a text to a length that a page can handle. */
export function clip(value) {
    return value.length <= SHOWN_MAX ? value
        : `${value.slice(0, SHOWN_MAX)}\n… ${number(value.length - SHOWN_MAX)} more characters`;
}

/** Characters that control how a text is shown, except line ends and tabs: the same as shared.Controls in Java. */
const STEERING = new RegExp('[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f'
    + '\\u202a-\\u202e\\u2066-\\u2069]|\\r(?!\\n|$)', 'g');

/** Replaces control characters in a text by their JSON escapes, such as \u202e. */
export function plain(value) {
    return String(value).replace(STEERING, mark => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A text of the server, with its times in the format of the page. */
export function timed(value) {
    return value?.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z/g, time => exact(time));
}

/** A count with its noun: 1 task, 2 tasks. */
export function count(value, noun) {
    return `${number(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** The form that agrees with a number: is(1, 'waits', 'wait'). */
export function is(value, one, many) {
    return value === 1 ? one : many;
}

const PRIORITIES = {1: 'low', 5: 'normal', 10: 'high', 15: 'critical'};

/** The name of a priority, or its number. */
export function priority(value) {
    return PRIORITIES[value] ?? String(value);
}

function coarse(ms, units = 2) {
    const parts = [];
    let rest = ms;
    for (const [step, unit] of STEPS) {
        if ((rest >= step || parts.length) && parts.length < units) {
            parts.push(Math.floor(rest / step) + unit);
            rest %= step;
        }
    }
    return parts.filter((part, i) => i === 0 || !part.startsWith('0')).join(' ');
}
