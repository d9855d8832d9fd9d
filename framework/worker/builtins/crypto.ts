/** `node:crypto` as domain code imports it (see `runner/sandbox/sandbox.json`): randomness as the prelude left it. */

import real from "node:crypto";

export * from "node:crypto";
export default real;
export const {
  createDiffieHellman,
  createDiffieHellmanGroup,
  createECDH,
  generateKey,
  generateKeyPair,
  generateKeyPairSync,
  generateKeySync,
  generatePrime,
  generatePrimeSync,
  getDiffieHellman,
  getRandomValues,
  pseudoRandomBytes,
  randomBytes,
  randomFill,
  randomFillSync,
  randomInt,
  randomUUID,
} = real;
