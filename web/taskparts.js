// The parts of a task's panel that show the request, and what is known about it.

import {attribute, button, h, put, text} from './dom.js';
import {clip, clock, count, duration, exact, number, priority, timed, within, zoneName} from './format.js';
import {copy} from './copy.js';
import {pretty} from './json.js';
import {asked, putBack, settings, short} from './task.js';
import {ruled} from './timeline.js';

/** The number of characters of a prompt that are shown at first. */
const BEGINNING = 20_000;
/** The part of a long text that is laid out at once, in characters. */
const CHUNK = 10_000;
const SUMMARY = 60;

/** The request, folded once the answer begins, unless the user has chosen otherwise. */
export class Asked {
    #chosen = false;
    #details = null;

    node = h('section', {class: 'asked'});

    draw(task) {
        if (this.#details) {
            return;
        }
        const all = asked(task.payload);
        const chars = all.reduce((sum, {text: said}) => sum + said.length, 0);
        const name = task.type === 'chat' ? 'Messages' : task.type === 'embed' ? 'Input' : 'Prompt';
        const first = all.findLast(({role}) => role === 'user')?.text ?? all.at(-1)?.text ?? '';
        const control = button('Copy', () => copy(control, all.length === 1 ? all[0].text
            : JSON.stringify(task.payload.messages ?? task.payload, null, 2)), {class: 'quiet'});
        this.#details = h('details', {}, h('summary', {onclick: () => {
            this.#chosen = true;
        }}, h('h2', {}, name), h('span', {class: 'hint'}, [all.length > 1 && count(all.length, 'part'),
            count(chars, 'character'), first.slice(0, SUMMARY).replace(/\s+/g, ' ')
                + (first.length > SUMMARY ? '…' : '')].filter(Boolean).join(' · '))),
        all.map(({role, text: said, images}) => h('div', {class: 'message', 'data-role': role},
            role && h('h3', {}, role), said && words(said, role ?? name),
            images > 0 && h('p', {class: 'hint'}, count(images, 'image')))), control);
        put(this.node, this.#details);
    }

    fold(folded) {
        if (!this.#chosen && this.#details) {
            this.#details.open = !folded;
        }
    }
}

/** The beginning of a long text, and all of it on request. */
function words(said, name) {
    const box = h('pre', {tabindex: 0, role: 'group', 'aria-label': name},
        said.length > BEGINNING ? `${said.slice(0, BEGINNING)}…` : said);
    const all = button(`Show all ${number(said.length)} characters`, () => {
        put(box, chunks(said).map(chunk => h('div', {class: 'chunk'}, chunk)));
        box.focus();
        all.remove();
    });
    return [box, said.length > BEGINNING && all];
}

/**
 * Returns a text in parts that a browser lays out one by one when they become visible; split at line ends if possible.
 */
function chunks(said) {
    const all = [];
    for (let at = 0; at < said.length;) {
        const line = said.lastIndexOf('\n', at + CHUNK);
        const end = at + CHUNK >= said.length ? said.length : line > at ? line + 1 : at + CHUNK;
        all.push(said.slice(at, end));
        at = end;
    }
    return all;
}

/** Shows the task's points in time. */
export function drawTimes(section, task) {
    const now = Date.now();
    const moment = (name, time) => time && [h('dt', {}, name), h('dd', {}, h('time', {
        datetime: time,
        title: `${duration(Math.abs(now - Date.parse(time)))} ${Date.parse(time) > now ? 'from now' : 'ago'}`,
    }, `${exact(time).slice(0, 10)} ${clock(time).replace(',', '.')}`))];
    put(section, h('header', {class: 'part'}, h('h2', {}, `Times · ${zoneName()}`)),
        h('dl', {class: 'facts'}, moment('created', task.created_at), moment('scheduled', task.scheduled_at),
            moment('due', task.due_at), moment('next attempt', task.retry_at), moment('started', task.started_at),
            moment(task.status, task.completed_at), moment('expires', task.expires_at),
            moment(task.late ? 'finish by (cannot be met)' : 'finish by', task.finish_by)));
}

/**
 * Shows what an unfinished task waits for and which tasks come before it; or why it began, and when it will be done.
 */
export function drawWhy(section, why) {
    const {load, ...rest} = why;
    const signature = JSON.stringify(rest);
    if (section.dataset.signature === signature) {
        return;
    }
    section.dataset.signature = signature;
    const open = section.querySelector('details')?.open;
    const facts = [
        ['waits for', timed(why.waits_for?.text)], ['position', why.position && number(why.position)],
        ['starts', why.starts_in && within(why.starts_in)], ['done', why.done_in && within(why.done_in)],
        ['host', why.position && why.host && `${why.host}${why.loads ? ', which has to load its model' : ''}`],
        [why.status === 'running' ? 'chosen because' : 'to be chosen because', why.rule],
        ['passed', why.passed && h('a', {href: `#/tasks/${why.passed}`}, short(why.passed))],
    ].filter(([, value]) => value);
    section.hidden = facts.length === 0;
    const before = h('details', {open}, h('summary', {}, 'Before it'), h('ol', {class: 'attempts'},
        why.before.map(({id, text: reason}) => h('li', {}, h('a', {href: `#/tasks/${id}`}, short(id)),
            ` · ${timed(reason)}`))));
    put(section, h('header', {class: 'part'}, h('h2', {}, why.status === 'running' ? 'Runs' : 'Waits')),
        h('dl', {class: 'facts'}, facts.map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])),
        why.before.length > 0 && before);
}

export function drawFacts(section, task) {
    const {result, metadata} = task;
    const seconds = (result?.eval_duration ?? 0) / 1e9;
    const facts = [
        ['model', task.model], ['type', task.type], ['priority', priority(task.priority)
            + (task.priority_asked === undefined ? '' : `, lowered from ${priority(task.priority_asked)}`)
            + (task.effective_priority === undefined ? '' : `, by now ${priority(task.effective_priority)}`)],
        ['window', task.window],
        ['client', task.client ?? (task.relayed && 'somebody')], [task.relayed ? 'called' : 'endpoint', task.endpoint],
        ['recorded', task.unrecorded && 'no: prompt and answer were not kept'],
        ['host', task.executed_on], ['wanted host', task.on], ['host because', ruled(task.rule)],
        ['cron', task.cron_name && `${task.cron_name}, run ${task.cron_run_count}`],
        ['retries', `${task.retry_count} of ${task.max_retries}${putBack(task) > 0
            ? ' since it was put back into the queue' : ''}`], ['timeout', task.timeout],
        ['tokens', result?.eval_count !== undefined && number(result.eval_count)
            + (seconds ? ` · ${(result.eval_count / seconds).toFixed(1)}/s` : '')],
        ['prompt tokens', result?.prompt_eval_count !== undefined && number(result.prompt_eval_count)],
        ...settings(task.payload),
        ['metadata', Object.keys(metadata).length > 0 && JSON.stringify(metadata)],
    ];
    put(section, h('header', {class: 'part'}, h('h2', {}, 'Details')), h('dl', {class: 'facts'},
        facts.filter(([, value]) => value).map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])));
}

/** Shows the raw JSON, created only when it is opened, because an embedding has thousands of numbers. */
export function drawRaw(section, source) {
    const open = section.firstChild?.open;
    const copyButton = button('Copy', () => copy(copyButton, pretty(source)), {class: 'quiet'});
    const body = h('pre', {tabindex: 0, role: 'group', 'aria-label': 'Raw JSON'});
    const details = h('details', {
        ontoggle: () => text(body, details.open ? clip(pretty(source)) : ''),
    }, h('summary', {}, 'Raw JSON'), copyButton, body);
    put(section, details);
    details.open = open === true;
    attribute(section, 'class', 'raw');
}
