// SHA-256 of what comes in pieces. The browser's own wants all bytes at once, and is not there at all on a page that came
// over http from another machine.
// Source   FIPS 180-4

const SHA_PRIMES = (() => {
  const found = [];
  for (let n = 2; found.length < 64; ++n) if (found.every((prime) => n % prime)) found.push(n);
  return found;
})();
const fraction_bits = (number) => ((number - Math.floor(number)) * 2 ** 32) | 0;
const SHA_ROUNDS = Int32Array.from(SHA_PRIMES, (prime) => fraction_bits(Math.cbrt(prime)));
const SHA_START = Int32Array.from(SHA_PRIMES.slice(0, 8), (prime) => fraction_bits(Math.sqrt(prime)));

class Sha256 {
  constructor() {
    this.state = SHA_START.slice();
    this.words = new Int32Array(64);
    this.block = new Uint8Array(64);
    this.view = new DataView(this.block.buffer);
    this.filled = 0;
    this.length = 0;
  }

  add(bytes) {
    this.length += bytes.length;
    let at = 0;
    if (this.filled) {
      at = Math.min(64 - this.filled, bytes.length);
      this.block.set(bytes.subarray(0, at), this.filled);
      this.filled += at;
      if (this.filled < 64) return this;
      this.mix(this.view, 0);
      this.filled = 0;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (; at + 64 <= bytes.length; at += 64) this.mix(view, at);
    this.block.set(bytes.subarray(at), 0);
    this.filled = bytes.length - at;
    return this;
  }

  // One block of 64 bytes.
  mix(view, at) {
    const w = this.words;
    for (let i = 0; i < 16; ++i) w[i] = view.getInt32(at + 4 * i);
    for (let i = 16; i < 64; ++i) {
      const x = w[i - 15];
      const y = w[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
    }
    const { state } = this;
    let a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
    for (let i = 0; i < 64; ++i) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + SHA_ROUNDS[i] + w[i]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
  }

  // Of all that was added so far; more may follow.
  hex() {
    const end = new Sha256();
    end.state = this.state.slice();
    const rest = this.block.subarray(0, this.filled);
    const padded = new Uint8Array(this.filled < 56 ? 64 : 128);
    padded.set(rest);
    padded[this.filled] = 0x80;
    const view = new DataView(padded.buffer);
    view.setUint32(padded.length - 8, Math.floor(this.length / 2 ** 29));
    view.setUint32(padded.length - 4, (this.length * 8) >>> 0);
    for (let at = 0; at < padded.length; at += 64) end.mix(view, at);
    return Array.from(end.state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }
}
