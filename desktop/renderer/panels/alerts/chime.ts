/** Two short tones, for ears that have heard enough beeps: soft, rising, over within half a second. */
const tones = [
  { from: 0, hertz: 659.3 },
  { from: 0.16, hertz: 880 },
];
const toneFor = 0.3;
const loudness = 0.16;
/** Alerts that open together are one noise, ms. */
const quietFor = 3000;

/** Makes the noise of an alert. */
export interface Chime {
  ring(): void;
  stop(): void;
}

interface ChimeDeps {
  /** where a person's keys and clicks are heard */
  window: Pick<Window, 'addEventListener' | 'removeEventListener'>;
  context: () => AudioContext;
  /** ms */
  now: () => number;
}

/**
 * Made with WebAudio, so that there is no file to fetch. Browsers let no page be heard before a person has used it, and
 * complain about one that tries: until the first click or key it stays silent.
 */
export function createChime({ window, context, now }: ChimeDeps): Chime {
  let audio: AudioContext | undefined;
  let rungAt = Number.NEGATIVE_INFINITY;
  const wake = () => {
    audio ??= context();
    unhear();
  };
  const unhear = () => {
    for (const name of ['pointerdown', 'keydown'] as const) window.removeEventListener(name, wake);
  };
  for (const name of ['pointerdown', 'keydown'] as const) window.addEventListener(name, wake);
  return {
    ring() {
      if (audio === undefined || now() - rungAt < quietFor) return;
      rungAt = now();
      for (const tone of tones) play(audio, tone);
    },
    stop() {
      unhear();
      void audio?.close();
      audio = undefined;
    },
  };
}

function play(audio: AudioContext, { from, hertz }: (typeof tones)[number]): void {
  const at = audio.currentTime + from;
  const oscillator = new OscillatorNode(audio, { frequency: hertz, type: 'sine' });
  const gain = new GainNode(audio, { gain: 0 });
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(loudness, at + 0.02);
  // Not to nothing: an exponential never gets there.
  gain.gain.exponentialRampToValueAtTime(0.001, at + toneFor);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(at);
  oscillator.stop(at + toneFor);
}
