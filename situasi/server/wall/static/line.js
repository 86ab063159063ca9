// The connection to the server: polls the state and notices when the connection is lost.

const WAIT = 8; // seconds for which the server may hold the response back
const GRACE = 5; // extra seconds that a good connection may take
const PAUSE = 200; // ms between two requests
const AGAIN = 1000; // ms until the next try of a lost connection, plus as much at random

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

export class Line {
  // Callbacks: heard(state or null, clocks), lost(), over() when access has ended.
  constructor(address, { heard, lost, over }) {
    this.address = address;
    this.heard = heard;
    this.over = over;
    this.lost = lost;
    this.tag = "";
    this.holds = false;
    window.addEventListener("offline", () => this.asking?.abort());
    window.addEventListener("online", () => this.wake?.());
  }

  async run() {
    for (;;) {
      try {
        await this.ask();
        this.holds = true;
        await sleep(PAUSE);
      } catch {
        if (this.holds || !this.tag) this.lost();
        this.holds = false;
        const pause = AGAIN * (1 + Math.random());
        await Promise.race([sleep(pause), new Promise((woken) => { this.wake = woken; })]);
      }
    }
  }

  async ask() {
    this.asking = new AbortController();
    const patience = this.holds ? WAIT : 0; // after a loss the server answers at once
    const limit = setTimeout(() => this.asking.abort(), (patience + GRACE) * 1000);
    try {
      const headers = { Prefer: `wait=${patience}`, Accept: "application/json" };
      if (this.tag) headers["If-None-Match"] = this.tag;
      const answer = await fetch(this.address, {
        headers, cache: "no-store", signal: this.asking.signal,
      });
      if ([401, 403, 404].includes(answer.status)) {
        this.tag = "";
        this.over();
      } else if (answer.status === 304) {
        this.heard(null, clocks(answer));
      } else if (answer.ok) {
        const picture = await answer.json();
        this.tag = answer.headers.get("etag");
        this.heard(picture, clocks(answer));
        return;
      }
      if (answer.status !== 304) throw new Error(String(answer.status));
    } finally {
      clearTimeout(limit);
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
