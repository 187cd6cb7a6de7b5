// The view Backends.

import {h, put} from './dom.js';

export default {
    title: 'Backends',
    mount(root) {
        put(root, h('h1', {}, 'Backends'));
    },
};
