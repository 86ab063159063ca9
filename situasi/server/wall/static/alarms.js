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
  update(open) {
    const newest = Math.max(0, ...open.map((one) => one.seq));
    if (this.mark === null) this.mark = newest;
    const arrived = open.filter((one) => one.seq > this.mark && !one.old);
    this.mark = Math.max(this.mark, newest);
    const current = new Map(open.map((one) => [one.id, one]));
    this.queue = this.queue
      .concat(arrived.sort((one, other) => one.seq - other.seq))
      .map((one) => current.get(one.id) ?? one)
      .filter((one) => !one.acknowledged);
  }

  remove(id) {
    this.queue = this.queue.filter((one) => one.id !== id);
  }
}
