// What the challenge's page does: look for a number whose hash begins with enough zero bits, and send it. No third party, no
// library: SHA-256 (FIPS 180-4) of one block, since the text never has more than 48 octets.
"use strict";
(function () {
  var K = [], H = [], prime = 2;
  function fraction(x) { return (x - Math.floor(x)) * 4294967296 | 0; }
  while (K.length < 64) {
    for (var d = 2; d * d <= prime && prime % d; d++);
    if (d * d > prime) {
      if (H.length < 8) H.push(fraction(Math.pow(prime, 1 / 2)));
      K.push(fraction(Math.pow(prime, 1 / 3)));
    }
    prime++;
  }

  // Looks for numbers n such that SHA-256(seed + n) begins with so many zero bits; seed has 32 characters of ASCII.
  function searcher(seed, bits) {
    var W = new Int32Array(64), head = new Int32Array(8), i;
    for (i = 0; i < 32; i++) head[i >> 2] |= seed.charCodeAt(i) << 24 - 8 * (i & 3);
    function first(n) {
      var text = String(n), size = 32 + text.length, t;
      W.fill(0);
      for (t = 0; t < 8; t++) W[t] = head[t];
      for (t = 32; t < size; t++) W[t >> 2] |= text.charCodeAt(t - 32) << 24 - 8 * (t & 3);
      W[size >> 2] |= 128 << 24 - 8 * (size & 3);
      W[15] = size * 8;
      for (t = 16; t < 64; t++) {
        var x = W[t - 15], y = W[t - 2];
        W[t] = W[t - 16] + W[t - 7] + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3) +
          ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10) | 0;
      }
      var a = H[0], b = H[1], c = H[2], e4 = H[3], e = H[4], f = H[5], g = H[6], h = H[7];
      for (t = 0; t < 64; t++) {
        var u = h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (e & f ^ ~e & g) + K[t] + W[t] | 0;
        var v = ((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (a & b ^ a & c ^ b & c) | 0;
        h = g; g = f; f = e; e = e4 + u | 0; e4 = c; c = b; b = a; a = u + v | 0;
      }
      return a + H[0] | 0;
    }
    return function (from, to) {
      for (var n = from; n < to; n++) if (Math.clz32(first(n)) >= bits) return n;
      return -1;
    };
  }

  if (typeof module !== "undefined") module.exports = searcher;
  if (typeof document === "undefined") return;

  var form = document.getElementById("check"), bar = document.getElementById("bar");
  if (!navigator.cookieEnabled) {
    document.getElementById("cookies").hidden = false;
    return;
  }
  document.getElementById("working").hidden = false;
  var bits = +form.dataset.bits, search = searcher(form.dataset.seed, bits), at = 0, expected = Math.pow(2, bits);
  function work() {
    var until = Date.now() + 30, found = -1;
    while (found < 0 && Date.now() < until) {
      found = search(at, at + 500);
      at += 500;
    }
    if (found >= 0) {
      bar.value = 1;
      form.elements.answer.value = found;
      form.submit();
    } else {
      bar.value = 1 - Math.exp(-at / expected);
      setTimeout(work, 0);
    }
  }
  work();
})();
