// The WebSocket to the device: opened at once, opened again with back-off whenever it goes.

import { decode, encode } from "./msgpack.js";

const FIRST_WAIT = 500;
const LONGEST_WAIT = 8000;

export class Link {
  /** `message(value)`: from the device, `config` first; `lost()`: it went; it is being tried again. */
  constructor({ message, lost }) {
    Object.assign(this, { message, lost });
    this.wait = FIRST_WAIT;
    this.open();
  }

  open() {
    const socket = new WebSocket(new URL("ws", location.href.replace(/^http/, "ws")));
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => {
      this.wait = FIRST_WAIT;
      this.message(decode(data));
    };
    socket.onclose = () => {
      this.lost();
      const jitter = 0.5 + Math.random();
      setTimeout(() => this.open(), this.wait * jitter);
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    };
    this.socket = socket;
  }

  get ready() {
    return this.socket.readyState === WebSocket.OPEN;
  }

  get waiting() {
    return this.socket.bufferedAmount;
  }

  send(type, fields = {}) {
    if (this.ready) this.socket.send(encode({ type, ...fields }));
  }

  /** A visit has ended in order: a fresh connection at once. */
  renew() {
    this.wait = 50;
    this.socket.close(1000);
  }
}
