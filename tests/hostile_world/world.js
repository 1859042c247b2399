// A Node.js whose clock is years ahead, whose randomness differs, and which has no network.
const years = 5 * 365 * 86400 * 1000;
const RealDate = Date;
const now = RealDate.now.bind(RealDate);
globalThis.Date = class extends RealDate {
  constructor(...given) { given.length ? super(...given) : super(now() + years); }
  static now() { return now() + years; }
};
Math.random = () => 0.5;
const refuse = () => { throw new Error('there is no network here'); };
require('net').Socket.prototype.connect = refuse;
require('dns').lookup = refuse;
