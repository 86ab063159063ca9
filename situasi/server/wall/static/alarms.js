// Grave reports that interrupt: those that came since this page was opened, in their order.

export class Alarms {
  constructor() {
    this.mark = null; // number of the newest that was ever seen here
    this.queue = [];
  }

  get first() {
    return this.queue[0] ?? null;
  }

  // The grave cases of a new picture. What somebody took note of, anywhere, is let go.
  take(every) {
    const newest = Math.max(0, ...every.map((one) => one.seq));
    if (this.mark === null) this.mark = newest;
    const fresh = every.filter((one) => one.seq > this.mark && !one.old);
    this.mark = Math.max(this.mark, newest);
    const now = new Map(every.map((one) => [one.id, one]));
    this.queue = this.queue
      .concat(fresh.sort((one, other) => one.seq - other.seq))
      .map((one) => now.get(one.id) ?? one)
      .filter((one) => !one.heeded);
  }

  letGo(id) {
    this.queue = this.queue.filter((one) => one.id !== id);
  }
}
