// The line to the server: it asks for the picture again and again, and knows when it is lost.

const WAIT = 8; // seconds for which the server may hold an answer back
const GRACE = 5; // more than this it does not take on a line that holds
const PAUSE = 200; // ms between two questions
const AGAIN = 1000; // ms until a lost line is tried again; as much more by chance

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

export class Line {
  // heard(picture or null, clocks), lost(why), over(): of this viewer's asking.
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
    const patience = this.holds ? WAIT : 0; // a line that was lost is found at once
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

// When the store was last asked, what time it is there, and which scripts it would send.
function clocks(answer) {
  return {
    checked: Number(answer.headers.get("x-situasi-checked")),
    ahead: Number(answer.headers.get("x-situasi-now")) - Date.now(),
    files: answer.headers.get("x-situasi-files"),
  };
}
