// Plays keys as a telephone does: two sine waves at once, for as long as the key is held.
// Knows no call. A browser lets it sound only after the person has pressed something on the page.
import { frequenciesOf, type Key } from './dtmf';

const LOUDNESS = 0.12;
/** Without a slope at both ends a tone clicks. */
const SLOPE_S = 0.005;

export class Sound {
  #context: AudioContext | undefined;
  #isOn = true;

  get isOn(): boolean {
    return this.#isOn && this.#context?.state === 'running';
  }

  /** After the person pressed something. */
  async allow(): Promise<void> {
    this.#context ??= new AudioContext();
    if (this.#context.state !== 'running') await this.#context.resume();
  }

  turn(isOn: boolean): void {
    this.#isOn = isOn;
  }

  /** In so many milliseconds, for so many. */
  play(key: Key, inMs: number, forMs: number): void {
    const context = this.#context;
    if (context === undefined || !this.isOn) return;
    const start = context.currentTime + inMs / 1000;
    const end = start + Math.max(forMs / 1000, 4 * SLOPE_S);
    const gain = context.createGain();
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(LOUDNESS, start + SLOPE_S);
    gain.gain.setValueAtTime(LOUDNESS, end - SLOPE_S);
    gain.gain.linearRampToValueAtTime(0, end);
    gain.connect(context.destination);
    for (const hz of frequenciesOf(key)) {
      const wave = context.createOscillator();
      wave.frequency.value = hz;
      wave.connect(gain);
      wave.start(start);
      wave.stop(end);
    }
  }
}
