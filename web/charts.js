// The view Charts.

import {h, put} from './dom.js';

export default {
    title: 'Charts',
    mount(root) {
        put(root, h('h1', {}, 'Charts'));
    },
};
