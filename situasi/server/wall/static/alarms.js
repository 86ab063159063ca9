// Queue of alarms: critical cases that arrived since this page was opened, in order.

export class Alarms {
  constructor() {
    this.mark = null; // highest sequence number seen on this page
    this.queue = [];
  }

  get first() {
    return this.queue[0] ?? null;
  }

  // Take the critical cases of a new state; acknowledged ones leave the queue.
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
