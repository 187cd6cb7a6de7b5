// A chart of what a host did in the last minutes.

import {h, s} from './dom.js';
import {duration} from './format.js';

const LANE_PX = 24;

/** The last minutes, a column for each part: answering, with loading on top. */
export function drawnLane({name, lane: {part_seconds: part, loading, answering}}) {
    const height = seconds => Math.round(seconds / part * LANE_PX * 10) / 10;
    const column = (index, from, to) => to > 0 ? `M${index} ${LANE_PX - from}v${-to}h1v${to}z` : '';
    const minutes = Math.round(loading.length * part / 60);
    const sum = all => duration(all.reduce((total, each) => total + each, 0) * 1e3);
    return h('figure', {class: 'lane'},
        s('svg', {viewBox: `0 0 ${loading.length} ${LANE_PX}`, preserveAspectRatio: 'none', role: 'img', 'aria-label':
            `${name} in the last ${minutes} minutes: ${sum(loading)} loading, ${sum(answering)} answering`},
        s('path', {class: 'answering', d: answering.map((each, index) => column(index, 0, height(each))).join('')}),
        s('path', {class: 'loading', d: loading.map((each, index) =>
            column(index, height(answering[index]), height(each))).join('')})),
        h('figcaption', {}, h('span', {}, `${minutes} min`), h('span', {class: 'loads'}, 'loading'),
            h('span', {class: 'answers'}, 'answering'), h('span', {}, 'now')));
}
