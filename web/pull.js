// Lets a host download a model, and shows the progress.

import {lines} from './events.js';

/**
 * Resolves when it is done. Continues while the page is open, whichever view is shown.
 *
 * @param context also has `pulls.running`: the progress of running pulls, by model
 */
export async function pull({api, say, complain, pulls}, host, model) {
    const tell = words => pulls.running.set(model, `${host} pulls ${model}: ${words}`);
    tell('asked');
    try {
        const response = await api.fetch('/api/pull', {method: 'POST', body: JSON.stringify({model}),
            headers: {'Content-Type': 'application/json', 'X-Queue-On': host}});
        for await (const line of lines(response)) {
            const {status, total, completed, error} = JSON.parse(line);
            if (error) {
                throw new Error(`${host} could not pull ${model}: ${error}`);
            }
            tell(total > 0 ? `${Math.floor((completed ?? 0) / total * 100)} %` : status);
        }
        say(`${host} has ${model} now.`);
    } catch (failed) {
        complain(failed);
    } finally {
        pulls.running.delete(model);
    }
}
