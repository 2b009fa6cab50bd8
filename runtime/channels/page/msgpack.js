// MessagePack as the device speaks it: nil, booleans, numbers, text, bytes, arrays, maps with text keys.
// https://github.com/msgpack/msgpack/blob/master/spec.md; extension types are not used and refused.

const DEPTH_MAX = 32;
const text = new TextDecoder("utf-8", { fatal: true });
const bytes = new TextEncoder();

/** The value in `data` (ArrayBuffer or Uint8Array). Throws RangeError or TypeError on anything malformed. */
export function decode(data) {
  const all = data instanceof Uint8Array ? data : new Uint8Array(data);
  const reader = new Reader(all);
  const value = reader.value(0);
  if (reader.at !== all.length) throw new RangeError("bytes after the value");
  return value;
}

class Reader {
  constructor(all) {
    this.all = all;
    this.view = new DataView(all.buffer, all.byteOffset, all.byteLength);
    this.at = 0;
  }

  value(depth) {
    if (depth > DEPTH_MAX) throw new RangeError("too deep");
    const kind = this.number("Uint8", 1);
    if (kind < 0x80) return kind;
    if (kind < 0x90) return this.map(kind & 0x0f, depth);
    if (kind < 0xa0) return this.array(kind & 0x0f, depth);
    if (kind < 0xc0) return text.decode(this.bytes(kind & 0x1f));
    if (kind >= 0xe0) return kind - 0x100;
    switch (kind) {
      case 0xc0: return null;
      case 0xc2: return false;
      case 0xc3: return true;
      case 0xc4: return this.bytes(this.number("Uint8", 1)).slice();
      case 0xc5: return this.bytes(this.number("Uint16", 2)).slice();
      case 0xc6: return this.bytes(this.number("Uint32", 4)).slice();
      case 0xca: return this.number("Float32", 4);
      case 0xcb: return this.number("Float64", 8);
      case 0xcc: return this.number("Uint8", 1);
      case 0xcd: return this.number("Uint16", 2);
      case 0xce: return this.number("Uint32", 4);
      case 0xcf: return Number(this.number("BigUint64", 8));
      case 0xd0: return this.number("Int8", 1);
      case 0xd1: return this.number("Int16", 2);
      case 0xd2: return this.number("Int32", 4);
      case 0xd3: return Number(this.number("BigInt64", 8));
      case 0xd9: return text.decode(this.bytes(this.number("Uint8", 1)));
      case 0xda: return text.decode(this.bytes(this.number("Uint16", 2)));
      case 0xdb: return text.decode(this.bytes(this.number("Uint32", 4)));
      case 0xdc: return this.array(this.number("Uint16", 2), depth);
      case 0xdd: return this.array(this.number("Uint32", 4), depth);
      case 0xde: return this.map(this.number("Uint16", 2), depth);
      case 0xdf: return this.map(this.number("Uint32", 4), depth);
      default: throw new TypeError(`type 0x${kind.toString(16)} is not used`);
    }
  }

  number(kind, size) {
    const value = this.view[`get${kind}`](this.at);
    this.at += size;
    return value;
  }

  bytes(length) {
    if (this.at + length > this.all.length) throw new RangeError("cut short");
    this.at += length;
    return this.all.subarray(this.at - length, this.at);
  }

  array(length, depth) {
    const items = [];
    for (let i = 0; i < length; i++) items.push(this.value(depth + 1));
    return items;
  }

  map(length, depth) {
    const entries = [];
    for (let i = 0; i < length; i++) {
      const key = this.value(depth + 1);
      if (typeof key !== "string") throw new TypeError("a key is not text");
      entries.push([key, this.value(depth + 1)]);
    }
    return Object.fromEntries(entries);
  }
}

/** `value` as a Uint8Array. Throws TypeError on what has no place in a message. */
export function encode(value) {
  const parts = [];
  write(value, parts, 0);
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function write(value, parts, depth) {
  if (depth > DEPTH_MAX) throw new RangeError("too deep");
  if (value === null || value === undefined) parts.push(Uint8Array.of(0xc0));
  else if (typeof value === "boolean") parts.push(Uint8Array.of(value ? 0xc3 : 0xc2));
  else if (typeof value === "number") parts.push(number(value));
  else if (typeof value === "string") {
    const utf8 = bytes.encode(value);
    parts.push(utf8.length < 32 ? Uint8Array.of(0xa0 | utf8.length) : head(utf8.length, 0xd9, 0xda, 0xdb), utf8);
  } else if (value instanceof Uint8Array) parts.push(head(value.length, 0xc4, 0xc5, 0xc6), value);
  else if (Array.isArray(value)) {
    parts.push(value.length < 16 ? Uint8Array.of(0x90 | value.length) : head(value.length, null, 0xdc, 0xdd));
    for (const item of value) write(item, parts, depth + 1);
  } else if (Object.getPrototypeOf(value) === Object.prototype) {
    const entries = Object.entries(value);
    parts.push(entries.length < 16 ? Uint8Array.of(0x80 | entries.length) : head(entries.length, null, 0xde, 0xdf));
    for (const [key, item] of entries) {
      write(key, parts, depth + 1);
      write(item, parts, depth + 1);
    }
  } else throw new TypeError(`no place for ${typeof value} in a message`);
}

function number(value) {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
    if (value >= 0 && value < 0x80) return Uint8Array.of(value);
    if (value < 0 && value >= -0x20) return Uint8Array.of(value + 0x100);
    if (value >= 0 && value <= 0xffffffff) return head(value, 0xcc, 0xcd, 0xce);
    return packed(0xd3, 8, (view) => view.setBigInt64(1, BigInt(value)));
  }
  return packed(0xcb, 8, (view) => view.setFloat64(1, value));
}

/** A count or length after the shortest of the three type bytes that holds it. */
function head(count, byte, short, long) {
  if (byte !== null && count <= 0xff) return Uint8Array.of(byte, count);
  if (count <= 0xffff) return packed(short, 2, (view) => view.setUint16(1, count));
  return packed(long, 4, (view) => view.setUint32(1, count));
}

function packed(kind, size, fill) {
  const part = new Uint8Array(1 + size);
  part[0] = kind;
  fill(new DataView(part.buffer));
  return part;
}
