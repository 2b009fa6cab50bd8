// Audio worklet: plays int16 at 16 kHz, says every 40 ms how much has been played, and hushes at once.

import { Resampler } from "./resample.js";

const RATE = 16000;
const QUEUE_SECONDS = 30;
const REPORT_SECONDS = 0.04;

class Playback extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(RATE, sampleRate);
    this.chunks = [];
    this.sinceReport = 0;
    this.energy = 0;
    this.last = 0;
    this.begin();
    this.port.onmessage = ({ data }) => this.told(data);
  }

  begin() {
    this.clear();
    this.epoch = 0;
    this.played = 0; // samples at 16 kHz that were played before the queue was last empty or hushed
    this.report();
  }

  clear() {
    this.chunks = [];
    this.offset = 0;
    this.received = 0; // samples at 16 kHz since the queue was last empty
    this.taken = 0; // samples at the browser's rate that have left the queue since then
    this.waiting = 0;
    this.resampler.reset();
  }

  told(message) {
    if (message.begin) this.begin();
    else if (message.pcm) this.add(new Int16Array(message.pcm));
    else if (message.hush !== undefined) {
      this.played = this.sofar();
      this.clear();
      this.epoch = message.hush;
      this.report();
    }
  }

  add(pcm) {
    if (this.waiting > QUEUE_SECONDS * sampleRate) return;
    this.received += pcm.length;
    this.push(Float32Array.from(pcm, (sample) => sample / 32768));
  }

  push(samples) {
    const chunk = this.resampler.push(samples);
    this.chunks.push(chunk);
    this.waiting += chunk.length;
  }

  sofar() {
    return this.played + Math.min(this.received, Math.floor((this.taken * RATE) / sampleRate));
  }

  process(_inputs, [output]) {
    const out = output[0];
    let filled = 0;
    while (filled < out.length && this.chunks.length) {
      const chunk = this.chunks[0];
      const count = Math.min(out.length - filled, chunk.length - this.offset);
      out.set(chunk.subarray(this.offset, this.offset + count), filled);
      filled += count;
      this.offset += count;
      if (this.offset === chunk.length) {
        this.chunks.shift();
        this.offset = 0;
      }
    }
    this.taken += filled;
    this.waiting -= filled;
    for (let i = 0; i < filled; i++) this.energy += out[i] * out[i];
    if (filled) this.last = out[filled - 1];
    for (let i = filled; i < out.length; i++) out[i] = this.last *= 0.97; // no click where the sound ends
    for (let i = 1; i < output.length; i++) output[i].set(out);

    this.sinceReport += out.length;
    const drained = this.received > 0 && !this.chunks.length;
    if (drained) {
      this.played += this.received;
      this.clear();
    }
    if (drained || (this.received && this.sinceReport >= REPORT_SECONDS * sampleRate)) this.report();
    return true;
  }

  report() {
    const level = Math.sqrt(this.energy / Math.max(1, this.sinceReport));
    this.port.postMessage({ played: this.sofar(), epoch: this.epoch, level });
    this.sinceReport = 0;
    this.energy = 0;
  }
}

registerProcessor("playback", Playback);
