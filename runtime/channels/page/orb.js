// The indicator: what the counter is doing, at a glance. Listening: bars that follow the microphone; thinking: dots
// on their way round; speaking: waves that follow the voice. Still where motion is not wanted.

const BARS = 72;
const STATES = ["listening", "thinking", "speaking"];
const still = matchMedia("(prefers-reduced-motion: reduce)");
const forced = matchMedia("(forced-colors: active)");

export class Orb {
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
    this.state = "idle";
    this.weights = { listening: 0, thinking: 0, speaking: 0 };
    this.levels = { microphone: 0, voice: 0 };
    this.smooth = { microphone: 0, voice: 0 };
    this.history = new Float32Array(BARS / 2 + 1);
    this.deaf = false; // there is no microphone
    this.running = false;
    this.before = 0;
  }

  show(state) {
    this.state = state;
    if (still.matches) this.draw(0);
  }

  /** How loud a side is now, 0…1. */
  level(side, value) {
    this.levels[side] = Math.min(1, Math.sqrt(value) * 1.9);
  }

  start() {
    if (this.running) return;
    this.running = true;
    const step = (time) => {
      if (!this.running) return;
      if (time - this.before > (still.matches ? 250 : 38)) {
        this.before = time;
        this.draw(time / 1000);
      }
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  stop() {
    this.running = false;
    this.history.fill(0);
  }

  draw(now) {
    const { canvas, pen } = this;
    const time = still.matches ? 0 : now;
    const side = Math.round(canvas.clientWidth * Math.min(devicePixelRatio, 2));
    if (!side) return;
    if (canvas.width !== side) canvas.width = canvas.height = side;
    for (const name of STATES) {
      const goal = this.state === name ? 1 : 0;
      this.weights[name] += (goal - this.weights[name]) * (still.matches ? 1 : 0.14);
    }
    for (const name of ["microphone", "voice"]) {
      const goal = this.levels[name];
      this.smooth[name] += (goal - this.smooth[name]) * (goal > this.smooth[name] ? 0.55 : 0.16);
    }
    this.history.copyWithin(1, 0);
    this.history[0] = this.smooth.microphone;

    const style = getComputedStyle(canvas);
    const ink = forced.matches ? style.color : null;
    pen.setTransform(side / 400, 0, 0, side / 400, side / 2, side / 2); // drawn in a square of 400, centred
    pen.clearRect(-200, -200, 400, 400);
    pen.lineCap = "round";
    this.waves(time, ink ?? "#8fd3b6", this.weights.speaking);
    this.bars(ink ?? "#f2b950", this.weights.listening);
    this.disc(time, style.backgroundColor, ink);
    this.dots(time, ink ?? "#0f3d34", ink ?? "#f2b950", this.weights.thinking);
    this.glyph(ink ?? "#0f3d34");
  }

  disc(time, ground, ink) {
    const { pen, weights } = this;
    const breath = Math.sin(time * 1.6) * 2;
    const push = weights.speaking * this.smooth.voice * 10 + weights.listening * this.smooth.microphone * 6;
    pen.beginPath();
    pen.arc(0, 0, 84 + breath + push, 0, 2 * Math.PI);
    pen.fillStyle = ink ? ground : mix(["#f2b950", 1 - weights.thinking - weights.speaking], ["#f7f4ec", weights.thinking], ["#8fd3b6", weights.speaking]);
    pen.fill();
    if (ink) {
      pen.lineWidth = 5;
      pen.strokeStyle = ink;
      pen.stroke();
    }
  }

  bars(color, weight) {
    if (weight < 0.02) return;
    const { pen, history } = this;
    pen.strokeStyle = color;
    pen.lineWidth = 5;
    for (let bar = 0; bar < BARS; bar++) {
      const place = Math.abs(bar - BARS / 2); // newest at the top, running down both sides
      const length = 3 + history[BARS / 2 - place] * 62 * (0.45 + 0.55 * (place / (BARS / 2)));
      const angle = (bar / BARS) * 2 * Math.PI + Math.PI / 2;
      pen.globalAlpha = weight * (0.45 + 0.55 * history[BARS / 2 - place]);
      pen.beginPath();
      pen.moveTo(Math.cos(angle) * 108, Math.sin(angle) * 108);
      pen.lineTo(Math.cos(angle) * (108 + length * weight), Math.sin(angle) * (108 + length * weight));
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }

  waves(time, color, weight) {
    if (weight < 0.02) return;
    const { pen } = this;
    pen.strokeStyle = color;
    for (let ring = 0; ring < 3; ring++) {
      const age = still.matches ? (ring + 1) / 4 : (time * 0.45 + ring / 3) % 1;
      pen.globalAlpha = weight * (1 - age) * 0.9;
      pen.lineWidth = 7 - 4 * age;
      pen.beginPath();
      const swell = 6 + 16 * this.smooth.voice;
      for (let step = 0; step <= 90; step++) {
        const angle = (step / 90) * 2 * Math.PI;
        const wobble = Math.sin(angle * 5 + time * 2 + ring * 2) * swell * 0.28 * (1 - age);
        const radius = 92 + age * 92 + wobble;
        pen.lineTo(Math.cos(angle) * radius, Math.sin(angle) * radius);
      }
      pen.closePath();
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }

  dots(time, color, ring, weight) {
    if (weight < 0.02) return;
    const { pen } = this;
    pen.strokeStyle = ring;
    pen.lineWidth = 5;
    for (let arc = 0; arc < 3; arc++) {
      const from = time * 0.9 + (arc * 2 * Math.PI) / 3;
      pen.globalAlpha = weight * 0.8;
      pen.beginPath();
      pen.arc(0, 0, 116, from, from + 1.2);
      pen.stroke();
    }
    pen.fillStyle = color;
    for (let dot = 0; dot < 3; dot++) {
      const swing = still.matches ? 0 : Math.sin(time * 3.4 - dot * 0.9);
      pen.globalAlpha = weight * (0.65 + 0.35 * swing);
      pen.beginPath();
      pen.arc((dot - 1) * 36, -swing * 7, 11, 0, 2 * Math.PI);
      pen.fill();
    }
    pen.globalAlpha = 1;
  }

  /** A microphone while listening or idle (a speech bubble where there is none), a voice while speaking. */
  glyph(color) {
    const { pen, weights } = this;
    pen.strokeStyle = color;
    pen.fillStyle = color;
    pen.lineWidth = 7;
    const ears = 1 - weights.thinking - weights.speaking;
    pen.globalAlpha = ears < 0.05 ? 0 : ears;
    pen.beginPath();
    if (this.deaf) {
      pen.roundRect(-36, -32, 72, 52, 16);
      pen.moveTo(-14, 20);
      pen.lineTo(-14, 38);
      pen.lineTo(8, 20);
    } else {
      pen.roundRect(-13, -40, 26, 50, 13);
      pen.fill();
      pen.beginPath();
      pen.arc(0, -2, 29, 0.12 * Math.PI, 0.88 * Math.PI);
      pen.moveTo(0, 27);
      pen.lineTo(0, 42);
    }
    pen.stroke();
    pen.globalAlpha = weights.speaking < 0.05 ? 0 : weights.speaking;
    for (let line = 0; line < 5; line++) {
      const tall = [14, 28, 40, 28, 14][line] * (0.6 + 0.7 * this.smooth.voice);
      pen.beginPath();
      pen.moveTo((line - 2) * 18, -tall / 2);
      pen.lineTo((line - 2) * 18, tall / 2);
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }
}

function mix(...parts) {
  const sum = [0, 0, 0];
  for (const [hex, weight] of parts) {
    for (let i = 0; i < 3; i++) sum[i] += parseInt(hex.slice(1 + 2 * i, 3 + 2 * i), 16) * Math.max(0, weight);
  }
  return `rgb(${sum.map(Math.round).join(" ")})`;
}
