// The alarm sound and its state: on, muted, blocked by the browser, or none.

const TONES = [[660, 0], [880, 0.28], [660, 0.56]]; // Hz, after seconds

export class Sound {
  constructor(on) {
    this.on = on;
    this.changed = () => {};
    const Context = window.AudioContext || window.webkitAudioContext;
    this.context = Context ? new Context() : null;
    if (this.context) this.context.onstatechange = () => this.changed();
  }

  get state() {
    if (!this.context) return "none";
    if (!this.on) return "muted";
    return this.context.state === "running" ? "on" : "blocked";
  }

  // Browsers allow sound only after a key or a touch.
  wake() {
    if (this.context && this.context.state !== "running") this.context.resume().catch(() => {});
  }

  toggle() {
    this.on = !this.on;
    this.changed();
  }

  ring() {
    if (this.state === "blocked") this.wake();
    if (this.state !== "on") return;
    const begin = this.context.currentTime + 0.05;
    for (const [pitch, after] of TONES) {
      const tone = this.context.createOscillator();
      const gain = this.context.createGain();
      const at = begin + after;
      tone.frequency.value = pitch;
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(0.5, at + 0.03);
      gain.gain.exponentialRampToValueAtTime(0.001, at + 0.9);
      tone.connect(gain).connect(this.context.destination);
      tone.start(at);
      tone.stop(at + 1);
      tone.onended = () => gain.disconnect();
    }
  }
}
