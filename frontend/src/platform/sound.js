// @ts-check
// A short sound for a message that came. Made on the spot: two notes that fade, no file to fetch.

const NOTES = [
  { hertz: 784, at: 0 },
  { hertz: 1047, at: 0.09 },
];
const LASTS = 0.35;
const LOUD = 0.12;

export class Sound {
  /** @type {AudioContext | null} */
  #audio = null;

  get possible() {
    return "AudioContext" in globalThis;
  }

  /** Says nothing where the browser wants a press first, or has no loudspeaker. */
  async play() {
    if (!this.possible) {
      return;
    }
    try {
      this.#audio ??= new AudioContext();
      await this.#audio.resume();
      for (const { hertz, at } of NOTES) {
        ring(this.#audio, hertz, this.#audio.currentTime + at);
      }
    } catch {
      // No device to play on.
    }
  }
}

/**
 * @param {AudioContext} audio
 * @param {number} hertz
 * @param {number} at
 */
function ring(audio, hertz, at) {
  const note = new OscillatorNode(audio, { frequency: hertz });
  const volume = new GainNode(audio, { gain: 0 });
  volume.gain.setValueAtTime(LOUD, at);
  volume.gain.exponentialRampToValueAtTime(0.001, at + LASTS);
  note.connect(volume).connect(audio.destination);
  note.start(at);
  note.stop(at + LASTS);
}
