// The view New task.

import {h, put} from './dom.js';

export default {
    title: 'New task',
    mount(root) {
        put(root, h('h1', {}, 'New task'));
    },
};
