// Asks at once for what the view needs that the address names: a browser would find it out one file after the other.
// What the shell needs is named in index.html.
{
    const NEEDS = {
        now: 'actions commandline copy filter keyed lane needs now pull queuebar refresh upcoming',
        queue: 'actions filter keyed queue queuebar refresh',
        tasks: 'actions answer copy draft filter filterform follow inline list markdown panel queuebar said '
            + 'selection speaker taskparts tasks template timeline',
        failed: 'failed filter filterform refresh',
        new: 'commandline copy draft new submission',
        cron: 'actions axis cron-edit cron-preview cron draft field-errors refresh strip',
        backends: 'backends refresh',
        charts: 'axis chart charts refresh',
        settings: 'copy refresh settings',
    };
    const named = /^#\/([a-z]+)/.exec(location.hash)?.[1];
    for (const name of (Object.hasOwn(NEEDS, named) ? NEEDS[named] : NEEDS.now).split(' ')) {
        const link = document.createElement('link');
        link.rel = 'modulepreload';
        link.href = new URL(`${name}.js`, document.currentScript.src).href;
        document.head.append(link);
    }
}
