// The connection to the server: polls the state and notices when the connection is lost.

const WAIT = 8; // seconds for which the server may hold the response back
const GRACE = 5; // extra seconds that a good connection may take
const FIRST = 20; // the same for the first picture, which a busy server has yet to make
const PAUSE = 200; // ms between two requests
const AGAIN = 1000; // ms until the next try of a lost connection, plus as much at random

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Connection {
  // Callbacks: onState(state or null, clocks), onLost(), onEnded() when access has ended.
  constructor(address, { onState, onLost, onEnded }) {
    this.address = address;
    this.onState = onState;
    this.onEnded = onEnded;
    this.onLost = onLost;
    this.tag = "";
    this.isConnected = false;
    window.addEventListener("offline", () => this.request?.abort());
    window.addEventListener("online", () => this.wake?.());
  }

  async run() {
    for (;;) {
      try {
        await this.poll();
        this.isConnected = true;
        await sleep(PAUSE);
      } catch {
        if (this.isConnected || !this.tag) this.onLost();
        this.isConnected = false;
        const pauseMs = AGAIN * (1 + Math.random());
        await Promise.race([sleep(pauseMs), new Promise((resolve) => { this.wake = resolve; })]);
      }
    }
  }

  async poll() {
    this.request = new AbortController();
    const waitS = this.isConnected ? WAIT : 0; // after a loss the server answers at once
    const timeout = setTimeout(() => this.request.abort(), (waitS + (this.tag ? GRACE : FIRST)) * 1000);
    try {
      const headers = { Prefer: `wait=${waitS}`, Accept: "application/json" };
      if (this.tag) headers["If-None-Match"] = this.tag;
      const answer = await fetch(this.address, {
        headers, cache: "no-store", signal: this.request.signal,
      });
      if ([401, 403, 404].includes(answer.status)) {
        this.tag = "";
        this.onEnded();
      } else if (answer.status === 304) {
        this.onState(null, clocks(answer));
      } else if (answer.ok) {
        const picture = await answer.json();
        this.tag = answer.headers.get("etag");
        this.onState(picture, clocks(answer));
        return;
      }
      if (answer.status !== 304) throw new Error(String(answer.status));
    } finally {
      clearTimeout(timeout);
    }
  }
}

// When the store was last read, the offset of the server's clock, and the version of its scripts.
function clocks(answer) {
  return {
    checked: Number(answer.headers.get("x-situasi-checked")),
    ahead: Number(answer.headers.get("x-situasi-now")) - Date.now(),
    files: answer.headers.get("x-situasi-files"),
  };
}
