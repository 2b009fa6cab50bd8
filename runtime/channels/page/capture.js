// Audio worklet: the microphone at whatever rate the browser has, to 20 ms frames of int16 at 16 kHz.

import { Resampler } from "./resample.js";

const RATE = 16000;
const FRAME = RATE / 50;

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(sampleRate, RATE);
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
    this.energy = 0;
  }

  process([input]) {
    const channel = input[0];
    if (!channel) return true;
    for (const sample of this.resampler.push(channel)) {
      this.frame[this.filled++] = Math.max(-32768, Math.min(32767, Math.round(sample * 32767)));
      this.energy += sample * sample;
      if (this.filled === FRAME) {
        const { frame } = this;
        this.port.postMessage({ pcm: frame.buffer, level: Math.sqrt(this.energy / FRAME) }, [frame.buffer]);
        this.frame = new Int16Array(FRAME);
        this.filled = 0;
        this.energy = 0;
      }
    }
    return true;
  }
}

registerProcessor("capture", Capture);
