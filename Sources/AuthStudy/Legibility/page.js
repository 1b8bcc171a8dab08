// Records what page code can see of one connection, step by step, until the API reports its end or the window is over. It uses nothing
// that only a developer's console shows.
'use strict';

const EVENTS = ['order.snapshot', 'order.update', 'position.lost', 'heartbeat', 'close'];

class Observation {
    constructor(window) {
        this.steps = [];
        this.opened = new Promise(done => { this.setOpened = done; });
        this.ended = new Promise(done => { this.setEnded = done; });
        this.timer = setTimeout(() => this.end(`nothing more in ${window / 1000} s`), window);
    }

    see(step) {
        if (this.isOver) return;
        this.steps.push(step);
        if (step.endsWith('order.snapshot')) this.setOpened(true);
    }

    end(step) {
        if (this.isOver) return;
        this.see(step);
        this.isOver = true;
        clearTimeout(this.timer);
        this.setOpened(false);
        this.setEnded(this.steps);
        this.stop?.();
    }

    event(type, data) { this.see(type === 'close' ? `close event ${JSON.parse(data).code} ${reason(data)}` : type); }
}

// The close notice (Docs/Protocol.md) of an event or a close frame; other texts as they are.
function reason(text) {
    try {
        const notice = JSON.parse(text);
        return `${notice.reason}, ${notice.reconnect ? 'come back' : 'stay away'}`;
    } catch {
        return JSON.stringify(text);
    }
}

// The responseStatus of a request (W3C Resource Timing). The entry may appear after the failure.
function timing(url) {
    return new Promise(done => {
        const observer = new PerformanceObserver(list => {
            const entry = list.getEntriesByName(url)[0];
            if (entry) done(`responseStatus ${entry.responseStatus}`);
        });
        observer.observe({ type: 'resource', buffered: true });
        setTimeout(() => done('no resource timing'), 1000);
    });
}

function failure(error) {
    // Some engines append the script's address, which tells nothing of the cause.
    return `${error.name}: ${error.message}`.replace(/\s*\(?(?:https?:\/\/)?127\.0\.0\.1:\d+\S*/, '');
}

const clients = {
    EventSource({ url, init, timed }, observation) {
        const source = new EventSource(url, init);
        observation.stop = () => source.close();
        source.onopen = () => observation.see('open');
        source.onmessage = () => observation.see('message');
        for (const type of EVENTS) source.addEventListener(type, event => observation.event(type, event.data));
        // This connection has ended; later events belong to the next.
        source.onerror = async () => {
            const error = `error, ${['CONNECTING', 'OPEN', 'CLOSED'][source.readyState]}`;
            if (!timed) return observation.end(error);
            source.close();
            observation.see(error);
            observation.end(await timing(url));
        };
    },

    WebSocket({ url, protocols, first }, observation) {
        const socket = new WebSocket(url, protocols ?? ['order-updates.v1']);
        observation.stop = () => socket.close();
        socket.onopen = () => {
            observation.see('open');
            if (first) socket.send(JSON.stringify(first));
        };
        socket.onmessage = event => {
            const message = JSON.parse(event.data);
            observation.event(message.type, event.data);
        };
        socket.onerror = () => observation.see('error');
        socket.onclose = event => observation.end(
            `close ${event.code}${event.reason ? ' ' + reason(event.reason) : ''}, ${event.wasClean ? '' : 'not '}clean`);
    },

    async fetch({ url, init }, observation) {
        const controller = new AbortController();
        observation.stop = () => controller.abort();
        const response = await fetch(url, { ...init, signal: controller.signal });
        const wait = response.headers.get('retry-after');
        observation.see(`status ${response.status}${wait ? `, Retry-After ${wait}` : ''}`);
        if (!response.ok) return observation.end(`"${(await response.json()).detail}"`);
        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
        let text = '';
        for (;;) {
            const { value, done } = await reader.read();
            if (done) return observation.end('end of the body');
            text += value;
            const events = text.split('\n\n');
            text = events.pop();
            for (const event of events) {
                const member = name => event.match(new RegExp(`^${name}: (.*)$`, 'm'))?.[1];
                if (member('event')) observation.event(member('event'), member('data'));
            }
        }
    },
};

const observations = new Map();

// Starts to observe a client under a name, by which `opened` and `ended` find it.
function observe(name, api, parameters, window) {
    const observation = new Observation(window);
    observations.set(name, observation);
    (async () => clients[api](parameters, observation))().catch(error => observation.end(failure(error)));
}

function opened(names) { return Promise.all(names.map(name => observations.get(name).opened)); }

function ended(names) { return Promise.all(names.map(name => observations.get(name).ended)); }
