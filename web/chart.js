// One chart over time: lines with axes, and a readout of one moment, which mouse, finger and arrow keys move.

import {attribute, h, put, s} from './dom.js';
import {hourMinute, timeTicks} from './axis.js';

const HEIGHT = 150;
const TOP = 8;
const BOTTOM = 20;
const LEFT = 52;
const RIGHT = 8;
const TICK_PX = 64;
const LABEL_PX = 36;
const MINUTE_MS = 60_000;

/**
 * A chart in a panel of its own.
 *
 * lines: [{name, value(bucket), class}]; the value is null if there is none; filled if `area`, drawn as stems if
 * `stems`. whole: the running minute is omitted, because it cannot be compared yet. says: describes the values, if that
 * is needed. ticks(max): the values marked on the vertical axis. label(value): their labels; format(value): a value in
 * the readout. move(index): called when the user points at another bucket; null for none.
 */
export class Chart {
    #definition;
    #svg = s('svg', {class: 'chart', tabindex: '0', role: 'slider'});
    #cross = s('path', {class: 'cross'});
    #readout = h('p', {class: 'readout'});
    #data = null;
    #width = 0;
    #at = null;

    constructor(definition) {
        this.#definition = definition;
        const title = h('h2', {id: `chart-${definition.id}`}, definition.title);
        attribute(this.#svg, 'aria-labelledby', title.id);
        this.element = h('section', {class: 'panel', 'data-chart': definition.id},
            h('header', {}, title, this.#readout),
            definition.says && h('p', {class: 'hint'}, definition.says), this.#svg);
        this.#svg.addEventListener('pointermove', event => this.#point(event));
        this.#svg.addEventListener('pointerleave', () => definition.move(null));
        this.#svg.addEventListener('blur', () => definition.move(null));
        this.#svg.addEventListener('keydown', event => this.#key(event));
        new ResizeObserver(() => this.#draw()).observe(this.#svg);
    }

    /** Draws data: {buckets, from, to, since}, times in milliseconds; a bucket's time is its `time`. */
    show(data) {
        // the figures of the running minute cannot be compared with those of complete minutes
        const buckets = this.#definition.whole ? data.buckets.slice(0, -1) : data.buckets;
        this.#data = {...data, buckets};
        this.#draw();
    }

    /** Shows the values of a bucket; null for the last one. */
    read(index) {
        this.#at = index;
        const {buckets} = this.#data;
        const last = buckets.length - 1;
        const bucket = buckets[Math.min(index ?? last, last)];
        if (!bucket) {
            put(this.#readout);
            attribute(this.#svg, 'aria-valuenow', 0);
            attribute(this.#svg, 'aria-valuetext', 'nothing yet');
            return;
        }
        const {lines, format} = this.#definition;
        const values = lines.map(line => [line, line.value(bucket)]);
        put(this.#readout, h('span', {}, this.#isNow(bucket) ? 'now' : hourMinute(bucket.time)),
            values.map(([line, value]) => h('span', {},
                h('i', {class: `key ${line.class ?? ''}`, 'aria-hidden': 'true'}), `${line.name} `,
                h('b', {}, value === null ? '–' : format(value)))));
        attribute(this.#svg, 'aria-valuemax', last);
        attribute(this.#svg, 'aria-valuemin', 0);
        attribute(this.#svg, 'aria-valuenow', Math.min(index ?? last, last));
        attribute(this.#svg, 'aria-valuetext', `${hourMinute(bucket.time)}: ` + values.map(([line, value]) =>
            `${line.name} ${value === null ? 'none' : format(value)}`).join(', '));
        const x = this.#x(bucket.time);
        attribute(this.#cross, 'd', index === null ? '' : `M${x} ${TOP}V${HEIGHT - BOTTOM}`);
    }

    /** Whether a bucket is the running minute; false if a point covers several minutes. */
    #isNow(bucket) {
        return this.#at === null && !this.#definition.whole && this.#data.to - bucket.time < MINUTE_MS;
    }

    #draw() {
        this.#width = this.#svg.clientWidth;
        if (!this.#data || this.#width === 0) {
            return;
        }
        attribute(this.#svg, 'viewBox', `0 0 ${this.#width} ${HEIGHT}`);
        const {lines, ticks, format, label = format} = this.#definition;
        const {buckets} = this.#data;
        const marks = ticks(Math.max(0, ...lines.flatMap(line => buckets.map(bucket => line.value(bucket) ?? 0))));
        const y = value => HEIGHT - BOTTOM - value / marks.at(-1) * (HEIGHT - TOP - BOTTOM);
        put(this.#svg, this.#record(), this.#marks(), this.#times(), marks.map(mark => [
            s('path', {class: mark === 0 ? 'axis' : 'grid', d: `M${LEFT} ${round(y(mark))}H${this.#width - RIGHT}`}),
            s('text', {x: LEFT - 6, y: round(y(mark)) + 4, 'text-anchor': 'end'}, label(mark)),
        ]), lines.filter(line => line.area).map(line => this.#area(line, y)),
            lines.toReversed().map(line => this.#line(line, y)), this.#cross);
        this.read(this.#at !== null && this.#at < buckets.length ? this.#at : null);
    }

    /** Marks the time before the record begins, which differs from a time in which nothing happened. */
    #record() {
        const {from, since} = this.#data;
        if (since <= from) {
            return [];
        }
        const x = this.#x(since);
        const words = 'history starts here';
        const room = x - LEFT > words.length * 7 + 8;
        return [
            s('rect', {class: 'unrecorded', x: LEFT, y: TOP, width: round(x - LEFT), height: HEIGHT - TOP - BOTTOM}),
            s('path', {class: 'begin', d: `M${x} ${TOP}V${HEIGHT - BOTTOM}`}),
            room && s('text', {x: x - 6, y: TOP + 12, 'text-anchor': 'end'}, words),
        ];
    }

    /** Marks restarts, and periods in which the queue was paused or drained. */
    #marks() {
        const {from, to, marks = []} = this.#data;
        return marks.map(({kind, at, until}) => {
            const begin = Math.max(from, Date.parse(at));
            const end = until === null ? to : Math.min(to, Date.parse(until));
            const title = s('title', {}, kind === 'restart' ? `the server started at ${hourMinute(begin)}`
                : `${kind} from ${hourMinute(begin)}${until === null ? ' on' : ` to ${hourMinute(end)}`}`);
            return kind === 'restart'
                ? s('path', {class: 'restart', d: `M${this.#x(begin)} ${TOP}V${HEIGHT - BOTTOM}`}, title)
                : s('rect', {class: 'paused', x: this.#x(begin), y: TOP, height: HEIGHT - TOP - BOTTOM,
                    width: Math.max(1, round(this.#x(end) - this.#x(begin)))}, title);
        });
    }

    #times() {
        const {from, to} = this.#data;
        return timeTicks(from, to, (this.#width - LEFT - RIGHT) / TICK_PX).map(time => [
            s('path', {class: 'axis', d: `M${this.#x(time)} ${HEIGHT - BOTTOM}v4`}),
            // at the edge there is no room for the second half of the label
            this.#width - this.#x(time) > LABEL_PX / 2
                ? s('text', {x: this.#x(time), y: HEIGHT - 4, 'text-anchor': 'middle'}, hourMinute(time))
                : s('text', {x: this.#width - 1, y: HEIGHT - 4, 'text-anchor': 'end'}, hourMinute(time)),
        ]);
    }

    /**
     * Draws a line: neighbouring values are joined; a single value is a dot, because a line across a gap would be
     * invented.
     */
    #line(line, y) {
        if (line.stems) {
            return s('path', {class: `line stems ${line.class ?? ''}`, d: this.#data.buckets
                .filter(bucket => line.value(bucket) > 0)
                .map(bucket => `M${this.#x(bucket.time)} ${HEIGHT - BOTTOM}V${round(y(line.value(bucket)))}`)
                .join('')});
        }
        const runs = this.#runs(line, y);
        const joined = runs.filter(run => run.length > 1);
        const dots = runs.filter(run => run.length === 1);
        return [
            s('path', {class: `line ${line.class ?? ''}`, d: path(joined)}),
            dots.length > 0 && s('path', {class: `line dots ${line.class ?? ''}`, d: dots.map(([point]) =>
                `M${point.join(' ')}h0.01`).join('')}),
        ];
    }

    #area(line, y) {
        const base = HEIGHT - BOTTOM;
        return s('path', {class: 'area', d: this.#runs(line, y).filter(run => run.length > 1).map(run =>
            `${path([run])}L${run.at(-1)[0]} ${base}L${run[0][0]} ${base}Z`).join('')});
    }

    /** Returns the points of a line, grouped by runs of neighbouring buckets. */
    #runs(line, y) {
        const runs = [];
        let open = null;
        for (const bucket of this.#data.buckets) {
            const value = line.value(bucket);
            if (value === null) {
                open = null;
            } else {
                const point = [this.#x(bucket.time), round(y(value))];
                if (open) {
                    open.push(point);
                } else {
                    runs.push(open = [point]);
                }
            }
        }
        return runs;
    }

    #x(time) {
        const {from, to} = this.#data;
        // the first minute may have begun before the window
        return round(LEFT + Math.max(0, time - from) / (to - from) * (this.#width - LEFT - RIGHT));
    }

    #point(event) {
        if (this.#data) {
            const x = event.clientX - this.#svg.getBoundingClientRect().left;
            const {buckets} = this.#data;
            const near = buckets.reduce((best, bucket, index) =>
                Math.abs(this.#x(bucket.time) - x) < Math.abs(this.#x(buckets[best].time) - x) ? index : best, 0);
            this.#definition.move(buckets.length ? near : null);
        }
    }

    #key(event) {
        const last = (this.#data?.buckets.length ?? 0) - 1;
        const now = this.#at ?? last;
        const next = {
            ArrowLeft: now - 1, ArrowRight: now + 1, PageUp: now - 10, PageDown: now + 10, Home: 0, End: last,
        }[event.key];
        if (next !== undefined && last >= 0) {
            event.preventDefault();
            this.#definition.move(Math.min(last, Math.max(0, next)));
        }
    }
}

/** Returns the path through runs of points. */
function path(runs) {
    return runs.map(run => `M${run.map(point => point.join(' ')).join('L')}`).join('');
}

function round(value) {
    return Math.round(value * 10) / 10;
}
